package gift.nn;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;

/** The non-linearities of the published checkpoints. */
public enum Activation {
    /** x sigmoid(1.702 x), of OpenAI's CLIP. */
    QUICK_GELU {
        @Override
        public NDArray of(NDArray x) {
            return NativeOps.quickGelu(x);
        }
    },
    /** x Phi(x) with the exact error function. */
    GELU {
        @Override
        public NDArray of(NDArray x) {
            return ai.djl.nn.Activation.gelu(x);
        }
    };

    public abstract NDArray of(NDArray x);
}
