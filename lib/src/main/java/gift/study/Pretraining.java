package gift.study;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.clip.BytePairLearner;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.clip.Preprocess;
import gift.clip.Tokenizer;
import gift.continual.Checkpoint;
import gift.continual.Losses;
import gift.data.ClassNames;
import gift.data.PictureCache;
import gift.data.Prefetch;
import gift.data.Task;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Picture;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import gift.tensor.RandomStream;
import gift.tensor.Schedule;
import gift.tensor.Scopes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Contrastive pretraining of a small CLIP (Radford et al. 2021): of the pairs in a batch, each picture is to find its
 * caption and each caption its picture, L = (CE(M, identity) + CE(M^T, identity)) / 2.
 *
 * <p>The pairs of a batch are of distinct classes, since two pictures of one class have one caption. Leaves in the
 * output folder {@code model.safetensors}, the vocabulary, the recipe and the log; resumes from its last checkpoint.
 */
public final class Pretraining {
    private static final long CACHE = 2L << 30;
    private static final double LARGEST_LOGIT_SCALE = Math.log(100);
    private static final String VOCABULARY = "bpe_simple_vocab_16e6.txt.gz";

    private final PretrainingConfig config;
    private final Path output;
    private final Path checkpoint;
    private final List<SourceClass> classes = new ArrayList<>();

    /** The pictures of one class. */
    private record SourceClass(PictureCache pictures, int[] items, List<String> captions) {}

    /** @param file the recipe, to whose folder its paths are relative; @param data overrides its data folder, or null */
    public Pretraining(Path file, Path data) {
        this.config = PretrainingConfig.read(file);
        Path folder = file.toAbsolutePath().normalize().getParent();
        this.output = folder.resolve(config.output()).normalize();
        this.checkpoint = output.resolve("checkpoint.safetensors");
        DataRoot root = new DataRoot(data != null ? data : folder.resolve(config.data()).normalize());
        config.sets().forEach(set -> add(root.open(set)));
    }

    private void add(Task task) {
        PictureCache pictures = PictureCache.of(task.train(), p -> p, CACHE);
        List<String> templates = config.templates().isEmpty() ? task.templates() : config.templates();
        List<List<Integer>> items = new ArrayList<>();
        task.classNames().forEach(name -> items.add(new ArrayList<>()));
        for (int i = 0; i < task.train().size(); i++) {
            items.get(task.train().label(i)).add(i);
        }
        for (int c = 0; c < items.size(); c++) {
            int number = c;
            List<String> captions = templates.stream().map(t -> task.prompts(t).get(number)).toList();
            classes.add(new SourceClass(pictures, items.get(c).stream().mapToInt(i -> i).toArray(), captions));
        }
    }

    /** The folder of the finished model. */
    public Path output() {
        return output;
    }

    /** Trains to the end, or goes on where it was stopped; does nothing if the model is there. */
    public void run(boolean restart) {
        if (config.batchSize() > classes.size()) {
            throw new InputException("batch_size " + config.batchSize() + " exceeds the " + classes.size()
                    + " classes, which are distinct in a batch");
        }
        String fingerprint = Hashes.sha256(Json.write(config).getBytes(StandardCharsets.UTF_8));
        Path recipe = output.resolve("recipe.json");
        if (!restart && Files.exists(output.resolve("model.safetensors")) && Files.exists(recipe)) {
            if (!Json.write(config).equals(read(recipe))) {
                throw new InputException(output + " holds a model of another recipe: start over with --restart, or"
                        + " choose another output");
            }
            return;
        }
        BytePairLearner.write(output.resolve(VOCABULARY), BytePairLearner.learn(texts(), config.vocabularyMerges()));
        Tokenizer tokenizer = Tokenizer.load(output.resolve(VOCABULARY));
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Clip model = Clip.random(size(tokenizer), manager, config.seed())) {
            train(model, tokenizer, fingerprint, restart);
            ClipWeights.save(output.resolve("model.safetensors"), model);
        }
        AtomicFiles.writeString(recipe, Json.write(config));
        delete(checkpoint);
    }

    private void train(Clip model, Tokenizer tokenizer, String fingerprint, boolean restart) {
        model.train(true);
        StringBuilder log = new StringBuilder("update,loss\n");
        Schedule schedule = new Schedule(config.learningRate(), config.warmup(), config.iterations());
        int[] next = {0};
        try (AdamW optimizer = new AdamW(model.parameters(),
                new AdamW.Settings(0.9, config.beta2(), 1e-8, config.weightDecay(), true))) {
            if (!restart) {
                Checkpoint.read(checkpoint, model.manager(), fingerprint, (state, i) -> {
                    restore(model, optimizer, state, i);
                    next[0] = i;
                });
            }
            double mean = Double.NaN;
            try (Progress progress = new Progress("pretraining", config.iterations(), next[0]);
                    Prefetch<Batch> batches = new Prefetch<>(i -> batch(tokenizer, i), config.iterations())) {
                for (int i = next[0]; i < config.iterations(); i++) {
                    double loss = update(model, batches.get(i), optimizer, schedule.rate(i), i);
                    mean = Double.isNaN(mean) ? loss : 0.98 * mean + 0.02 * loss;
                    log.append(i).append(',').append(String.format(Locale.ROOT, "%.5f", loss)).append('\n');
                    progress.step(String.format(Locale.ROOT, "loss %.3f", mean));
                    if (((i + 1) % config.checkpointEvery() == 0 || Stop.requested()) && i + 1 < config.iterations()) {
                        Checkpoint.write(checkpoint, state(model, optimizer), i + 1, fingerprint);
                    }
                    if (Stop.requested()) {
                        throw new Stop.Requested();
                    }
                }
            }
        }
        AtomicFiles.writeString(output.resolve("log.csv"), log.toString());
    }

    /** Pictures (B, 3, R, R), normalized, and their captions as token rows. */
    private record Batch(float[] pictures, long[][] captions) {}

    /** Distinct classes, a random picture, crop, mirroring and caption of each. */
    private Batch batch(Tokenizer tokenizer, int iteration) {
        int b = config.batchSize();
        int r = config.model().imageResolution();
        int values = 3 * r * r;
        float[] pictures = new float[b * values];
        List<String> captions = new ArrayList<>();
        int[] order = RandomStream.of(config.seed(), "pretraining classes", iteration).permutation(classes.size());
        for (int i = 0; i < b; i++) {
            SourceClass source = classes.get(order[i]);
            RandomStream random = RandomStream.of(config.seed(), "pretraining picture", iteration, i);
            Picture picture = source.pictures.get(source.items[random.nextInt(source.items.length)]);
            captions.add(source.captions.get(random.nextInt(source.captions.size())));
            Preprocess.Box box = Preprocess.randomBox(picture.width(), picture.height(), config.cropScale(), 1,
                    3.0 / 4, 4.0 / 3, random);
            float[] one = Preprocess.normalize(Preprocess.resizedCrop(picture, box, r));
            System.arraycopy(random.nextInt(2) == 0 ? one : mirrored(one, r), 0, pictures, i * values, values);
        }
        return new Batch(pictures, tokenizer.rows(captions, config.model().contextLength(), false));
    }

    private double update(Clip model, Batch batch, AdamW optimizer, double rate, int iteration) {
        int b = config.batchSize();
        int r = model.config().imageResolution();
        try (Gradients recording = Gradients.record()) {
            model.parameters().zeroGradients();
            NDArray images = model.imageFeatures(model.manager().create(batch.pictures, new Shape(b, 3, r, r)));
            NDArray texts = model.textFeatures(batch.captions);
            NDArray m = Losses.similarity(images, texts, model.scale());
            NDArray diagonal = model.manager().arange(0, b, 1, DataType.INT64);
            NDArray both = NativeOps.crossEntropy(m, diagonal, 0)
                    .add(NativeOps.crossEntropy(m.transpose(), diagonal, 0));
            NDArray loss = NativeOps.scale(both, 0.5);
            recording.backward(loss);
            double value = loss.getFloat();
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("the contrastive loss is " + value + " at update " + iteration
                        + ": a lower learning rate may help");
            }
            optimizer.step(model.parameters().gradients(), rate);
            limitLogitScale(model);
            return value;
        }
    }

    private static float[] mirrored(float[] picture, int r) {
        float[] result = new float[picture.length];
        for (int i = 0; i < picture.length; i++) {
            result[i - i % r + r - 1 - i % r] = picture[i];
        }
        return result;
    }

    /** exp(logit_scale) stays at most 100, as in the published training. */
    private static void limitLogitScale(Clip model) {
        Scopes.withoutGradients(() -> {
            NDArray scale = model.parameters().get("logit_scale");
            if (scale.getFloat() > LARGEST_LOGIT_SCALE) {
                scale.muli(0).addi((float) LARGEST_LOGIT_SCALE);
            }
        });
    }

    /** Every class name that the project knows in every wording, so that later tasks' names are words too. */
    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (String set : ClassNames.sets()) {
            ClassNames known = ClassNames.of(set);
            texts.addAll(Task.prompts(known.templates().get(0), known.names()));
        }
        classes.forEach(c -> texts.addAll(c.captions));
        return texts;
    }

    private ClipConfig size(Tokenizer tokenizer) {
        ClipConfig m = config.model();
        return new ClipConfig(m.embedDim(), m.imageResolution(), m.visionLayers(), m.visionWidth(),
                m.visionPatchSize(), m.visionHeads(), m.contextLength(), tokenizer.vocabularySize(),
                m.transformerWidth(), m.transformerHeads(), m.transformerLayers(), m.activation());
    }

    private static Map<String, NDArray> state(Clip model, AdamW optimizer) {
        Map<String, NDArray> state = new LinkedHashMap<>();
        model.parameters().all().forEach((name, array) -> state.put("parameters." + name, array));
        optimizer.state().forEach((name, array) -> state.put("adamw." + name, array));
        return state;
    }

    private static void restore(Clip model, AdamW optimizer, Map<String, NDArray> state, int next) {
        Map<String, NDArray> moments = new LinkedHashMap<>();
        Scopes.withoutGradients(() -> state.forEach((name, array) -> {
            if (name.startsWith("parameters.")) {
                array.copyTo(model.parameters().get(name.substring("parameters.".length())));
            } else {
                moments.put(name.substring("adamw.".length()), array);
            }
        }));
        optimizer.restore(moments, next);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InputException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
