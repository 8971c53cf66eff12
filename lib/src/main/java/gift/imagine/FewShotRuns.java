package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ImageTower;
import gift.clip.Tokenizer;
import gift.clip.ZeroShotClassifier;
import gift.data.Contents;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.imagine.FewShotTuning.Labelled;
import gift.imagine.ImagineConfig.Pooling;
import gift.imagine.ImagineStudyConfig.Method;
import gift.imagine.ImagineStudyConfig.Search;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The runs of one task: tuning on drawn shots, the search of settings, accuracy on the test images. */
final class FewShotRuns implements AutoCloseable {
    private static final String OUTCOME = "outcome.json";
    private static final long KEPT = 1L << 28; // bytes of tokens, and of decoded images

    private final ImagineStudyConfig config;
    private final Task task;
    private final ImageDataset train;
    private final ImageCache real;
    private final ImageTower tower;
    private final float[] texts; // (C, D)
    private final Evaluated validation;
    private final Evaluated test;
    private final ViewTokens views = new ViewTokens();
    private Labelled synthetic;
    private String fingerprint;

    /**
     * What a run came to. Accuracies are percent.
     *
     * @param accuracy of both heads joined, on the test images
     * @param visual of the visual head alone
     * @param text of the text head alone
     * @param bestOfThreeOnTest the largest of the three, as the published drivers report
     * @param weight of the visual head, which validation images chose
     * @param validation accuracy of both heads joined there
     * @param trial folder of the weights within the run's
     */
    record Outcome(double accuracy, double visual, double text, double bestOfThreeOnTest, double weight, double validation,
            String trial) {}

    /** Images to evaluate on, with their tokens where these fit in memory. */
    private record Evaluated(Labelled images, float[] tokens) {}

    /**
     * @param task whose test images are reported
     * @param chosen the same task, whose training images are those of {@link FewShotTuning#draw} and whose test images are for
     *     validation
     */
    FewShotRuns(ImagineStudyConfig config, Task task, Task chosen, Clip clip, ImageTower tower, Tokenizer tokenizer) {
        this.config = config;
        this.task = task;
        this.train = chosen.train();
        this.tower = tower;
        this.real = ImageCache.of(train, UnaryOperator.identity(), KEPT);
        this.texts = texts(clip, tokenizer, task);
        InputException.require(texts.length / task.classNames().size() == tower.dimension(), "the text features of the CLIP have"
                + " another width than its image tokens");
        this.validation = evaluated(chosen.test(), config.validationImages());
        this.test = evaluated(task.test(), config.testImages());
    }

    /** (C, D): the mean over templates of text features of unit length, to unit length. */
    static float[] texts(Clip clip, Tokenizer tokenizer, Task task) {
        try (NDArray texts = Scopes.withoutGradients(() -> {
            NDArray sum = null;
            for (String template : task.templates()) {
                NDArray one = ZeroShotClassifier.textFeatures(clip, tokenizer, task.prompts(template));
                sum = sum == null ? one : sum.add(one);
            }
            return NativeOps.normalize(sum);
        })) {
            return texts.toFloatArray();
        }
    }

    private Evaluated evaluated(ImageDataset all, int most) {
        int count = most == 0 ? all.size() : Math.min(most, all.size());
        ImageDataset some = all.subset(IntStream.range(0, count).toArray());
        Labelled images = new Labelled(some.labels(), some::image);
        long bytes = (long) Float.BYTES * count * tower.tokens() * tower.dimension();
        return new Evaluated(images, bytes > KEPT ? null : FewShotTuning.tokens(tower, images));
    }

    /** Gives the synthetic images, which tuning needs. */
    void synthetic(ImageDataset images) {
        List<String> labels = task.classNames().stream().map(name -> name.replace('_', ' ')).toList();
        int[] numbers = Arrays.stream(images.labels()).map(c -> labels.indexOf(images.classNames().get(c))).toArray();
        ImageCache cache = ImageCache.of(images, UnaryOperator.identity(), KEPT);
        synthetic = new Labelled(numbers, cache::get);
        fingerprint = String.join(" ", task.name(), Contents.sha256(images), hash(texts), hash(tower.parameters()));
    }

    /** CLIP's own text features on the test images. */
    Outcome zeroShot() {
        AdapterConfig size = AdapterConfig.forWidth(tower.dimension());
        NDManager parent = tower.parameters().manager().getParentManager();
        ImagineConfig sizes = new ImagineConfig(tower.config().width(), size, Pooling.MOMENTS, new HeadConfig(2, 1, 1),
                new HeadConfig(2, 1, 1));
        try (Parameters start = ImagineModel.initial(parent, sizes, 0);
                FewShotModel model = FewShotModel.create(parent, size, start, texts, true, 0)) {
            double text = 100 * FewShotTuning.logits(model, tower, test.images).textAccuracy();
            return new Outcome(text, Double.NaN, text, Double.NaN, 0, Double.NaN, "");
        }
    }

    /** Tunes in a folder, or reads what came out there. */
    Outcome run(Path folder, Method method, PretrainedAdapter adapter, Pooling pooling, int shots, long seed) {
        int[] drawn = draw(shots, seed);
        Labelled images = new Labelled(Arrays.stream(drawn).map(train::label).toArray(), k -> real.get(drawn[k]));
        String of = String.join(" ", fingerprint, hash(adapter.parameters()), pooling.toString(),
                Contents.sha256(train.subset(drawn)));
        TuningSettings base = config.tuning(method, seed);
        if (!method.lowRank()) {
            views.of(String.join(" ", fingerprint, Arrays.toString(drawn), base.batchSize() + " " + base.seed() + " " + base.compute()));
        }
        FewShotTuning tuning = new FewShotTuning(
                new FewShotTuning.Task(tower, adapter, texts, images, synthetic, of, pooling), views);
        List<Object> parts = new ArrayList<>(List.of(base, method.lowRank(), config.search(), of, validation.images.size(),
                test.images.size()));
        if (config.everyWeight()) {
            parts.add("every weight");
        }
        String recipe = Json.line(parts);
        Path file = folder.resolve(OUTCOME);
        Path settings = folder.resolve("settings.json");
        if (Files.exists(file) && Files.exists(settings) && Json.tree(settings).equals(Json.parse("settings", recipe))) {
            return Json.read(file, Outcome.class);
        }
        InputException.require(!Files.exists(file), folder + " holds a run of other settings: choose another --results, or"
                + " delete it");
        AtomicFiles.writeString(settings, recipe + "\n");
        List<TuningSettings> tried = new ArrayList<>();
        TuningSearch search = search(base, s -> {
            tried.add(s);
            Path trial = folder.resolve(Integer.toString(tried.size()));
            tuning.run(s, trial, config.checkpointEvery());
            return config.fusion(s).choose(logits(trial, s, validation)).accuracy();
        });
        Outcome outcome = outcome(folder, Integer.toString(1 + tried.indexOf(search.best())), search.best());
        AtomicFiles.writeString(file, Json.write(outcome));
        if (!config.keepWeights()) {
            for (int i = 1; i <= tried.size(); i++) {
                Folders.delete(folder.resolve(Integer.toString(i)));
            }
        }
        return outcome;
    }

    private int[] draw(int shots, long seed) {
        int[] labels = train.labels();
        for (int c = 0; c < task.classNames().size(); c++) {
            int label = c;
            long count = Arrays.stream(labels).filter(l -> l == label).count();
            InputException.require(count >= shots, task.name() + ": the class '" + task.classNames().get(c) + "' has " + count
                    + " training images, fewer than the " + shots + " shots asked for");
        }
        return FewShotTuning.draw(labels, task.classNames().size(), shots, seed);
    }

    /** The published search, with the study's lists. What validation chose is trained as it is: training is repeatable. */
    private TuningSearch search(TuningSettings base, ToDoubleFunction<TuningSettings> validated) {
        Search s = config.search();
        List<Double> rates = s.rates().isEmpty() ? List.of(base.rate()) : s.rates();
        if (base.lowRank() == null) {
            return TuningSearch.frozen(base, rates, s.epochs().isEmpty() ? List.of(base.epochs()) : s.epochs(), validated);
        }
        return TuningSearch.lowRank(base, s.lowRankRates().isEmpty() ? List.of(base.lowRank().rate()) : s.lowRankRates(), rates,
                s.ranks().isEmpty() ? List.of(base.lowRank().rank()) : s.ranks(),
                s.alphas().isEmpty() ? List.of(base.lowRank().alpha()) : s.alphas(), validated);
    }

    private Fusion.Logits logits(Path trial, TuningSettings settings, Evaluated on) {
        return settings.lowRank() != null || on.tokens == null ? FewShotTuning.logits(trial, tower, on.images)
                : FewShotTuning.logits(trial, tower, on.tokens, on.images.labels());
    }

    private Outcome outcome(Path folder, String trial, TuningSettings settings) {
        Fusion fusion = config.fusion(settings);
        Path weights = folder.resolve(trial);
        Fusion.Choice choice = fusion.choose(logits(weights, settings, validation));
        Fusion.Logits logits = logits(weights, settings, test);
        return new Outcome(100 * fusion.accuracy(logits, choice.weight()), 100 * logits.visualAccuracy(),
                100 * logits.textAccuracy(), 100 * fusion.bestOfThreeOnTest(logits, choice.weight()), choice.weight(),
                100 * choice.accuracy(), trial);
    }

    /**
     * Evaluates weights that are there.
     *
     * @param folder with {@code model.safetensors}, or of a run of the study
     * @throws InputException if there are none, or they are of other classes
     */
    Outcome given(Path folder, Method method) {
        String trial = "";
        if (Files.exists(folder.resolve(OUTCOME))) {
            trial = Json.read(folder.resolve(OUTCOME), Outcome.class).trial();
        }
        Path weights = folder.resolve(trial);
        for (String file : method.lowRank() ? List.of(FewShotTuning.MODEL, FewShotTuning.MERGED) : List.of(FewShotTuning.MODEL)) {
            InputException.require(Files.exists(weights.resolve(file)), "no weights " + weights.resolve(file)
                    + ": a study keeps them where keep_weights is true");
        }
        NDManager parent = tower.parameters().manager().getParentManager();
        try (NDManager manager = parent.newSubManager();
                FewShotModel model = FewShotModel.load(weights.resolve(FewShotTuning.MODEL), manager)) {
            InputException.require(model.classes() == task.classNames().size() && model.width() == tower.dimension(), weights
                    + " tells " + model.classes() + " classes by tokens of width " + model.width() + "; " + task.name() + " has "
                    + task.classNames().size() + " classes, and the CLIP tokens of width " + tower.dimension());
        }
        return outcome(folder, trial, config.tuning(method, 0));
    }

    @Override
    public void close() {
        views.close();
    }

    private static String hash(Parameters parameters) {
        StringBuilder all = new StringBuilder();
        parameters.all().forEach((name, values) -> all.append(name).append(Hashes.sha256(values.toByteArray())));
        return Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(float[] values) {
        return Hashes.sha256(Arrays.toString(values).getBytes(StandardCharsets.UTF_8));
    }
}
