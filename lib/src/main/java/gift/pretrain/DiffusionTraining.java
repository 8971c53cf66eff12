package gift.pretrain;

import static gift.train.TrainingState.MEAN;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.diffusion.Autoencoder;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextEncoder;
import gift.diffusion.UNet;
import gift.diffusion.UNetConfig;
import gift.diffusion.schedulers.NoiseSchedule;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Overrides;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.MovingAverage;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.Prefetch;
import gift.train.TrainingLoop;
import gift.train.TrainingState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Training of a latent denoiser (Ho et al. 2020; Rombach et al. 2022):
 *
 * <pre>
 * x_t = sqrt(alpha_bar(t)) z + sqrt(1 - alpha_bar(t)) noise,   t uniform in 0 .. T - 1
 * L = w(t) (predict(x_t, t, text) - noise)^2, mean over all elements
 * w(t) = min(snr(t), gamma) / snr(t),   snr(t) = alpha_bar(t) / (1 - alpha_bar(t))
 * </pre>
 *
 * The weights w (Hang et al. 2023, "min-SNR") keep the timesteps of little noise, of which there are many, from taking
 * most of the gradient; gamma = 0 leaves them out, as the original training does.
 *
 * <p>Some captions are replaced by the empty one, so that the model can also predict without text, which guidance needs
 * (Ho and Salimans 2022). The model is the EMA of the weights. Resumes from its last checkpoint; at the end
 * the output folder is a Stable Diffusion in diffusers' layout.
 */
public final class DiffusionTraining extends RecipeTraining {
    private final DiffusionTrainingConfig config;

    /**
     * @param file the recipe, to whose folder its paths are relative
     * @param data overrides its data folder, or null
     */
    public DiffusionTraining(Path file, Path data) {
        this(file, data, Overrides.NONE);
    }

    /** The same with other settings in place of some of the recipe's. */
    public DiffusionTraining(Path file, Path data, Overrides overrides) {
        this(file, data, DiffusionTrainingConfig.read(file, overrides));
    }

    private DiffusionTraining(Path file, Path data, DiffusionTrainingConfig config) {
        super("denoiser", file, data, config);
        this.config = config;
    }

    @Override
    void train(TrainingLoop loop) {
        Path clipFolder = folder.resolve(config.clip()).normalize();
        Tokenizer tokenizer = Tokenizer.load(clipFolder);
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Autoencoder autoencoder = Autoencoder.load(folder.resolve(config.autoencoder()).normalize(), manager);
                Clip clip = ClipWeights.load(clipFolder, manager);
                TextEncoder texts = TextEncoder.of(clip);
                UNet model = UNet.random(config.model(), manager, config.seed());
                AdamW optimizer = new AdamW(model.parameters().train(name -> true), AdamW.Settings.DEFAULT);
                MovingAverage mean =
                        new MovingAverage(model.parameters(), new MovingAverage.Rising(config.meanDecay()));
                Prefetch<Batch> batches = new Prefetch<>(
                        i -> batch(tokenizer, autoencoder, texts, i), config.iterations())) {
            requireFit(autoencoder, texts);
            Latents latents = new Latents(autoencoder, images, config.cropScale() < 1);
            loop.run(new Denoising(latents, texts, model, optimizer, mean, batches), manager);
            model.parameters().set(mean.weights());
            save(model, autoencoder, texts, tokenizer, output());
        }
    }

    /**
     * Writes the Stable Diffusion that the last checkpoint of an unfinished training holds.
     *
     * @param to its folder
     * @return the updates made until then
     * @throws InputException if there is no checkpoint
     */
    public int snapshot(Path to) {
        Path clipFolder = folder.resolve(config.clip()).normalize();
        try (NDManager manager = Devices.newManager(Devices.parse("cpu"));
                Autoencoder autoencoder = Autoencoder.load(folder.resolve(config.autoencoder()).normalize(), manager);
                Clip clip = ClipWeights.load(clipFolder, manager);
                TextEncoder texts = TextEncoder.of(clip);
                UNet model = UNet.random(config.model(), manager, config.seed())) {
            int updates = peek(MEAN, model.parameters());
            save(model, autoencoder, texts, Tokenizer.load(clipFolder), to);
            return updates;
        }
    }

    private void save(UNet model, Autoencoder autoencoder, TextEncoder texts, Tokenizer tokenizer, Path to) {
        new StableDiffusion(model, autoencoder, texts, tokenizer, SchedulerConfig.STABLE_DIFFUSION).save(to);
        copyVocabulary(folder.resolve(config.clip()).normalize(), to.resolve("tokenizer"));
    }

    /** The vocabulary in whichever of the published forms it lies beside the CLIP. */
    private static void copyVocabulary(Path from, Path to) {
        for (String name : List.of("bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt", "vocab.json", "merges.txt")) {
            Path file = from.resolve(name);
            if (Files.exists(file)) {
                AtomicFiles.write(to.resolve(name), out -> Files.copy(file, out));
            }
        }
    }

    private void requireFit(Autoencoder autoencoder, TextEncoder texts) {
        UNetConfig m = config.model();
        int size = autoencoder.config().sampleSize() / autoencoder.config().factor();
        int channels = autoencoder.config().latentChannels();
        if (m.inChannels() != channels || m.outChannels() != channels || m.sampleSize() != size) {
            throw new InputException("diffusion training: the autoencoder has latents of " + channels + " x " + size
                    + " x " + size + ", but model says in_channels " + m.inChannels() + ", out_channels "
                    + m.outChannels() + ", sample_size " + m.sampleSize());
        }
        if (m.crossAttentionDim() != texts.config().hiddenSize()) {
            throw new InputException("diffusion training: the texts' states have width " + texts.config().hiddenSize()
                    + ", but model says cross_attention_dim " + m.crossAttentionDim());
        }
    }

    /** Images and their captions as token rows, filled up with the end token. */
    private record Batch(List<CaptionedImages.Pair> pairs, long[][] captions) {}

    private Batch batch(Tokenizer tokenizer, Autoencoder autoencoder, TextEncoder texts, int update) {
        int size = autoencoder.config().sampleSize();
        List<CaptionedImages.Pair> pairs = batch(update, size);
        RandomStream dropout = RandomStream.of(config.seed(), "caption dropout", update);
        long[][] captions = new long[pairs.size()][];
        for (int i = 0; i < captions.length; i++) {
            String caption = dropout.nextDouble() < config.captionDropout() ? "" : pairs.get(i).caption();
            captions[i] = tokenizer.row(caption, texts.config().maxPositionEmbeddings(), false, tokenizer.endToken());
        }
        return new Batch(pairs, captions);
    }

    private final class Denoising extends Updates<Batch> {
        private final Latents latents;
        private final TextEncoder texts;
        private final UNet model;
        private final MovingAverage mean;
        private final NoiseSchedule noising = SchedulerConfig.STABLE_DIFFUSION.noiseSchedule();

        Denoising(Latents latents, TextEncoder texts, UNet model, AdamW optimizer, MovingAverage mean,
                Prefetch<Batch> batches) {
            super(model.parameters(), optimizer, batches);
            this.latents = latents;
            this.texts = texts;
            this.model = model;
            this.mean = mean;
        }

        @Override
        NDArray losses(int i, Batch batch, Map<String, NDArray> losses) {
            int b = batch.captions.length;
            NDArray z = latents.of(batch.pairs);                                                  // (B, C, h, w)
            NDArray context = Scopes.withoutGradients(() -> texts.forward(batch.captions));       // (B, T, D)
            RandomStream random = RandomStream.of(config.seed(), "diffusion noise", i);
            int[] t = IntStream.range(0, b).map(k -> random.nextInt(noising.length())).toArray();
            NDArray noise = Transfers.write(
                    model.manager(), random.normals(Math.toIntExact(z.getShape().size()), 1), z.getShape());
            NDArray ofImages = ofImages(t);                                                       // (4, B)
            NDArray noisy = noising.addNoise(z, noise, ofImages.get("0:2"));
            NDArray difference = model.forward(noisy, ofImages.get(2), context).sub(noise);
            NDArray loss = difference.mul(difference).mul(ofImages.get(3).reshape(b, 1, 1, 1)).mean();
            losses.put("loss", loss);
            return loss;
        }

        @Override
        void after(int i) {
            mean.update(i);
        }

        /**
         * Of the timestep t of each image, in one transfer: the factors of latent and noise, t itself, and the weight of its loss,
         * min(snr(t), gamma) / snr(t), or 1 where gamma is 0; (4, B).
         */
        private NDArray ofImages(int[] t) {
            int b = t.length;
            float[] all = Arrays.copyOf(noising.factors(t), 4 * b);
            for (int k = 0; k < b; k++) {
                double ratio = noising.alphaBar(t[k]) / (1 - noising.alphaBar(t[k]));
                all[2 * b + k] = t[k];
                all[3 * b + k] = config.snrGamma() == 0 ? 1 : (float) Math.min(1, config.snrGamma() / ratio);
            }
            return Transfers.write(model.manager(), all, new Shape(4, b));
        }

        @Override
        public Map<String, NDArray> state() {
            return new TrainingState(super.state()).put(MEAN, mean.weights().all()).all();
        }

        @Override
        public void restore(Map<String, NDArray> state, int next) {
            super.restore(state, next);
            new TrainingState(state).copy(MEAN, mean.weights().all());
        }
    }
}
