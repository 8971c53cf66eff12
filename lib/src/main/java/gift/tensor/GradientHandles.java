package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The gradients of the trained tensors of a model, each by one handle that is kept. The engine makes the gradient of a tensor in
 * the first backward that reaches it; from then on it adds to it and zeroes it in place, so that the handle stays good. A handle
 * made anew for every tensor in every update would cost a call of the engine and an entry in its books each time.
 */
public final class GradientHandles {
    private static final LongAdder MADE = new LongAdder();

    private final Map<String, NDArray> kept = new HashMap<>();

    GradientHandles() {}

    /** Handles made so far, of all models. */
    public static long made() {
        return MADE.sum();
    }

    /**
     * The live gradient of a tensor, which stays open as long as the model. Where no backward has reached the tensor yet, zeros
     * that belong to the scope around the call.
     */
    NDArray of(String name, NDArray tensor) {
        NDArray known = kept.get(name);
        if (known != null) {
            return known;
        }
        MADE.increment();
        NDArray gradient = JniUtils.getGradient((PtNDArray) tensor);
        if (gradient == null) {
            return tensor.getGradient();
        }
        kept.put(name, Scopes.keep(gradient));
        return gradient;
    }

    /** Sets the gradients of all of these tensors to zero, in place. */
    void zero(Map<String, NDArray> tensors) {
        if (kept.size() < tensors.size()) {
            tensors.forEach((name, tensor) -> {
                if (!kept.containsKey(name)) {
                    JniUtils.zeroGrad((PtNDArray) tensor);
                }
            });
        }
        if (!kept.isEmpty()) {
            List<NDArray> all = new ArrayList<>(kept.values());
            NativeOps.zero(all);
        }
    }

    /** Closes the handles, as other tensors are trained from now on; the gradients stay what they are. */
    void clear() {
        kept.values().forEach(NDArray::close);
        kept.clear();
    }
}
