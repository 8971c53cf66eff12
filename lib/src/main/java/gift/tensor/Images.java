package gift.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.image.Preprocess;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Square images as arrays. */
public final class Images {
    private static final Map<Device, NDArray> CLIP = new ConcurrentHashMap<>(); // 255, mean and deviation: (3, 3, 1, 1)

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

    /**
     * {@link Preprocess#normalize(gift.image.Image)} on the device, with the same bits.
     *
     * @param images (B, H, W, 3), bytes; or (B, 3, H, W), fp32, which are normalized already and returned as they are
     * @return (B, 3, H, W), fp32
     */
    public static NDArray normalized(NDArray images) {
        return images.getDataType() == DataType.FLOAT32 ? images
                : NativeOps.call("normalize_bytes", images, clip(images.getDevice()));
    }

    private static NDArray clip(Device device) {
        return CLIP.computeIfAbsent(device, on -> Scopes.outside(() -> {
            float[] values = new float[9];
            for (int c = 0; c < 3; c++) {
                values[c] = 255;
                values[3 + c] = Preprocess.MEAN[c];
                values[6 + c] = Preprocess.STD[c];
            }
            return Devices.newManager(on).create(values, new Shape(3, 3, 1, 1));
        }));
    }
}
