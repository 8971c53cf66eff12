package gift.study;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.continual.Method;
import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.Task;
import gift.eval.AccuracyMatrix;
import gift.eval.Evaluation;
import gift.io.Hashes;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Runs all methods and seeds of a study, one after the other, and tells of each when it is finished. */
public final class Study {
    private static final long CACHE = 1L << 30;
    private static final float QUALITY = 0.95f; // of the JPEGs of a reference set

    private final StudyConfig config;
    private final Map<String, Method> methods;
    private final Path folder;
    private final Path results;
    private final DataRoot data;
    private final Path dataFolder; // null unless given in place of the configured one

    /** A finished run. */
    public record Result(String method, long seed, AccuracyMatrix matrix, Path folder) {}

    /**
     * @param file the study's settings
     * @param dataFolder overrides the folder of the data sets, or null
     * @param results folder of all runs; the study's own is below it
     * @param device overrides the device, or null
     */
    public Study(Path file, Path dataFolder, Path results, String device) {
        StudyConfig read = StudyConfig.read(file);
        this.config = device == null ? read : new StudyConfig(read.name(), read.about(), device, read.data(),
                read.model(), read.vocabulary(), read.seeds(), read.tasks(), read.watched(), read.reference(),
                read.methods(), read.training(), read.learningRates(), read.testPictures());
        this.methods = config.resolvedMethods(file.toString());
        this.folder = file.toAbsolutePath().normalize().getParent();
        this.results = results.resolve(config.name());
        Set<String> needed = new LinkedHashSet<>(config.tasks());
        needed.addAll(config.watched());
        this.data = DataRoot.of(folder, dataFolder, config.data(), needed);
        this.dataFolder = dataFolder;
    }


    public StudyConfig config() {
        return config;
    }

    /**
     * Runs what is not finished.
     *
     * @param restart forget earlier runs of this study
     * @param finished is told of every run
     * @throws InputException before anything is computed, if a data set, picture, model or setting does not serve
     */
    public void run(boolean restart, Consumer<Result> finished) {
        List<Task> tasks = config.tasks().stream().map(data::open).toList();
        List<Task> watched = config.watched().stream().map(data::open).toList();
        Path weights = model();
        Path vocabulary = config.vocabulary().isEmpty() ? (Files.isDirectory(weights) ? weights : weights.getParent())
                : folder.resolve(config.vocabulary()).normalize();
        Tokenizer tokenizer = Tokenizer.load(vocabulary);
        boolean distils = methods.values().stream().anyMatch(Method::usesReference);
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Clip initial = ClipWeights.load(weights, manager)) {
            PairDataset reference = distils ? reference() : null;
            int resolution = initial.config().imageResolution();
            Path file = Files.isDirectory(weights) ? weights.resolve("model.safetensors") : weights;
            SequenceRun.Shared shared = new SequenceRun.Shared(config, initial, Hashes.sha256(file), tokenizer, tasks,
                    evaluations(tasks, resolution), evaluations(watched, resolution), reference);
            for (Map.Entry<String, Method> method : methods.entrySet()) {
                for (long seed : config.seeds()) {
                    Path run = results.resolve(method.getKey()).resolve(Long.toString(seed));
                    AccuracyMatrix matrix =
                            new SequenceRun(shared, method.getKey(), method.getValue(), seed, run).run(restart);
                    finished.accept(new Result(method.getKey(), seed, matrix, run));
                }
            }
        }
    }

    private List<Evaluation> evaluations(List<Task> tasks, int resolution) {
        return tasks.stream().map(t -> new Evaluation(t, resolution, config.testPictures(), CACHE)).toList();
    }

    /** The pretrained model's weights; made by its recipe if the configuration names one. */
    private Path model() {
        Path path = folder.resolve(config.model()).normalize();
        if (!Files.exists(path)) {
            throw new InputException("no model at " + path + ": it is a pretraining recipe (.json), a safetensors file"
                    + " or a folder with model.safetensors");
        }
        if (!path.toString().endsWith(".json")) {
            return path;
        }
        Pretraining pretraining = new Pretraining(path, dataFolder);
        pretraining.run(false);
        return pretraining.output();
    }

    /** The reference pairs: a folder in the published layout, or a data set's pictures written in that layout. */
    private PairDataset reference() {
        StudyConfig.Reference wanted = config.reference();
        Path given = folder.resolve(wanted.set()).normalize();
        PairDataset pairs;
        if (Files.exists(given.resolve("image_text.csv"))) {
            pairs = PairDataset.read(given);
        } else {
            Path made = results.resolve("reference").resolve(wanted.set() + "_" + wanted.pictures() + "_Syn");
            if (!Files.exists(made.resolve("image_text.csv"))) {
                Task task = data.open(wanted.set());
                PairDataset.write(made, PairDataset.of(choose(task, wanted.pictures()), task.templates().get(0)), QUALITY);
            }
            pairs = PairDataset.read(made);
        }
        Inspection.require(pairs);
        return pairs;
    }

    private static ImageDataset choose(Task task, int most) {
        int size = task.train().size();
        if (most == 0 || most >= size) {
            return task.train();
        }
        int[] chosen = Arrays.copyOf(RandomStream.of(0, "reference pictures").permutation(size), most);
        Arrays.sort(chosen);
        return task.train().subset(chosen);
    }
}
