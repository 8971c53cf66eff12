package gift.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import gift.data.DatasetSource;
import gift.eval.ConfusionMatrix;
import gift.eval.Proportion;
import gift.eval.WeightsEvaluation;
import gift.io.InputException;
import gift.io.Json;
import gift.results.tables.TextTable;
import gift.sources.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Accuracy of any CLIP on any data sets. */
@Command(name = "evaluate", description = "Zero-shot accuracy of any CLIP on any data sets, with 95 %% intervals; of a run's"
        + " own weights, a published checkpoint, a folder of Hugging Face.")
final class EvaluateCommand implements Callable<Integer> {
    enum Format { text, csv, json }

    private static final String INTERVAL = "95 % interval: Wilson, over test images";

    @Parameters(paramLabel = "WEIGHTS", description = "weights (.safetensors, .pt, .pth, .bin) or a folder with them")
    private Path weights;

    @Option(names = "--sets", paramLabel = "NAME", split = ",", required = true, description = "data sets, separated by commas")
    private List<String> sets;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets (or by GIFT_DATA), or mini; mini if neither is given")
    private String data;

    @Option(names = "--vocabulary", paramLabel = "PATH",
            description = "of the tokenizer; default: beside the weights, beside --with, that of the mini world's CLIP")
    private Path vocabulary;

    @Option(names = "--wise-ft", paramLabel = "R",
            description = "evaluate R WEIGHTS + (1 - R) PRETRAINED, R from 0 to 1; needs --with")
    private Double share;

    @Option(names = "--with", paramLabel = "PRETRAINED", description = "weights of the pretrained model, for --wise-ft")
    private Path with;

    @Option(names = "--confusion", description = "which class was taken for which, too")
    private boolean confusion;

    @Option(names = "--test-pictures", paramLabel = "N", defaultValue = "0",
            description = "at most so many of a data set, a fixed choice; 0 for all, as in a study (default ${DEFAULT-VALUE})")
    private int testImages;

    @Option(names = "--test-templates", paramLabel = "N", defaultValue = "0",
            description = "at most so many prompt templates, the first; 0 for all, as in a study (default ${DEFAULT-VALUE})")
    private int testTemplates;

    @Mixin
    private DeviceOption device;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE})")
    private Format format;

    @Spec
    private CommandSpec spec;

    /** One data set; the keys of the JSON. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Score(String set, int classes, @JsonProperty("pictures") int images, int right,
            double accuracy, double low, double high, ConfusionMatrix confusion) {
        private List<Object> cells() {
            return List.of(set, classes, images, right, number(accuracy), number(low), number(high));
        }
    }

    private static String number(double percent) {
        return String.format(Locale.ROOT, "%.4f", percent);
    }

    @Override
    public Integer call() {
        if ((share == null) != (with == null)) {
            throw new InputException("--wise-ft R and --with PRETRAINED go together");
        }
        DatasetSource source = Sources.of(Path.of(""), null, data == null ? Sources.WORLD : data, sets);
        List<Path> elsewhere = source.folder() == null ? List.of(Path.of("data/mini/clip"))
                : List.of(source.folder().resolve("weights/clip"), Path.of("data/mini/clip"));
        List<Score> scores = new ArrayList<>();
        new WeightsEvaluation(weights, vocabulary, elsewhere, with, share == null ? 1 : share, device.device, testImages, testTemplates)
                .run(source, sets, (task, matrix) -> {
                    Proportion p = Proportion.of(matrix);
                    scores.add(new Score(sets.get(scores.size()), task.classNames().size(), p.count(), p.right(),
                            p.percent(), p.low(), p.high(), confusion ? matrix : null));
                });
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case text -> text(scores, out);
            case csv -> csv(scores, out);
            case json -> out.print(Json.write(scores));
        }
        out.flush();
        return 0;
    }

    private void text(List<Score> scores, PrintWriter out) {
        List<List<String>> rows = scores.stream().map(s -> List.of(s.set, Integer.toString(s.classes),
                Integer.toString(s.images), percent(s.accuracy), "[" + percent(s.low) + ", " + percent(s.high) + "]")).toList();
        out.println(TextTable.of(List.of("set", "classes", "pictures", "accuracy", "interval"), rows,
                new boolean[] {false, true, true, true, true}));
        if (scores.size() > 1) {
            out.println("mean of " + scores.size() + " sets "
                    + percent(scores.stream().mapToDouble(Score::accuracy).average().orElseThrow()));
        }
        out.println(INTERVAL);
        for (Score score : scores) {
            if (confusion) {
                out.println();
                out.println(score.set + ": images of each class (rows) by the class they were given");
                out.println(matrix(score.confusion));
            }
        }
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /** Columns are numbered: names of many classes fit no line. */
    private static String matrix(ConfusionMatrix matrix) {
        List<String> names = matrix.classNames();
        List<String> header = new ArrayList<>(List.of("", "class"));
        IntStream.rangeClosed(1, names.size()).mapToObj(Integer::toString).forEach(header::add);
        List<List<String>> rows = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(c + 1), names.get(c)));
            IntStream.of(matrix.counts()[c]).mapToObj(n -> n == 0 ? "." : Integer.toString(n)).forEach(row::add);
            rows.add(row);
        }
        boolean[] right = new boolean[header.size()];
        Arrays.fill(right, true);
        right[1] = false;
        return TextTable.of(header, rows, right);
    }

    /** Below the accuracies, after an empty line, the confusions that happened, one a line. */
    private void csv(List<Score> scores, PrintWriter out) {
        try {
            CSVPrinter printer = CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get().print(out);
            printer.printRecord("set", "classes", "pictures", "right", "accuracy", "low", "high");
            for (Score score : scores) {
                printer.printRecord(score.cells());
            }
            if (confusion) {
                out.println();
                printer.printRecord("set", "true", "given", "pictures");
                for (Score score : scores) {
                    List<String> names = score.confusion.classNames();
                    for (int t = 0; t < names.size(); t++) {
                        for (int g = 0; g < names.size(); g++) {
                            if (score.confusion.counts()[t][g] > 0) {
                                printer.printRecord(score.set, names.get(t), names.get(g), score.confusion.counts()[t][g]);
                            }
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
