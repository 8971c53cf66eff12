package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import gift.image.Image;
import gift.tensor.Convolutions;
import gift.tensor.HostCopy;
import gift.tensor.Kernel;
import gift.tensor.Precision;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Between images and the scaled latents in which the denoiser works. Several small images at a time, with the bits that each has
 * alone; large ones one at a time, which bounds memory, and on a GPU a few ({@link Kernel#DECODING}). What is returned belongs to
 * the caller, or to the scope around.
 */
public final class LatentImages {
    private static final int TOGETHER = 4;       // on a GPU
    private static final long PIXELS = 1L << 15; // that go together on a CPU: 32 images of 32 x 32, one of more than 128 x 128

    private final Autoencoder autoencoder;

    public LatentImages(Autoencoder autoencoder) {
        this.autoencoder = autoencoder;
    }

    /** clamp(decode(z / scaling factor) / 2 + 0.5, 0, 1). z: (B, C, h, w); result (B, 3, H, W). */
    public NDArray values(NDArray latents) {
        int factor = autoencoder.config().factor();
        return someAtATime(latents, factor * factor, z -> Scalars.clamp(
                Scalars.add(Scalars.divide(autoencoder.decodeScaled(z), 2), 0.5), 0, 1));
    }

    /** Scaling factor times the mean of what the encoder says. x: (B, 3, H, W) in -1..1; result (B, C, h, w). */
    public NDArray encode(NDArray images) {
        return someAtATime(images, 1, autoencoder::encodeScaled);
    }

    /** @param pixels of the image to a position of its row (C, h, w) */
    private NDArray someAtATime(NDArray rows, long pixels, UnaryOperator<NDArray> work) {
        return Scopes.withoutGradients(() -> {
            NDList results = new NDList();
            long count = rows.getShape().get(0);
            long together = together(rows, pixels * rows.getShape().get(2) * rows.getShape().get(3));
            for (long i = 0; i < count; i += together) {
                NDArray some = rows.get(new NDIndex(i + ":" + Math.min(count, i + together)));
                results.add(Convolutions.asAlone(() -> Scopes.withoutGradients(() -> work.apply(some))));
            }
            return NDArrays.concat(results);
        });
    }

    /** How many images, of so many pixels each. */
    private long together(NDArray like, long pixels) {
        boolean several = Kernel.DECODING.on(like);
        if (like.getDevice().isGpu()) {
            return several ? TOGETHER : 1;
        }
        return several && autoencoder.parameters().precision() == Precision.FP32 ? Math.max(1, PIXELS / pixels) : 1;
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
