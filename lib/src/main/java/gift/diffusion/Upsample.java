package gift.diffusion;

import ai.djl.ndarray.NDArray;
import gift.nn.Conv2d;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;

/** A larger height and width: the nearest value, then a 3x3 convolution. Upsample2D in diffusers. */
final class Upsample {
    private final Conv2d conv;

    Upsample(Parameters parameters, String prefix) {
        conv = Conv2d.of(parameters, prefix + ".conv", 1, 1);
    }

    /** x (B, C, H, W) to (B, C, 2 H, 2 W). */
    NDArray forward(NDArray x) {
        return forward(x, 2 * x.getShape().get(2), 2 * x.getShape().get(3));
    }

    /** x (B, C, H, W) to (B, C, height, width). */
    NDArray forward(NDArray x, long height, long width) {
        return Scopes.result(() -> conv.forward(NativeOps.upsampleNearest(x, height, width)));
    }
}
