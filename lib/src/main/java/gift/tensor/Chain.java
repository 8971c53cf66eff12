package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A computation link by link, x_0 and x_k = f_k(x_(k-1)), such as a tower of blocks: either as any other, or with the
 * graph of one link at a time.
 *
 * <p>The latter is activation checkpointing (Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost): forward
 * keeps the inputs of the links alone, and backward computes each link again from its input: one forward more, for the
 * same gradients up to rounding. DJL has no functions with a backward of their own, so the caller brings the result's
 * gradient, {@code kept.backward(g)}.
 *
 * <p>The links make no array of Java's values ({@link Scopes#result}).
 */
public final class Chain {
    private final Supplier<NDArray> first;
    private final List<UnaryOperator<NDArray>> links;

    private Chain(Supplier<NDArray> first, List<UnaryOperator<NDArray>> links) {
        this.first = first;
        this.links = links;
    }

    /** @param first makes x_0, a new array at every call */
    public static Chain of(Supplier<NDArray> first) {
        return new Chain(first, List.of());
    }

    /** @param link f_k: to a new array, from its argument and from parameters */
    public Chain then(UnaryOperator<NDArray> link) {
        return then(List.of(link));
    }

    public Chain then(List<UnaryOperator<NDArray>> more) {
        List<UnaryOperator<NDArray>> all = new ArrayList<>(links);
        all.addAll(more);
        return new Chain(first, all);
    }

    /**
     * The last x, which belongs to the scope around the call. Nothing else stays open; where gradients are recorded, the
     * graph holds on to what it needs.
     */
    public NDArray forward() {
        NDArray x = Scopes.result(first);
        for (UnaryOperator<NDArray> link : links) {
            NDArray before = x;
            x = Scopes.result(() -> link.apply(before));
            before.close();
        }
        return x;
    }

    /** {@link #forward} without a graph, but ready for {@link Kept#backward}. */
    public Kept keepingInputs() {
        List<NDArray> inputs = new ArrayList<>();
        NDArray x = Scopes.withoutGradients(first);
        for (UnaryOperator<NDArray> link : links) {
            NDArray before = x;
            inputs.add(before);
            x = Scopes.withoutGradients(() -> link.apply(before));
        }
        return new Kept(inputs, x);
    }

    /** What stays of a computation; it belongs to the scope around {@link #keepingInputs}. */
    public final class Kept {
        private final List<NDArray> inputs;
        private final NDArray result;

        private Kept(List<NDArray> inputs, NDArray result) {
            this.inputs = inputs;
            this.result = result;
        }

        /** The last x, without graph. */
        public NDArray result() {
            return result;
        }

        /** Adds to the gradients of all trained tensors, given that of the result; once. */
        public void backward(NDArray gradient) {
            NDArray g = gradient;
            for (int k = links.size() - 1; k >= 0; k--) {
                NDArray next = backward(links.get(k), inputs.get(k), g);
                inputs.get(k).close();
                if (g != gradient) {
                    g.close();
                }
                g = next;
            }
            try (Gradients recording = Gradients.record()) {
                recording.backward(first.get(), g);
            }
        }

        /** The gradient of the input. */
        private NDArray backward(UnaryOperator<NDArray> link, NDArray input, NDArray gradient) {
            NDArray result;
            try (Gradients recording = Gradients.record()) {
                input.setRequiresGradient(true);
                recording.backward(link.apply(input), gradient);
                result = Scopes.keep(input.getGradient());
            }
            NDScope.register(result);
            return result;
        }
    }
}
