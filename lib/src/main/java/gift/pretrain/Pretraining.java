package gift.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import gift.clip.BytePairLearner;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.clip.Trainable;
import gift.continual.Losses;
import gift.io.Json;
import gift.io.Overrides;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import gift.train.Prefetch;
import gift.train.TrainingLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Contrastive pretraining of a small CLIP (Radford et al. 2021): of the pairs in a batch, each image is to find its
 * caption and each caption its image, L = (CE(M, identity) + CE(M^T, identity)) / 2.
 *
 * <p>The pairs of a batch are of distinct classes, since two images of one class have one caption. Leaves in the
 * output folder {@code model.safetensors}, the vocabulary, the recipe and the losses; resumes from its last checkpoint.
 */
public final class Pretraining extends RecipeTraining {
    private static final double LARGEST_LOGIT_SCALE = Math.log(100);
    private static final String VOCABULARY = "bpe_simple_vocab_16e6.txt.gz";

    private final PretrainingConfig config;

    /**
     * @param file the recipe, to whose folder its paths are relative
     * @param data overrides its data folder, or null
     */
    public Pretraining(Path file, Path data) {
        this(file, data, Overrides.NONE);
    }

    /** The same with other settings in place of some of the recipe's. */
    public Pretraining(Path file, Path data, Overrides overrides) {
        this(file, data, PretrainingConfig.read(file, overrides));
    }

    private Pretraining(Path file, Path data, PretrainingConfig config) {
        super("pretraining", file, data, config);
        this.config = config;
    }

    @Override
    void train(TrainingLoop loop) {
        images.requireClasses(config.batchSize());
        Path output = output();
        BytePairLearner.write(output.resolve(VOCABULARY),
                BytePairLearner.learn(images.vocabularyTexts(), config.vocabularyMerges()));
        Tokenizer tokenizer = Tokenizer.load(output.resolve(VOCABULARY));
        ClipConfig size = Json.replace(config.model(), "vocab_size", tokenizer.vocabularySize());
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Clip model = Clip.random(size, manager, config.seed()).train(Trainable.ALL);
                AdamW optimizer = new AdamW(model.parameters(),
                        new AdamW.Settings(0.9, config.beta2(), 1e-8, config.weightDecay(), true));
                Prefetch<Batch> batches = new Prefetch<>(i -> batch(tokenizer, i), config.iterations())) {
            loop.run(new Contrastive(model, optimizer, batches), manager);
            ClipWeights.save(output.resolve("model.safetensors"), model);
        }
    }

    /** Images and their captions as token rows. */
    private record Batch(HostImages images, long[][] captions) {}

    private Batch batch(Tokenizer tokenizer, int update) {
        int r = config.model().imageResolution();
        List<CaptionedImages.Pair> pairs = batch(update, r);
        HostImages all = HostImages.of(pairs.stream().map(CaptionedImages.Pair::image).toList());
        List<String> captions = pairs.stream().map(CaptionedImages.Pair::caption).toList();
        return new Batch(all, tokenizer.rows(captions, config.model().contextLength(), false));
    }

    private final class Contrastive extends Updates<Batch> {
        private final Clip model;
        private final HostBuffers buffers = new HostBuffers();

        Contrastive(Clip model, AdamW optimizer, Prefetch<Batch> batches) {
            super(model.parameters(), optimizer, batches);
            this.model = model;
        }

        @Override
        NDArray losses(int i, Batch batch, Map<String, NDArray> losses) {
            NDArray imageFeatures = model.imageFeatures(batch.images.on(model.manager(), buffers));
            NDArray texts = model.textFeatures(batch.captions);
            NDArray m = Losses.similarity(imageFeatures, texts, model.scale());                         // (B, B)
            NDArray diagonal = model.manager().arange(0, batch.captions.length, 1, DataType.INT64);
            NDArray both = NativeOps.crossEntropy(m, diagonal, 0)
                    .add(NativeOps.crossEntropy(m.transpose(), diagonal, 0));
            NDArray loss = NativeOps.scale(both, 0.5);
            losses.put("loss", loss);
            return loss;
        }

        /** exp(logit_scale) stays at most 100, as in the published training. */
        @Override
        void after(int i) {
            Scopes.withoutGradients(() ->
                    Scalars.limitInPlace(model.parameters().get("logit_scale"), (float) LARGEST_LOGIT_SCALE));
        }
    }
}
