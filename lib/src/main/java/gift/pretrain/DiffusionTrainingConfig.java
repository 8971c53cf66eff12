package gift.pretrain;

import static gift.io.InputException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.diffusion.UNetConfig;
import gift.io.Overrides;
import gift.tensor.Compute;
import java.nio.file.Path;
import java.util.List;

/**
 * A recipe for a small Stable Diffusion: a denoiser over the latents of a given autoencoder, conditioned on the
 * token states of a given CLIP's text tower. Paths are relative to the recipe's file.
 *
 * @param about what it is for, in words
 * @param device auto, cpu, gpu0, ...
 * @param seed of weights, batches and noise
 * @param data folder of the data sets; or mini, the procedural world
 * @param sets names of data sets whose training images and class captions are used
 * @param templates prompts with {} for the class; empty for each set's own, or for the world's captions
 * @param autoencoder folder of the autoencoder
 * @param clip folder of the CLIP, with its vocabulary, whose text tower becomes the text encoder
 * @param model size of the denoiser; in_channels, cross_attention_dim and sample_size must fit the other two
 * @param iterations number of updates
 * @param batchSize images per update
 * @param learningRate peak
 * @param warmup updates
 * @param meanDecay decay d of the EMA of the weights, which becomes the model: mean &lt;- d mean + (1 - d) theta, with
 *     d at most (1 + i) / (10 + i) at update i
 * @param snrGamma limit of a timestep's weight, see {@link DiffusionTraining}; 0 for equal weights
 * @param captionDropout share of captions replaced by the empty one, for guidance
 * @param cropScale least share of an image's area in a random crop; 1 for images as they are, never mirrored
 * @param checkpointEvery updates between checkpoints
 * @param output folder of the finished Stable Diffusion, in diffusers' layout
 * @param compute in which the model multiplies matrices: fp32, tf32, bf16 or fp16 ({@link gift.tensor.Compute})
 */
public record DiffusionTrainingConfig(
        String about,
        String device,
        long seed,
        String data,
        List<String> sets,
        List<String> templates,
        String autoencoder,
        String clip,
        UNetConfig model,
        int iterations,
        int batchSize,
        double learningRate,
        int warmup,
        double meanDecay,
        double snrGamma,
        double captionDropout,
        double cropScale,
        int checkpointEvery,
        String output,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Compute.Unsaid.class) Compute compute)
        implements Recipe {

    /** Defaults: latents of 4 x 8 x 8, channels 64 and 128, 4 heads, texts of width 128. */
    static final DiffusionTrainingConfig DEFAULT = new DiffusionTrainingConfig("", "auto", 42, ".", List.of(), List.of(),
            "vae", "clip",
            new UNetConfig(8, 4, 4, true, 0, List.of("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                    List.of("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"), List.of(64, 128), 1, 1, 8, 1e-5, 128, 1,
                    List.of(4), false, null, 3, 3),
            6000, 32, 1e-3, 100, 0.996, 0, 0.1, 0.5, 200, "stable-diffusion", Compute.FP32);

    public DiffusionTrainingConfig {
        compute = compute == null ? Compute.FP32 : compute;
        sets = sets == null ? List.of() : List.copyOf(sets);
        templates = templates == null ? List.of() : List.copyOf(templates);
        Recipe.check(iterations, learningRate, warmup, cropScale, checkpointEvery);
        require(batchSize > 0, "batch_size " + batchSize + " must be positive");
        require(meanDecay >= 0 && meanDecay < 1, "mean_decay " + meanDecay + " must be in [0, 1)");
        require(snrGamma >= 0 && Double.isFinite(snrGamma), "snr_gamma " + snrGamma + " must not be negative");
        require(captionDropout >= 0 && captionDropout <= 1, "caption_dropout " + captionDropout + " must be in [0, 1]");
    }

    /**
     * The recipe in a file.
     *
     * @param overrides settings in place of some of the file's
     * @throws gift.io.InputException naming the file and what is wrong in it
     */
    public static DiffusionTrainingConfig read(Path file, Overrides overrides) {
        return Recipe.read(file, DiffusionTrainingConfig.class, DEFAULT, overrides);
    }
}
