package gift.diffusion;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import java.util.List;

/** Small models for tests. */
final class Small {
    static final UNetConfig UNET = unet(false);

    static final AutoencoderConfig AUTOENCODER = new AutoencoderConfig(3, 3,
            List.of("DownEncoderBlock2D", "DownEncoderBlock2D"), List.of("UpDecoderBlock2D", "UpDecoderBlock2D"),
            List.of(8, 16), 1, 4, 4, 16, 0.18215);

    static final TextEncoderConfig TEXT = new TextEncoderConfig(50, 12, 48, 2, 3, 9, "quick_gelu");

    private Small() {}

    static UNetConfig unet(boolean linearProjection) {
        return new UNetConfig(8, 4, 4, true, 0, List.of("CrossAttnDownBlock2D", "DownBlock2D"),
                List.of("UpBlock2D", "CrossAttnUpBlock2D"), List.of(16, 32), 1, 1, 4, 1e-5, 12, 1, List.of(2, 4),
                linearProjection, null, 3, 3);
    }

    static NDManager manager() {
        return Devices.newManager(Device.cpu());
    }

    static NDArray random(NDManager manager, String name, long... shape) {
        Shape s = new Shape(shape);
        return manager.create(RandomStream.of(5, name).normals((int) s.size(), 1), s);
    }
}
