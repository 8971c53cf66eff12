package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.nn.LayerNorm;
import gift.nn.Packing;
import gift.tensor.Chain;
import gift.tensor.Kernel;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.SidePath;
import gift.tensor.Transfers;
import java.util.Arrays;
import java.util.Map;

/**
 * The text half of CLIP: a causal transformer whose output at the end token, projected, is the text's feature.
 *
 * <p>A position sees only itself and those before it, so nothing after the end token can reach the feature. Rows are
 * therefore cut after the longest end token of the batch: the same features at a fraction of the cost. The end token
 * has the highest number of a row, by which it is found, as in OpenAI's code.
 */
final class TextTower implements SentenceEncoder {
    private final Parameters parameters;
    private final NDManager manager;
    private final NDArray tokenEmbedding;       // (V, W)
    private final NDArray positionalEmbedding;  // (L, W)
    private final Blocks blocks;
    private final LayerNorm after;
    private final NDArray projection;           // (W, D)
    private final int contextLength;

    TextTower(Parameters parameters, ClipConfig config) {
        this.parameters = parameters;
        manager = parameters.manager();
        tokenEmbedding = parameters.get("token_embedding.weight");
        positionalEmbedding = parameters.get("positional_embedding");
        blocks = new Blocks(parameters, "transformer", config.transformerLayers(), config.transformerHeads(),
                true, config.activation());
        after = LayerNorm.of(parameters, "ln_final");
        projection = parameters.get("text_projection");
        contextLength = config.contextLength();
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public int dimension() {
        return Math.toIntExact(projection.getShape().get(1));
    }

    @Override
    public Chain chain(long[][] tokens, boolean cut) {
        return chain(tokens, cut, null);
    }

    @Override
    public Chain chain(long[][] tokens, NDArray context) {
        return chain(tokens, true, context);
    }

    private Chain chain(long[][] tokens, boolean cut, NDArray context) {
        int n = tokens.length;
        int[] ends = new int[n];
        int length = cut ? 0 : tokens[0].length;
        for (int i = 0; i < n; i++) {
            ends[i] = end(tokens[i]);
            length = Math.max(length, ends[i] + 1);
        }
        if (length > contextLength) {
            throw new IllegalArgumentException(length + " tokens exceed the context of " + contextLength);
        }
        if (cut && context == null && packs()) {
            return packed(PrefixTree.of(tokens, ends));
        }
        long[] flat = new long[n * length];
        long[] positions = new long[n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(tokens[i], 0, flat, i * length, length);
            positions[i] = (long) i * length + ends[i];
        }
        // not within the links: backward reads both, and what Java's values were given to must stay open until then
        NDArray numbers = Transfers.write(manager, flat, new Shape(n, length));
        NDArray atEnd = Transfers.write(manager, positions);
        return Chain.of(() -> embedded(numbers, context)).then(blocks.links()).then(x -> projected(x, atEnd));
    }

    /** Whether tokens are packed: not beside low-rank weights, which drop values of each sequence on its own. */
    private boolean packs() {
        return Kernel.NEEDED_TOKENS.on(manager.getDevice().isGpu(), positionalEmbedding.getShape().get(1))
                && parameters.sidePaths().values().stream().allMatch(SidePath::isEmpty);
    }

    /** The same features with each beginning of the rows computed once, and in the last block only the end tokens. */
    private Chain packed(PrefixTree tree) {
        Shape shape = new Shape(tree.last().length, tree.length());
        long[][] parts = {tree.tokens(), tree.positions(), tree.first(), tree.last(), tree.rows(), tree.seen()};
        NDArray all = Transfers.write(manager, Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray());
        NDArray[] arrays = new NDArray[parts.length];
        long begin = 0;
        for (int i = 0; i < parts.length; i++) {
            arrays[i] = all.get(begin + ":" + (begin + parts[i].length));
            begin += parts[i].length;
        }
        NDArray numbers = arrays[0];
        NDArray positions = arrays[1];
        Packing packing = new Packing(arrays[2], arrays[3], arrays[4].reshape(shape), arrays[5].reshape(shape));
        return Chain.of(() -> NativeOps.rows(tokenEmbedding, numbers).add(NativeOps.rows(positionalEmbedding, positions)))
                .then(blocks.links(packing)).then(x -> after.forward(x).matMul(projection));     // (N, D)
    }

    /** Numbers of tokens (N, T) to (N, T, W); with a context (M, W), or null, at the places 1 .. M. */
    private NDArray embedded(NDArray numbers, NDArray context) {
        NDArray x = NativeOps.rows(tokenEmbedding, numbers);
        long n = numbers.getShape().get(0);
        long t = numbers.getShape().get(1);
        if (context != null) {
            long m = context.getShape().get(0);
            NDArray everywhere = context.expandDims(0).broadcast(new Shape(n, m, context.getShape().get(1)));
            x = NDArrays.concat(new NDList(x.get(":, 0:1"), everywhere, x.get(":, " + (m + 1) + ":")), 1);
        }
        return x.add(positionalEmbedding.get("0:" + t));
    }

    /** From x (N, T, W) the rows at the end tokens, projected: (N, D). */
    private NDArray projected(NDArray x, NDArray atEnd) {
        NDArray flat = after.forward(x).reshape(-1, x.getShape().get(2));                        // (N T, W)
        return NativeOps.rows(flat, atEnd).matMul(projection);
    }

    /** The position of the end token: the first of the highest number. */
    private static int end(long[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }

    static void shapes(ClipConfig config, Map<String, Shape> shapes) {
        int width = config.transformerWidth();
        Blocks.shapes("transformer", config.transformerLayers(), width, shapes);
        shapes.put("token_embedding.weight", new Shape(config.vocabSize(), width));
        LayerNorm.shapes(shapes, "ln_final", width);
    }
}
