package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import gift.image.Picture;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Between pictures and the scaled latents in which the noise predictor works. One picture at a time, which bounds memory
 * and makes the result independent of its neighbours. What is returned belongs to the caller, or to the scope around.
 */
public final class LatentPictures {
    private final Autoencoder autoencoder;

    public LatentPictures(Autoencoder autoencoder) {
        this.autoencoder = autoencoder;
    }

    /** clamp(decode(z / scaling factor) / 2 + 0.5, 0, 1). z: (B, C, h, w); result (B, 3, H, W). */
    public NDArray values(NDArray latents) {
        return rowByRow(latents, z -> autoencoder.decodeScaled(z).div(2).add(0.5).clip(0, 1));
    }

    /** Scaling factor times the mean of what the encoder says. x: (B, 3, H, W) in -1..1; result (B, C, h, w). */
    public NDArray encode(NDArray pictures) {
        return rowByRow(pictures, autoencoder::encodeScaled);
    }

    private static NDArray rowByRow(NDArray rows, UnaryOperator<NDArray> work) {
        return Scopes.withoutGradients(() -> {
            NDList results = new NDList();
            for (long i = 0; i < rows.getShape().get(0); i++) {
                NDArray row = rows.get(new NDIndex(i + ":" + (i + 1)));
                results.add(Scopes.withoutGradients(() -> work.apply(row)));
            }
            return NDArrays.concat(results);
        });
    }

    /** The pictures of latents (B, C, h, w); values are rounded to the nearest of 0..255, halves to the even one. */
    public List<Picture> decode(NDArray latents) {
        float[] values;
        Shape shape;
        try (NDArray decoded = values(latents)) {
            shape = decoded.getShape();
            values = decoded.toFloatArray();
        }
        int h = Math.toIntExact(shape.get(2));
        int w = Math.toIntExact(shape.get(3));
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < shape.get(0); i++) {
            byte[] rgb = new byte[3 * h * w];
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) Math.rint(255f * values[i * rgb.length + k % 3 * h * w + k / 3]);
            }
            pictures.add(new Picture(w, h, rgb));
        }
        return pictures;
    }

    /** {@link #encode(NDArray)} of pictures of one size. */
    public NDArray encode(List<Picture> pictures) {
        return Scopes.withoutGradients(() -> {
            NDList rows = new NDList();
            pictures.forEach(picture -> rows.add(normalized(picture)));
            return encode(NDArrays.concat(rows));
        });
    }

    /** (1, 3, H, W) in -1..1. */
    private NDArray normalized(Picture picture) {
        int plane = picture.width() * picture.height();
        float[] values = new float[3 * plane];
        for (int k = 0; k < values.length; k++) {
            values[k % 3 * plane + k / 3] = (picture.rgb()[k] & 0xff) / 255f * 2 - 1;
        }
        return autoencoder.manager().create(values, new Shape(1, 3, picture.height(), picture.width()));
    }
}
