package gift.study;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.continual.ResidentMemory;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.Precision;
import java.io.IOException;
import java.util.List;

/** Holds a model in the precision of its argument; prints the resident memory in kB. */
final class RoundedModel {
    private static final ClipConfig CONFIG = new ClipConfig(
            32, 32, List.of(12), 512, 16, 8, 8, 64, 32, 2, 1, Activation.QUICK_GELU);

    private RoundedModel() {}

    public static void main(String[] args) throws IOException {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            Clip clip = Clip.random(CONFIG, manager, 1);
            Clip frozen = clip.in(Precision.valueOf(args[0]));
            clip.close();
            System.gc(); // the buffer through which the weights came
            System.out.println(ResidentMemory.kilobytes("VmRSS:"));
            frozen.close();
        }
    }
}
