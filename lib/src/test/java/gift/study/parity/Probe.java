package gift.study.parity;
import java.nio.file.*; import gift.tensor.*; import gift.continual.Training.Shortcuts;
public class Probe { public static void main(String[] a){
 var m=Devices.newManager(Devices.parse("cpu"));
 ClipParity.run(Path.of("/work/shared/parity/clip_vit"),m,System.out::println);
 ClipParity.run(Path.of("/work/shared/parity/clip_resnet"),m,System.out::println);
 System.out.println("all"); new StepParity(Path.of("/work/shared/parity/steps"),m).run(Shortcuts.ALL,System.out::println);
 System.out.println("none"); new StepParity(Path.of("/work/shared/parity/steps"),m).run(Shortcuts.NONE,System.out::println);
}}
