package gift.diffusion;

import ai.djl.ndarray.NDArray;
import gift.nn.Conv2d;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;

/** Half the height and width, by a 3x3 convolution of stride 2. Downsample2D in diffusers. */
final class Downsample {
    private final Conv2d conv;
    private final boolean rightAndBottom;

    /** @param padding 1 for zeros all around, 0 for zeros on the right and at the bottom only */
    Downsample(Parameters parameters, String prefix, int padding) {
        conv = Conv2d.of(parameters, prefix + ".conv", 2, padding);
        rightAndBottom = padding == 0;
    }

    /** x (B, C, H, W) to (B, C, H / 2, W / 2); odd sizes round up with zeros all around, else down. */
    NDArray forward(NDArray x) {
        return conv.forward(rightAndBottom ? NativeOps.padRightBottom(x) : x);
    }
}
