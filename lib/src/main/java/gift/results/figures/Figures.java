package gift.results.figures;

import gift.data.DatasetSource;
import gift.eval.Interval;
import gift.io.InputException;
import gift.io.Json;
import gift.results.Metric;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.results.tables.Published;
import gift.results.tables.Published.Order;
import gift.results.tables.StudyTables;
import gift.results.tables.Tables;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** All figures by name: those of the papers' numbers, and those of every study that has runs. Nothing is read before. */
public final class Figures {
    /**
     * What a figure shows, where it has a choice; a null leaves it open.
     *
     * @param method id of the run; GIFT if open, or the last method where it has no run
     * @param seed of the run; the first if open
     * @param task one task instead of all
     * @param initial weights before the first task, to measure changes from
     */
    public record Choice(String method, Long seed, String task, Path initial) {
        /** Everything open. */
        public static final Choice OPEN = new Choice(null, null, null, null);
    }

    /** @param possible whether there is what it needs; looked at when figures are listed */
    private record Entry(String description, BooleanSupplier possible, Function<Choice, Figure> figure) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Without figures that need images. */
    public Figures(ResultFolders folders, Interval.Kind kind) {
        this(folders, kind, null);
    }

    /**
     * @param kind of the intervals over seeds
     * @param data the studies' data sets, for figures that need images; null for none of these
     */
    public Figures(ResultFolders folders, Interval.Kind kind, DatasetSource data) {
        for (Order order : Order.values()) {
            String name = "published_order_" + order;
            Supplier<Published> published = () -> new Published(folders.published());
            matrices(name, () -> published.get().matrices(order));
            add(name + "_scatter", "Transfer against Last, a point for each method", () -> true,
                    choice -> scatter(published.get(), order));
        }
        Tables.incremental(folders).forEach((name, study) -> {
            add(name + "_classes", "accuracy over the classes seen, by their number, with bands over seeds",
                    () -> holds(study, runs -> true), choice -> IncrementalFigures.accuracy(study.get(), kind));
            add(name + "_confusion", "which classes are taken for which after the last step, in the order of learning (--method,"
                    + " --seed)", () -> holds(study, runs -> runs.runs().stream().anyMatch(IncrementalFigures::hasConfusion)),
                    choice -> IncrementalFigures.confusion(study.get(), study.get().run(choice.method, choice.seed)));
        });
        Tables.recognition(folders).forEach((name, study) -> add(name + "_shots",
                "accuracy over real images a class, with bands over seeds", () -> holds(study, runs -> !runs.shots().isEmpty()),
                choice -> RecognitionFigures.shots(study.get(), kind)));
        add("he2023_figure1", "He et al. 2023, figure 1: accuracy over real images a class", () -> true,
                choice -> RecognitionFigures.published(folders.published()));
        Tables.fewShot(folders).forEach((name, study) -> add(name + "_shots",
                "accuracy over the number of shots, mean over tasks, with bands over draws", () -> holds(study, runs -> true),
                choice -> FewShotFigures.accuracy(study.get(), kind)));
        Tables.studies(folders).forEach((name, study) -> {
            matrices(name, study);
            add(name + "_scatter", "Transfer against Last, with intervals over seeds", () -> holds(study, Figures::hasTransfer),
                    choice -> scatter(study.get(), kind));
            add(name + "_losses", "parts of the loss of a run (--method, --seed, --task)",
                    () -> holds(study, runs -> runs.runs().stream().anyMatch(RunFigures::hasLosses)), choice ->
                    RunFigures.losses(study.get(), study.get().run(choice.method, choice.seed), choice.task));
            add(name + "_weights", "change of the weights, layer by layer (--seed, --initial)",
                    () -> holds(study, RunFigures::haveWeights),
                    choice -> RunFigures.weights(study.get(), choice.seed, choice.initial));
            add(name + "_within", "accuracy while a task is learnt (--method, --seed, --task)",
                    () -> holds(study, runs -> runs.runs().stream().anyMatch(RunFigures::hasWithin)), choice ->
                    RunFigures.within(study.get(), study.get().run(choice.method, choice.seed), choice.task));
            add(name + "_features", "images and prompts of a task in a plane, before and after (--task, --initial, --method,"
                    + " --seed, --data)", () -> data != null && holds(study, runs -> hasFeatures(runs, data)),
                    choice -> RunFigures.features(study.get(), choice.method, choice.seed, choice.task, choice.initial, data));
        });
    }

    /** Whether finished runs are there and have what a figure needs. */
    private static <S> boolean holds(Supplier<S> study, Predicate<S> needed) {
        try {
            return needed.test(study.get());
        } catch (InputException e) {
            return false; // whoever asks for the figure is told
        }
    }

    private static boolean hasTransfer(StudyRuns study) {
        return study.tasks().size() > 1 && study.runs().stream().anyMatch(run -> !Double.isNaN(run.metrics().transfer()));
    }

    /** Whether runs of fine-tuning or GIFT keep weights, and the tasks are known. */
    private static boolean hasFeatures(StudyRuns study, DatasetSource data) {
        return study.tasks().stream().allMatch(data::knows) && study.only("finetune", "gift").runs().stream()
                .anyMatch(run -> RunFigures.lastWeights(study, run).isPresent());
    }

    private void matrices(String name, Supplier<StudyRuns> study) {
        add(name + "_heatmap", "accuracy matrix of a run (--method, --seed)", () -> holds(study, runs -> true), choice -> {
            StudyRuns runs = study.get();
            return MatrixFigures.heatmap(runs, runs.run(choice.method, choice.seed));
        });
        add(name + "_sequence", "accuracy of each task along the sequence (--task)", () -> holds(study, runs -> true),
                choice -> MatrixFigures.sequence(study.get(), choice.task));
        add(name + "_backward_transfer", "change of each task since it was learnt, bars for each method",
                () -> holds(study, runs -> runs.tasks().size() > 1),
                choice -> MatrixFigures.backwardTransfer(study.get()));
    }

    private static Figure scatter(Published published, Order order) {
        List<MatrixFigures.Point> points = published.methods(order).stream().map(method -> new MatrixFigures.Point(method,
                exact(published.average(order, method, Metric.TRANSFER).orElseThrow()),
                exact(published.average(order, method, Metric.LAST).orElseThrow()))).toList();
        return MatrixFigures.scatter("published, MTIL Order " + order,
                "as printed, or from the published matrix; no intervals are published", points);
    }

    static Interval exact(double value) {
        return new Interval(value, Double.NaN, Double.NaN, 1);
    }

    /** Transfer against Last of every method of a study, with intervals over seeds. */
    public static Figure scatter(StudyRuns study, Interval.Kind kind) {
        if (study.tasks().size() < 2) {
            throw new InputException("study " + study.name() + " has one task, and with it no Transfer");
        }
        StudyTables tables = new StudyTables(study, kind);
        List<MatrixFigures.Point> points = study.methods().stream().map(method -> new MatrixFigures.Point(method,
                tables.interval(method, Metric.TRANSFER), tables.interval(method, Metric.LAST)))
                .filter(point -> !Double.isNaN(point.transfer().mean())).toList(); // joint training has no Transfer
        boolean several = points.stream().anyMatch(point -> point.transfer().exists());
        return MatrixFigures.scatter(study.name(), several
                ? "mean over seeds; lines: 95 % " + (kind == Interval.Kind.T ? "t" : "bootstrap") + " interval"
                : "one seed for each method", points);
    }

    /** A name that is taken stays with its first owner, as with {@link Tables}. */
    private void add(String name, String description, BooleanSupplier possible, Function<Choice, Figure> figure) {
        entries.putIfAbsent(name, new Entry(description, possible, figure));
    }

    /** What each figure shows, by name: those that can be made of what the runs left, some with the options that they name. */
    public Map<String, String> descriptions() {
        Map<String, String> all = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            if (entry.possible.getAsBoolean()) {
                all.put(name, entry.description);
            }
        });
        return all;
    }

    /** A figure with everything open; see {@link #get(String, Choice)}. */
    public Figure get(String name) {
        return get(name, Choice.OPEN);
    }

    /**
     * Makes a figure.
     *
     * @throws InputException with the nearest name if there is no such figure, or naming what it lacks
     */
    public Figure get(String name, Choice choice) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InputException("no figure '" + name + "'" + Json.nearest(name, descriptions().keySet()));
        }
        return entry.figure.apply(choice);
    }
}
