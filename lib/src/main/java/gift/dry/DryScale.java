package gift.dry;

import gift.clip.ClipConfig;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.TextEncoderConfig;
import gift.diffusion.UNetConfig;

/**
 * How large a dry run is.
 *
 * @param clip size of the model that learns
 * @param merges of the vocabulary
 * @param unet, autoencoder, textEncoder sizes of the parts of the Stable Diffusion that draws
 * @param drawn images that it draws, those of the first task
 * @param pixels of a side of a drawn image
 * @param steps of a drawn image
 * @param iterations of every task; one more update is made, as in a real run
 * @param batchSize images of the task per update
 * @param referenceBatchSize reference pairs per update
 * @param pairs painted reference pairs of a task
 * @param testImages of a task
 * @param testTemplates with which classes are named in evaluation
 */
public record DryScale(
        ClipConfig clip,
        int merges,
        UNetConfig unet,
        AutoencoderConfig autoencoder,
        TextEncoderConfig textEncoder,
        int drawn,
        int pixels,
        int steps,
        int iterations,
        int batchSize,
        int referenceBatchSize,
        int pairs,
        int testImages,
        int testTemplates) {

    /** The same with another model that learns. */
    DryScale withClip(ClipConfig config) {
        return new DryScale(config, merges, unet, autoencoder, textEncoder, drawn, pixels, steps, iterations, batchSize,
                referenceBatchSize, pairs, testImages, testTemplates);
    }

    private static final int MERGES = 2000; // words of class names then come to about as many tokens as in CLIP's own

    /** The paper's models at their full size, and of everything else as little as shows that the chain holds. */
    public static final DryScale FULL = new DryScale(ClipConfig.VIT_B_16, MERGES, UNetConfig.STABLE_DIFFUSION_1,
            AutoencoderConfig.STABLE_DIFFUSION_1, TextEncoderConfig.STABLE_DIFFUSION_1, 1, 512, 2, 1, 2, 2, 4, 1, 1);
}
