package gift.imagine;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.ImageTower;
import gift.clip.Tokenizer;
import gift.data.Contents;
import gift.data.Task;
import gift.eval.FewShotRun;
import gift.eval.FewShotRun.Mean;
import gift.imagine.ImagineStudyConfig.BaseImages;
import gift.imagine.ImagineStudyConfig.Method;
import gift.imagine.ImagineStudyConfig.Pretraining;
import gift.imagine.ImagineStudyConfig.Source;
import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sources.StudyData;
import gift.tensor.Devices;
import gift.tensor.Parameters;
import gift.train.FolderLock;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * Runs an {@link ImagineStudyConfig}: the base set, pretraining, then every method on every task, with every number of shots
 * and every draw of them. Leaves {@code results.csv} (a row a run) and {@code summary.csv} (means over tasks, with intervals
 * over draws) in {@code <results>/<name>}; goes on where it was stopped. Several processes may run one study, on other tasks.
 */
public final class ImagineStudy {
    /** The method without shots that every study has: CLIP's own text features. */
    public static final String ZERO_SHOT = "zero_shot";

    private final ImagineStudyConfig config;
    private final Path folder;
    private final StudyData data;
    private final Path model;
    private final Consumer<String> notes;

    /**
     * One run that is finished. Accuracies are percent of the test images.
     *
     * @param shots real images a class; 0 for none
     * @param accuracy of both heads joined, with the weight that validation images chose
     */
    public record Run(String task, String method, int shots, long seed, FewShotRuns.Outcome outcome)
            implements FewShotRun<String> {
        @Override
        public double accuracy() {
            return outcome.accuracy();
        }
    }

    /**
     * @param file of the settings
     * @param results folder of all runs
     * @param dataFolder in place of the configured one, or null
     * @param forValidation whether to report accuracy on validation images, by which the weight of the heads is chosen too, to
     *     choose settings by
     * @param notes is given a line when a teacher has collapsed
     * @throws InputException if settings, data or model cannot be used
     */
    public ImagineStudy(Path file, Path results, Path dataFolder, boolean forValidation, Overrides overrides,
            Consumer<String> notes) {
        this.config = ImagineStudyConfig.read(file, overrides);
        this.folder = results.resolve(config.name());
        this.notes = notes;
        this.data = StudyData.of(file, dataFolder, config.data(), config.tasks(), forValidation);
        this.model = data.required(config.model(), "model", "weights of a CLIP, or a folder with them");
    }

    /** The folder of the results. */
    public Path folder() {
        return folder;
    }

    public ImagineStudyConfig config() {
        return config;
    }

    /**
     * Makes all runs that are not there yet.
     *
     * @param only tasks to work on; empty for all, after which the tables are written
     * @param each is told of every run
     */
    public List<Run> run(List<String> only, Consumer<Run> each) {
        return work(only, each, null);
    }

    /**
     * Evaluates given weights and trains nothing.
     *
     * @param weights a folder laid out as {@code runs} of a study: {@code <task>/<method>/<n>_shots/<seed>/model.safetensors}
     *     and, with low-rank weights, {@code tower.safetensors} beside it; null for the study's own
     */
    public List<Run> evaluate(Path weights, List<String> only, Consumer<Run> each) {
        return work(only, each, weights == null ? folder.resolve("runs") : weights);
    }

    private List<Run> work(List<String> only, Consumer<Run> each, Path given) {
        List<String> tasks = config.tasks(only);
        List<Run> runs = new ArrayList<>();
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Clip clip = ClipWeights.load(model, manager); ImageTower tower = ImageTower.load(model, manager);
                Adapters adapters = given == null ? new Adapters(manager, tower) : null) {
            Tokenizer tokenizer = Tokenizer.load(Files.isDirectory(model) ? model : model.toAbsolutePath().getParent());
            if (adapters != null) {
                adapters.prepare();
            }
            for (String name : tasks) {
                Task task = data.data().open(name);
                Task chosen = data.validation().open(name);
                try (FewShotRuns of = new FewShotRuns(config, task, chosen, clip, tower, tokenizer)) {
                    if (adapters != null) {
                        of.synthetic(adapters.base().of(labels(task)));
                    }
                    runs.addAll(runs(of, name, adapters, given, each));
                }
            }
        }
        if (only.isEmpty()) {
            write(runs, given == null ? "" : "given_");
        }
        return runs;
    }

    private List<Run> runs(FewShotRuns of, String task, Adapters adapters, Path given, Consumer<Run> each) {
        List<Run> runs = new ArrayList<>();
        add(runs, each, new Run(task, ZERO_SHOT, 0, config.seeds().get(0), of.zeroShot()));
        List<Integer> allShots = config.methods().values().stream().flatMap(method -> config.shots(method).stream()).distinct()
                .toList();
        for (int shots : allShots) {
            for (long seed : config.seeds()) { // then by method: many see the same images
                for (Map.Entry<String, Method> method : config.methods().entrySet()) {
                    if (!config.shots(method.getValue()).contains(shots)) {
                        continue;
                    }
                    Stop.check();
                    Path own = (given == null ? folder.resolve("runs") : given).resolve(task).resolve(method.getKey())
                            .resolve(shots + "_shots").resolve(Long.toString(seed));
                    add(runs, each, new Run(task, method.getKey(), shots, seed, given != null ? of.given(own, method.getValue())
                            : of.run(own, method.getValue(), adapters.of(method.getValue().pretraining()),
                                    adapters.pooling(method.getValue().pretraining()), shots, seed)));
                }
            }
        }
        List<String> methods = List.copyOf(config.methods().keySet());
        runs.sort(Comparator.comparingInt(run -> methods.indexOf(run.method())));
        return runs;
    }

    private static void add(List<Run> runs, Consumer<Run> each, Run run) {
        runs.add(run);
        each.accept(run);
    }

    private static List<String> labels(Task task) {
        return task.classNames().stream().map(name -> name.replace('_', ' ')).toList();
    }

    /** The base set and what is pretrained on it, each made when it is first asked for. */
    private final class Adapters implements AutoCloseable {
        private final NDManager manager;
        private final ImageTower tower;
        private final Map<String, PretrainedAdapter> made = new LinkedHashMap<>();
        private BaseSet base;

        Adapters(NDManager manager, ImageTower tower) {
            this.manager = manager;
            this.tower = tower;
        }

        BaseSet base() {
            if (base == null) {
                BaseImages settings = config.baseSet();
                Map<String, List<String>> all = new LinkedHashMap<>();
                config.tasks().forEach(task -> all.put(task, labels(data.data().openUnseen(task))));
                if (settings.folder().isEmpty()) {
                    Path diffusion = data.required(settings.model(), "base_set.model", "the folder of a Stable Diffusion");
                    Path place = folder.resolve("base_set");
                    base = BaseSet.drawn(settings, data.base(), place, all, diffusion, config.device());
                } else {
                    base = BaseSet.folders(data.required(settings.folder(), "base_set.folder", "the folder with view1, view2, ..."),
                            all.values().stream().flatMap(List::stream).distinct().toList(), settings.views());
                }
            }
            return base;
        }

        ImagineConfig.Pooling pooling(String name) {
            return config.pretraining(name).pooling();
        }

        /** Makes the pretrainings that no other process is at; those are waited for where they are used. */
        void prepare() {
            config.usedPretrainings().stream().filter(name -> config.pretraining(name).weights().isEmpty())
                    .forEach(name -> FolderLock.ifFree(output(name), () -> of(name)));
        }

        /** The folder of a pretraining. */
        private Path output(String name) {
            return folder.resolve("pretraining").resolve(name);
        }

        PretrainedAdapter of(String name) {
            return made.computeIfAbsent(name, this::make);
        }

        private PretrainedAdapter make(String name) {
            Pretraining pretraining = config.pretraining(name);
            AdapterConfig size = pretraining.adapter() == null ? AdapterConfig.forWidth(tower.dimension()) : pretraining.adapter();
            if (!pretraining.weights().isEmpty() && !name.equals(ImagineStudyConfig.NONE)) {
                Path file = data.required(pretraining.weights(), "pretrainings." + name + ".weights", "an adapter's file");
                int heads = pretraining.adapter() == null ? 0 : size.heads();
                return PretrainedAdapter.load(file, heads, manager).requireWidth(file.toString(), tower.dimension());
            }
            ImagineConfig sizes = new ImagineConfig(tower.config().width(), size, pretraining.pooling(), pretraining.heads(),
                    pretraining.heads());
            InputException.require(size.width() == tower.dimension(), "pretraining.adapter.width " + size.width()
                    + " is not that of the CLIP's tokens, " + tower.dimension());
            if (name.equals(ImagineStudyConfig.NONE)) {
                return new PretrainedAdapter(size, ImagineModel.initial(manager, sizes, pretraining.settings().seed()));
            }
            BaseSet images = pretraining.images() == Source.REAL ? real() : base().captions(pretraining.captions());
            Path output = output(name);
            new ImaginePretraining(tower, images.groups(name + " " + Contents.sha256(images.images())), pretraining.settings(),
                    sizes, line -> notes.accept(name + ": " + line)).run(output, config.checkpointEvery(), false);
            return PretrainedAdapter.load(output.resolve(ImaginePretraining.ADAPTER), size.heads(), manager);
        }

        private BaseSet real() {
            int views = config.baseSet().views();
            return BaseSet.real(config.tasks().stream().map(task -> data.validation().openUnseen(task).train()).toList(),
                    Math.multiplyExact(config.baseSet().count(), views), views);
        }

        @Override
        public void close() {
            made.values().stream().map(PretrainedAdapter::parameters).forEach(Parameters::close);
        }
    }

    private void write(List<Run> runs, String prefix) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(Csv.row(FewShotRun.COLUMNS, "visual", "text", "weight", "validation", "best_of_three_on_test"));
        for (Run run : runs) {
            FewShotRuns.Outcome o = run.outcome();
            rows.add(Csv.row(run.cells(), DoubleStream.of(o.visual(), o.text(), o.weight(), o.validation(), o.bestOfThreeOnTest())
                    .mapToObj(FewShotRun::number).toArray(String[]::new)));
        }
        if (!config.bestOfThreeOnTest()) {
            rows.replaceAll(row -> row.subList(0, row.size() - 1));
        }
        Csv.write(folder.resolve(prefix + "results.csv"), rows);
        List<List<String>> summary = new ArrayList<>();
        summary.add(Mean.COLUMNS);
        FewShotRun.means(runs).forEach(mean -> summary.add(mean.cells(config.tasks().size())));
        Csv.write(folder.resolve(prefix + "summary.csv"), summary);
        AtomicFiles.writeString(folder.resolve(prefix + "settings.json"), Json.write(config));
    }
}
