package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import gift.image.Image;
import gift.tensor.HostCopy;
import gift.tensor.Kernel;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Between images and the scaled latents in which the denoiser works. One image at a time, which bounds memory; a few if they
 * are small or on a GPU ({@link Kernel#DECODING}). What is returned belongs to the caller, or to the scope around.
 */
public final class LatentImages {
    private static final int TOGETHER = 4;      // on a GPU
    private static final int PIXELS = 1 << 13;  // on a CPU: eight images of 32 x 32

    private final Autoencoder autoencoder;

    public LatentImages(Autoencoder autoencoder) {
        this.autoencoder = autoencoder;
    }

    /** clamp(decode(z / scaling factor) / 2 + 0.5, 0, 1). z: (B, C, h, w); result (B, 3, H, W). */
    public NDArray values(NDArray latents) {
        return inParts(latents, autoencoder.config().factor(), z -> Scalars.clamp(
                Scalars.add(Scalars.divide(autoencoder.decodeScaled(z), 2), 0.5), 0, 1));
    }

    /** Scaling factor times the mean of what the encoder says. x: (B, 3, H, W) in -1..1; result (B, C, h, w). */
    public NDArray encode(NDArray images) {
        return inParts(images, 1, autoencoder::encodeScaled);
    }

    /** @param factor pixels of an image for one position of rows (B, C, h, w), along a side */
    private static NDArray inParts(NDArray rows, int factor, UnaryOperator<NDArray> work) {
        return Scopes.withoutGradients(() -> {
            NDList results = new NDList();
            long count = rows.getShape().get(0);
            long together = together(rows, factor);
            for (long i = 0; i < count; i += together) {
                NDArray some = rows.get(new NDIndex(i + ":" + Math.min(count, i + together)));
                results.add(Scopes.withoutGradients(() -> work.apply(some)));
            }
            return NDArrays.concat(results);
        });
    }

    private static long together(NDArray rows, int factor) {
        if (!Kernel.DECODING.on(rows)) {
            return 1;
        }
        long pixels = rows.getShape().get(2) * factor * rows.getShape().get(3) * factor; // of an image
        return rows.getDevice().isGpu() ? TOGETHER : Math.max(1, PIXELS / pixels);
    }

    /** The images of latents (B, C, h, w); values are rounded to the nearest of 0..255, halves to the even one. */
    public List<Image> decode(NDArray latents) {
        float[] values;
        Shape shape;
        try (NDArray decoded = values(latents)) {
            shape = decoded.getShape();
            values = HostCopy.floats(decoded);
        }
        int h = Math.toIntExact(shape.get(2));
        int w = Math.toIntExact(shape.get(3));
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < shape.get(0); i++) {
            byte[] rgb = new byte[3 * h * w];
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) Math.rint(255f * values[i * rgb.length + k % 3 * h * w + k / 3]);
            }
            images.add(new Image(w, h, rgb));
        }
        return images;
    }

    /** {@link #encode(NDArray)} of images of one size. */
    public NDArray encode(List<Image> images) {
        return Scopes.withoutGradients(() -> {
            NDList rows = new NDList();
            images.forEach(image -> rows.add(normalized(image)));
            return encode(NDArrays.concat(rows));
        });
    }

    /** (1, 3, H, W) in -1..1. */
    private NDArray normalized(Image image) {
        int plane = image.width() * image.height();
        float[] values = new float[3 * plane];
        for (int k = 0; k < values.length; k++) {
            values[k % 3 * plane + k / 3] = (image.rgb()[k] & 0xff) / 255f * 2 - 1;
        }
        return autoencoder.manager().create(values, new Shape(1, 3, image.height(), image.width()));
    }
}
