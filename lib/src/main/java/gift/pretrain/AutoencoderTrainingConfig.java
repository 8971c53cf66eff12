package gift.pretrain;

import gift.diffusion.AutoencoderConfig;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
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
        String output) {

    private static final List<String> DOWN =
            List.of("DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D");
    private static final List<String> UP = List.of("UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D");

    /** Defaults: 32 x 32 images to latents of 4 x 8 x 8, channels 16, 32, 64. */
    static final AutoencoderTrainingConfig DEFAULT = new AutoencoderTrainingConfig("", "auto", 42, ".", List.of(), "",
            new AutoencoderConfig(3, 3, DOWN, UP, List.of(16, 32, 64), 1, 4, 8, 32, 1.0), 3000, 32, 2e-3, 50, 1e-4, 0.5,
            200, "vae");

    public AutoencoderTrainingConfig {
        sets = sets == null ? List.of() : List.copyOf(sets);
        require(iterations > 0 && batchSize > 0, "iterations and batch_size must be positive");
        require(learningRate > 0 && learningRate < 1, "learning_rate " + learningRate + " must be between 0 and 1");
        require(divergenceWeight >= 0 && warmup >= 0 && checkpointEvery > 0 && cropScale > 0 && cropScale <= 1,
                "divergence_weight, warmup, checkpoint_every or crop_scale is out of range");
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "autoencoder training: " + message);
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static AutoencoderTrainingConfig read(Path file) {
        return read(file, Overrides.NONE);
    }

    /** The same with other settings in place of some of the file's. */
    public static AutoencoderTrainingConfig read(Path file, Overrides overrides) {
        AutoencoderTrainingConfig config = Json.read(file, AutoencoderTrainingConfig.class, DEFAULT, overrides);
        require(!config.sets.isEmpty(), "sets names no data set to learn from");
        return config;
    }
}
