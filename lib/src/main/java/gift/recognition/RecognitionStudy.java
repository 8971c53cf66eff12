package gift.recognition;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.DatasetSource;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.eval.FeatureCache;
import gift.eval.FewShotRun;
import gift.io.InputException;
import gift.io.Overrides;
import gift.sources.StudyData;
import gift.tensor.Devices;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs a {@link RecognitionConfig}: every method on every task, with every number of real images and every seed. Leaves
 * {@code results.csv} (a row a run) and {@code summary.csv} (means over tasks, with intervals over seeds) in
 * {@code <results>/<name>}; goes on where it was stopped. Several processes may run one study, on other tasks.
 */
public final class RecognitionStudy {
    private final RecognitionConfig config;
    private final Path base;
    private final Path folder;
    private final DatasetSource data;
    private final Path model;

    /**
     * One run that is finished.
     *
     * @param shots real images a class; 0 for none
     * @param accuracy on the test images, percent
     * @param epoch that counts; 0 for the last
     */
    public record Run(String task, RecognitionMethod method, int shots, long seed, double accuracy, int epoch)
            implements FewShotRun<RecognitionMethod> {}

    /**
     * @param file of the settings
     * @param results folder of all runs
     * @param dataFolder in place of the configured one, or null
     * @param forValidation whether to evaluate on validation images in place of the test images, to choose settings by
     * @throws InputException if settings, data or model cannot be used
     */
    public RecognitionStudy(Path file, Path results, Path dataFolder, boolean forValidation, Overrides overrides) {
        this.config = RecognitionConfig.read(file, overrides);
        this.folder = results.resolve(config.name());
        StudyData all = StudyData.of(file, dataFolder, config.data(), config.tasks(), forValidation);
        this.base = all.base();
        this.data = all.data();
        this.model = all.required(config.model(), "model", "weights of a CLIP, or a folder with them");
    }

    /** The folder of the results. */
    public Path folder() {
        return folder;
    }

    public RecognitionConfig config() {
        return config;
    }

    /**
     * Makes all runs that are not there yet.
     *
     * @param only tasks to work on; empty for all, after which the tables are written
     * @param each is told of every run
     */
    public List<Run> run(List<String> only, Consumer<Run> each) {
        List<String> tasks = config.tasks(only);
        List<Run> runs = new ArrayList<>();
        FeatureCache cache = config.cache().isEmpty() ? FeatureCache.NONE
                : FeatureCache.in(base.resolve(config.cache()).normalize());
        try (NDManager manager = Devices.newManager(Devices.parse(config.device())); Clip clip = ClipWeights.load(model, manager)) {
            Tokenizer tokenizer = Tokenizer.load(Files.isDirectory(model) ? model : model.toAbsolutePath().getParent());
            for (String name : tasks) {
                Task task = data.open(name);
                try (RecognitionTask inputs = new RecognitionTask(task, clip, tokenizer, cache, config.testImages())) {
                    runs.addAll(new OfTask(inputs, clip, tokenizer, manager).run(each));
                }
            }
        }
        if (only.isEmpty()) {
            RecognitionResults.write(folder, runs, config);
        }
        return runs;
    }

    /** All runs of one task. */
    private final class OfTask {
        private final RecognitionTask task;
        private final Clip clip;
        private final Tokenizer tokenizer;
        private final NDManager manager;
        private final GeneratedImages generated;
        private ImageDataset images; // from sentences; null before a method needs them
        private FeatureSet synthetic;
        private final Map<RecognitionMethod, FeatureSet> learnt = new EnumMap<>(RecognitionMethod.class);

        OfTask(RecognitionTask task, Clip clip, Tokenizer tokenizer, NDManager manager) {
            this.task = task;
            this.clip = clip;
            this.tokenizer = tokenizer;
            this.manager = manager;
            this.generated = new GeneratedImages(config, data, base, folder.resolve("images").resolve(task.name()), task.task());
        }

        private List<RecognitionMethod> methods() {
            return config.methods().stream().map(RecognitionMethod::of).toList();
        }

        List<Run> run(Consumer<Run> each) {
            List<Run> runs = new ArrayList<>();
            for (RecognitionMethod method : methods()) {
                for (int shots : method.usesReal() ? config.shots() : List.of(0)) {
                    for (long seed : method == RecognitionMethod.ZERO_SHOT ? config.seeds().subList(0, 1) : config.seeds()) {
                        Stop.check();
                        Run run = run(method, shots, seed);
                        runs.add(run);
                        each.accept(run);
                    }
                }
            }
            return runs;
        }

        private Run run(RecognitionMethod method, int shots, long seed) {
            Path own = folder.resolve("runs").resolve(task.name()).resolve(method.toString())
                    .resolve(shots + "_shots").resolve(Long.toString(seed));
            FewShots draw = shots == 0 ? null : task.draw(shots, config.validation(), seed);
            FeatureSet real = draw == null ? null : task.train().subset(draw.shots());
            FeatureSet images = images(method, draw, seed);
            FeatureSet validation = draw == null ? null : task.train().subset(draw.validation());
            if (draw == null && images != null && config.choose() == EpochChoice.VALIDATION) {
                FeatureSet[] parts = RecognitionTask.divided(images, task.classes(), config.validation());
                InputException.require(parts[0].size() > 0, "validation " + config.validation() + " leaves no generated image of "
                        + task.name() + " to train on: make more images, or take fewer to choose by");
                images = parts[0];
                validation = parts[1];
            }
            ClassifierRuns.Outcome outcome = new ClassifierRuns(config, task, manager, seed)
                    .run(own, method, images, real, validation);
            return new Run(task.name(), method, shots, seed, outcome.accuracy(), outcome.epoch());
        }

        /** The generated images that a method learns from, or null. */
        private FeatureSet images(RecognitionMethod method, FewShots draw, long seed) {
            if (method == RecognitionMethod.GUIDED) {
                return task.features(generated.guided(draw, seed));
            }
            if (!method.usesGenerated()) {
                return null;
            }
            return learnt.computeIfAbsent(method.images(), which -> switch (which) {
                case SYNTHETIC_UNFILTERED -> unfiltered();
                case SYNTHETIC_NAMES -> {
                    ImageDataset fromNames = generated.fromNames();
                    FeatureSet all = task.features(fromNames);
                    yield all.subset(generated.filtered(clip, tokenizer, fromNames, all, "filter_names"));
                }
                case SYNTHETIC_HALF -> part(2);
                case SYNTHETIC_QUARTER -> part(4);
                default -> fromSentences().subset(generated.filtered(clip, tokenizer, images, synthetic, "filter"));
            });
        }

        /** Of all images from sentences. */
        private FeatureSet fromSentences() {
            if (synthetic == null) {
                images = generated.synthetic();
                synthetic = task.features(images);
            }
            return synthetic;
        }

        /** As many of the first images of every class as the filter keeps at most. */
        private FeatureSet unfiltered() {
            int each = fromSentences().size() / task.classes();
            int most = config.filter().cap() == 0 ? each : config.filter().cap();
            return synthetic.where(i -> i % each < most);
        }

        /** What a filter with a cap as many times lower keeps of the first images of every class, one in {@code parts} of all. */
        private FeatureSet part(int parts) {
            int each = fromSentences().size() / task.classes();
            InputException.require(each >= parts, "recognition: of " + each + " images a class one in " + parts + " is none");
            FeatureSet some = synthetic.where(i -> i % each < each / parts);
            return some.subset(generated.filtered(clip, tokenizer, some, config.filter().part(parts)));
        }
    }
}
