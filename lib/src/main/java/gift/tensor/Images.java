package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Square images as arrays. */
public final class Images {
    private Images() {}

    /**
     * A batch of images on the device of {@code manager}, to which it belongs.
     *
     * @param values (B, 3, side, side), flat
     * @param side height and width in pixels
     * @return (B, 3, side, side)
     */
    public static NDArray of(NDManager manager, float[] values, int side) {
        return Transfers.write(manager, values, new Shape(values.length / (3L * side * side), 3, side, side));
    }
}
