package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Linear layers whose gradients are computed here by {@link Products}, with the bits that libtorch's graph gives, which would
 * compute them by MKL. The graph is cut at their results and at the inputs of blocks; backward goes through the pieces in
 * reverse order.
 *
 * <p>A cut hands on a leaf of the same values. When backward has come to the leaf on all paths, its gradient is that of the
 * value behind the cut, from which backward goes on. Paths that pass a cut come together in the leaf, in libtorch's order. A leaf is
 * handed on as it is, not as a view: the gradients of two views would share their memory.
 */
final class Tape implements AutoCloseable {
    private final List<Piece> pieces = new ArrayList<>(); // null where backward has been
    private boolean inBlock;

    /**
     * A cut.
     *
     * @param leaf by which computation goes on; the layer's result (B, T, N), M = B T
     * @param input the layer's x (M, K), or the value of the leaf; with its graph
     * @param weight (N, K), or null where the piece is no layer
     * @param bias (N), or null
     * @param goesOn whether something is trained that leads to the input
     */
    private record Piece(NDArray leaf, NDArray input, NDArray weight, NDArray bias, boolean goesOn) {
        void close() {
            leaf.close();
            input.close();
        }
    }

    /** f(x), where f is a residual block: see {@link Gradients#block}. */
    NDArray block(NDArray x, UnaryOperator<NDArray> f) {
        boolean before = inBlock;
        inBlock = true;
        try {
            return f.apply(NativeOps.isRecorded(x) ? cut(x) : x);
        } finally {
            inBlock = before;
        }
    }

    private NDArray cut(NDArray x) {
        NDArray leaf = Scopes.outside(x::stopGradient);
        leaf.setRequiresGradient(true);
        pieces.add(new Piece(leaf, Scopes.outside(() -> x.reshape(x.getShape())), null, null, true));
        return leaf;
    }

    /** x W^T + b with x (B, T, K), of a layer within a block; null outside of one, where libtorch is to record it. */
    NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        boolean goesOn = inBlock && NativeOps.isRecorded(x);
        if (!inBlock || !goesOn && !requiresGradient(weight)) {
            return null;
        }
        NDArray y = Scopes.outside(() -> Scopes.withoutGradients(() -> Products.linear(x, weight, bias)));  // (B, T, N)
        y.setRequiresGradient(true);
        pieces.add(new Piece(y, Scopes.outside(() -> x.reshape(-1, x.getShape().get(2))), weight, bias, goesOn));
        return y;
    }

    /** Goes on from the leaves that backward has come to. */
    void backward() {
        Map<NDArray, NDArray> gradients = new IdentityHashMap<>(); // of weights and biases
        Scopes.withoutGradients(() -> {
            for (int i = pieces.size() - 1; i >= 0; i--) {
                Piece piece = pieces.get(i);
                NDArray gradient = piece == null ? null : JniUtils.getGradient((PtNDArray) piece.leaf);
                if (gradient != null) {
                    Scopes.withoutGradients(() -> backward(piece, gradient, gradients));
                    piece.close();
                    pieces.set(i, null);
                }
            }
            gradients.forEach((weight, gradient) -> {
                backward(weight, gradient);
                gradient.close();
            });
        });
    }

    private static void backward(Piece piece, NDArray gradient, Map<NDArray, NDArray> gradients) {
        if (piece.weight == null) {
            backward(piece.input, gradient);
            return;
        }
        NDArray rows = gradient.reshape(-1, gradient.getShape().get(2));                                // (M, N)
        if (requiresGradient(piece.weight)) {
            add(gradients, piece.weight, Products.of(rows.transpose(), piece.input.transpose()));       // (N, K)
        }
        if (piece.bias != null && requiresGradient(piece.bias)) {
            add(gradients, piece.bias, gradient.sum(new int[] {0, 1}));                                 // (N)
        }
        if (piece.goesOn) {
            backward(piece.input, Products.of(rows, piece.weight.transpose()));                         // (M, K)
        }
    }

    /** A weight that is used several times gets the sum at once, as in libtorch. */
    private static void add(Map<NDArray, NDArray> gradients, NDArray weight, NDArray gradient) {
        Scopes.keep(gradient);
        NDArray before = gradients.get(weight);
        if (before != null) {
            NativeOps.addScaled(List.of(before), List.of(gradient), 1);
            gradient.close();
        } else {
            gradients.put(weight, gradient);
        }
    }

    private static void backward(NDArray value, NDArray gradient) {
        JniUtils.backward((PtNDArray) value, (PtNDArray) gradient, false, false);
    }

    private static boolean requiresGradient(NDArray tensor) {
        return JniUtils.requiresGrad((PtNDArray) tensor);
    }

    @Override
    public void close() {
        pieces.stream().filter(piece -> piece != null).forEach(Piece::close);
        pieces.clear();
    }
}
