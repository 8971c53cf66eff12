package gift.pretrain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.Autoencoder;
import gift.image.Image;
import gift.tensor.HostCopy;
import gift.tensor.Images;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import gift.train.Progress;
import gift.train.Stop;
import java.util.Arrays;
import java.util.List;

/**
 * The latents that a denoiser learns: scaling factor times the mean of what the encoder says. Those of images
 * that are used as they are are made once; those of crops for every update.
 */
final class Latents {
    private static final int BATCH = 64; // images encoded together when all are

    private final Autoencoder autoencoder;
    private final float[][] kept; // by number of the image; null where they are made for every update

    /** @param crops whether every update takes other parts of the images */
    Latents(Autoencoder autoencoder, CaptionedImages images, boolean crops) {
        this.autoencoder = autoencoder;
        this.kept = crops ? null : new float[images.size()][];
        if (kept == null) {
            return;
        }
        int size = autoencoder.config().sampleSize();
        try (Progress progress = new Progress("latents", kept.length, 0)) {
            for (int first = 0; first < kept.length; first += BATCH) {
                List<Image> some = images.whole(first, Math.min(first + BATCH, kept.length), size);
                float[] values = encode(some);
                int each = values.length / some.size();
                for (int i = 0; i < some.size(); i++) {
                    kept[first + i] = Arrays.copyOfRange(values, i * each, (i + 1) * each);
                    progress.step("");
                }
                if (Stop.requested()) {
                    throw new Stop.Requested();
                }
            }
        }
    }

    private float[] encode(List<Image> images) {
        try (NDArray latents = Scopes.withoutGradients(() -> ofImages(images))) {
            return HostCopy.floats(latents);
        }
    }

    /** The latents of the images of an update, (B, C, h, w), which belong to the scope around the call. */
    NDArray of(List<CaptionedImages.Pair> pairs) {
        if (kept == null) {
            List<Image> images = pairs.stream().map(CaptionedImages.Pair::image).toList();
            return Scopes.withoutGradients(() -> ofImages(images));
        }
        int each = kept[0].length;
        float[] values = new float[pairs.size() * each];
        for (int i = 0; i < pairs.size(); i++) {
            System.arraycopy(kept[pairs.get(i).number()], 0, values, i * each, each);
        }
        int side = autoencoder.config().sampleSize() / autoencoder.config().factor();
        return Transfers.write(autoencoder.manager(), values,
                new Shape(pairs.size(), autoencoder.config().latentChannels(), side, side));
    }

    private NDArray ofImages(List<Image> images) {
        int size = autoencoder.config().sampleSize();
        return autoencoder.encodeScaled(Images.of(autoencoder.manager(), LatentValues.of(images, size), size));
    }
}
