package gift.pretrain;

import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.Autoencoder;
import gift.io.Json;
import gift.io.Overrides;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.HostCopy;
import gift.tensor.Images;
import gift.tensor.NativeOps;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.Prefetch;
import gift.train.TrainingLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Training of the autoencoder of latent diffusion (Rombach et al. 2022), without its perceptual and adversarial terms:
 *
 * <pre>
 * z = mean(x) + exp(log variance(x) / 2) noise
 * L = |decode(z) - x| + (decode(z) - x)^2 + w KL,   KL = -1/2 (1 + log variance - mean^2 - variance)
 * </pre>
 *
 * each term a mean over all its elements. The scaling factor of the finished model is one over the deviation of its
 * latents, as published models have it. Resumes from its last checkpoint.
 *
 * <p>A model that starts from another one trains its decoder alone, without the divergence: a denoiser that was
 * trained on the other one's latents fits it as well.
 */
public final class AutoencoderTraining extends RecipeTraining {
    private static final String DIVERGENCE = "divergence";
    private static final int SCALING_BATCHES = 20; // batches from which the latents' deviation is taken

    private final AutoencoderTrainingConfig config;
    private final Path start; // null for a new model

    /**
     * @param file the recipe, to whose folder its paths are relative
     * @param data overrides its data folder, or null
     */
    public AutoencoderTraining(Path file, Path data) {
        this(file, data, Overrides.NONE);
    }

    /** The same with other settings in place of some of the recipe's. */
    public AutoencoderTraining(Path file, Path data, Overrides overrides) {
        this(file, data, AutoencoderTrainingConfig.read(file, overrides));
    }

    private AutoencoderTraining(Path file, Path data, AutoencoderTrainingConfig config) {
        super("autoencoder", file, data, config);
        this.config = config;
        this.start = config.start().isEmpty() ? null : folder.resolve(config.start()).normalize();
    }

    @Override
    void train(TrainingLoop loop) {
        try (NDManager manager = Devices.newManager(Devices.parse(config.device()));
                Autoencoder model = start == null ? Autoencoder.random(config.model(), manager, config.seed())
                        : Autoencoder.load(start, manager);
                AdamW optimizer = new AdamW(model.parameters().train(name -> start == null || isOfDecoder(name)),
                        AdamW.Settings.DEFAULT);
                Prefetch<float[]> batches = new Prefetch<>(i -> values(model, i), config.iterations())) {
            loop.run(new Reconstruction(model, optimizer, batches), manager);
            (start == null ? scaled(model) : model).save(output());
        }
    }

    /**
     * Writes the autoencoder that the last checkpoint of an unfinished training holds.
     *
     * @param to its folder
     * @return the updates made until then
     * @throws gift.io.InputException if there is no checkpoint
     */
    public int snapshot(Path to) {
        try (NDManager manager = Devices.newManager(Devices.parse("cpu"));
                Autoencoder model = start == null ? Autoencoder.random(config.model(), manager, config.seed())
                        : Autoencoder.load(start, manager)) {
            int updates = peek(PARAMETERS, model.parameters());
            (start == null ? scaled(model) : model).save(to);
            return updates;
        }
    }

    private static boolean isOfDecoder(String name) {
        return name.startsWith("decoder.") || name.startsWith("post_quant_conv.");
    }

    /** The images of an update, (B, 3, H, W) in [-1, 1]. */
    private float[] values(Autoencoder model, int update) {
        int size = model.config().sampleSize();
        List<CaptionedImages.Pair> pairs = batch(update, size);
        return LatentValues.of(pairs.stream().map(CaptionedImages.Pair::image).toList(), size);
    }

    private NDArray array(Autoencoder model, float[] values) {
        return Images.of(model.manager(), values, model.config().sampleSize());
    }

    private final class Reconstruction extends Updates<float[]> {
        private final Autoencoder model;

        Reconstruction(Autoencoder model, AdamW optimizer, Prefetch<float[]> batches) {
            super(model.parameters(), optimizer, batches);
            this.model = model;
        }

        @Override
        NDArray losses(int i, float[] batch, Map<String, NDArray> losses) {
            NDArray x = array(model, batch);                                           // (B, 3, H, W)
            NDArray moments = start == null ? model.encode(x)
                    : Scopes.withoutGradients(() -> model.encode(x));                  // (B, 2 C, h, w)
            long c = model.config().latentChannels();
            NDArray mean = moments.get(":, 0:" + c);
            NDArray logVariance = moments.get(":, " + c + ":");
            NDArray noise = noise(model, i, mean.getShape());
            NDArray z = mean.add(NativeOps.scale(logVariance, 0.5).exp().mul(noise));  // (B, C, h, w)
            NDArray difference = model.decode(z).sub(x);
            NDArray reconstruction = difference.abs().mean().add(difference.mul(difference).mean());
            // KL without its constant -1/2, which has no gradient
            NDArray inner = logVariance.sub(mean.mul(mean)).sub(logVariance.exp());
            NDArray divergence = NativeOps.scale(inner.mean(), -0.5);
            losses.put(DIVERGENCE, divergence);
            losses.put("loss", reconstruction);
            return start != null ? reconstruction
                    : reconstruction.add(NativeOps.scale(divergence, config.divergenceWeight()));
        }

        @Override
        Map<String, Double> logged(Map<String, Double> values) {
            values.computeIfPresent(DIVERGENCE, (name, value) -> value - 0.5);
            return values;
        }
    }

    private NDArray noise(Autoencoder model, int update, Shape shape) {
        float[] values = RandomStream.of(config.seed(), "latent noise", update).normals(Math.toIntExact(shape.size()), 1);
        return Transfers.write(model.manager(), values, shape);
    }

    /** The same model with the scaling factor that gives its latents deviation 1. */
    private Autoencoder scaled(Autoencoder model) {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (int k = 0; k < SCALING_BATCHES; k++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                for (float value : HostCopy.floats(model.encodeMean(array(model, values(model, k))))) {
                    sum += value;
                    squares += (double) value * value;
                    count++;
                }
            }
        }
        double deviation = Math.sqrt(squares / count - Math.pow(sum / count, 2));
        return new Autoencoder(Json.replace(config.model(), "scaling_factor", 1 / deviation), model.parameters());
    }
}
