package gift.cli;

import gift.data.DatasetSource;
import gift.eval.Interval;
import gift.io.InputException;
import gift.results.figures.Figures;
import gift.sources.Sources;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a figure of results. */
@Command(name = "figure", description = "A figure of published or own results, as PNG or SVG.")
final class FigureCommand implements Callable<Integer> {
    @Option(names = "--list", description = "name and description of every figure")
    private boolean list;

    @Option(names = "--out", paramLabel = "FILE", description = "file to write, .png or .svg")
    private Path out;

    @Option(names = "--method", description = "of the run, where a figure shows one (default gift)")
    private String method;

    @Option(names = "--seed", description = "of the run, where a figure shows one (default the first)")
    private Long seed;

    @Option(names = "--task", description = "one task instead of all")
    private String task;

    @Option(names = "--initial", paramLabel = "FILE", description = "weights before the first task")
    private Path initial;

    @Option(names = "--interval", defaultValue = "bootstrap",
            description = "over seeds, 95 %%: bootstrap or t (default ${DEFAULT-VALUE})")
    private Interval.Kind interval;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets (or by GIFT_DATA), or mini, for figures that need images; mini if neither is"
                    + " given")
    private String data;

    @Mixin
    private ResultOptions shown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter text = spec.commandLine().getOut();
        Figures figures = new Figures(shown.folders(), interval, source());
        if (list) {
            ResultOptions.list(figures.descriptions(), text);
            return 0;
        }
        if (shown.name == null || out == null) {
            throw new InputException("which figure, and where to? gift figure NAME --out FILE.png; --list names them");
        }
        figures.get(shown.name, new Figures.Choice(method, seed, task, initial())).write(out);
        text.println(out);
        text.flush();
        return 0;
    }

    private boolean isMini() {
        return data == null || !Sources.isFolder(data);
    }

    /** Null where the folder is not there: figures that need no images do without. */
    private DatasetSource source() {
        return isMini() || Files.isDirectory(Path.of(data))
                ? Sources.of(Path.of(""), null, isMini() ? Sources.WORLD : data, List.of()) : null;
    }

    /** In the mini world its CLIP is used for figures of features; changes of weights need --initial. */
    private Path initial() {
        return initial == null && isMini() && shown.name.endsWith("_features") ? Path.of("data/mini/clip") : initial;
    }
}
