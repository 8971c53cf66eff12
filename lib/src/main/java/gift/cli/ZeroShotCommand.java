package gift.cli;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.Task;
import gift.eval.Evaluation;
import gift.mini.World;
import gift.tensor.Devices;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a CLIP recognizes in the mini world without having learnt its tasks. */
@Command(name = "zero-shot",
        description = "Accuracy of a CLIP on the mini world's web and on each task, by class prompts alone.")
final class ZeroShotCommand implements Callable<Integer> {
    private static final long CACHE = 64L << 20;

    @Parameters(paramLabel = "CLIP", description = "folder of the model and its vocabulary, or its weights beside them")
    private Path model;

    @Option(names = "--sets", paramLabel = "NAME", split = ",", description = "default: the web and all tasks")
    private List<String> sets;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Tokenizer tokenizer = Tokenizer.load(Files.isDirectory(model) ? model : model.toAbsolutePath().getParent());
        double sum = 0;
        int tasks = 0;
        try (NDManager manager = Devices.newManager(Devices.parse("auto")); Clip clip = ClipWeights.load(model, manager)) {
            for (String name : sets != null ? sets : World.names()) {
                Task task = World.open(name);
                double accuracy = new Evaluation(task, clip.config().imageResolution(), 0, CACHE).accuracy(clip, tokenizer);
                out.printf(Locale.ROOT, "%-9s %3d classes %5d pictures %5.1f %% (chance %.1f)%n", name,
                        task.classNames().size(), task.test().size(), accuracy, 100.0 / task.classNames().size());
                if (World.tasks().contains(name)) {
                    sum += accuracy;
                    tasks++;
                }
            }
        }
        if (tasks > 1) {
            out.printf(Locale.ROOT, "mean of %d tasks %.1f %%%n", tasks, sum / tasks);
        }
        out.flush();
        return 0;
    }
}
