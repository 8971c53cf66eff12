package gift.cli;

import gift.data.DatasetSource;
import gift.eval.WeightsEvaluation;
import gift.io.InputException;
import gift.mini.World;
import gift.sources.Sources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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
        description = "Accuracy of a CLIP on the mini world's web and on each task, or on other data sets, by class prompts alone.")
final class ZeroShotCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CLIP", description = "folder of the model and its vocabulary, or its weights beside them")
    private Path model;

    @Option(names = "--sets", paramLabel = "NAME", split = ",", description = "default: the web and all tasks")
    private List<String> sets;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = Sources.WORLD,
            description = "folder of other data sets; gift evaluate tells more of them (default ${DEFAULT-VALUE})")
    private String data;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        DatasetSource source = Sources.of(Path.of(""), null, data, sets == null ? World.names() : sets);
        boolean world = !Sources.isFolder(data);
        List<String> wanted = sets != null ? sets : world ? World.names() : List.of();
        if (wanted.isEmpty()) {
            throw new InputException("which data sets of " + source.path() + "? name them by --sets");
        }
        List<Double> ofTasks = new ArrayList<>();
        new WeightsEvaluation(model, null, List.of(), null, 1, "auto", 0, 0).run(source, wanted, (task, matrix) -> {
            String name = task.name();
            out.printf(Locale.ROOT, "%-9s %3d classes %5d images %5.1f %% (chance %.1f)%n", name, task.classNames().size(),
                    task.test().size(), matrix.accuracy(), 100.0 / task.classNames().size());
            if (!world || World.tasks().contains(name)) {
                ofTasks.add(matrix.accuracy());
            }
        });
        int tasks = ofTasks.size();
        if (tasks > 1) {
            out.printf(Locale.ROOT, "mean of %d tasks %.1f %%%n", tasks, ofTasks.stream().mapToDouble(accuracy -> accuracy).average().orElseThrow());
        }
        out.flush();
        return 0;
    }
}
