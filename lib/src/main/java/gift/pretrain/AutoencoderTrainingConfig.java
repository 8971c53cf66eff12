package gift.pretrain;

import static gift.io.InputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.diffusion.AutoencoderConfig;
import gift.io.Overrides;
import gift.tensor.Compute;
import java.nio.file.Path;
import java.util.List;

/**
 * A recipe for a small autoencoder of latent diffusion. Paths are relative to the recipe's file.
 *
 * @param about what it is for, in words
 * @param device auto, cpu, gpu0, ...
 * @param seed of weights, batches and noise
 * @param data folder of the data sets; or mini, the procedural world
 * @param sets names of data sets whose training images are used
 * @param start folder of an autoencoder whose decoder is trained further, its encoder and so its latents left as they
 *     are; empty for a new model
 * @param model size of a new model; its sample_size is the images', its scaling_factor is measured after the training
 * @param iterations number of updates
 * @param batchSize images per update
 * @param learningRate peak
 * @param warmup updates
 * @param divergenceWeight of the divergence of the latents from a standard normal
 * @param cropScale least share of an image's area in a random crop; 1 for images as they are, never mirrored
 * @param checkpointEvery updates between checkpoints
 * @param output folder of the model, in diffusers' layout
 * @param compute in which the model multiplies matrices: fp32, tf32, bf16 or fp16 ({@link gift.tensor.Compute})
 */
public record AutoencoderTrainingConfig(
        String about,
        String device,
        long seed,
        String data,
        List<String> sets,
        String start,
        AutoencoderConfig model,
        int iterations,
        int batchSize,
        double learningRate,
        int warmup,
        double divergenceWeight,
        double cropScale,
        int checkpointEvery,
        String output,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Compute.Unsaid.class) Compute compute)
        implements Recipe {

    private static final List<String> DOWN =
            List.of("DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D");
    private static final List<String> UP = List.of("UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D");

    /** Defaults: 32 x 32 images to latents of 4 x 8 x 8, channels 16, 32, 64. */
    static final AutoencoderTrainingConfig DEFAULT = new AutoencoderTrainingConfig("", "auto", 42, ".", List.of(), "",
            new AutoencoderConfig(3, 3, DOWN, UP, List.of(16, 32, 64), 1, 4, 8, 32, 1.0), 3000, 32, 2e-3, 50, 1e-4, 0.5,
            200, "vae", Compute.FP32);

    public AutoencoderTrainingConfig {
        compute = compute == null ? Compute.FP32 : compute;
        sets = sets == null ? List.of() : List.copyOf(sets);
        Recipe.check(iterations, learningRate, warmup, cropScale, checkpointEvery);
        require(batchSize > 0, "batch_size " + batchSize + " must be positive");
        require(divergenceWeight >= 0, "divergence_weight " + divergenceWeight + " must not be negative");
    }

    /**
     * The recipe in a file.
     *
     * @param overrides settings in place of some of the file's
     * @throws gift.io.InputException naming the file and what is wrong in it
     */
    public static AutoencoderTrainingConfig read(Path file, Overrides overrides) {
        return Recipe.read(file, AutoencoderTrainingConfig.class, DEFAULT, overrides);
    }
}
