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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The text half of CLIP: a causal transformer whose output at the end token, projected, is the text's feature.
 *
 * <p>A position sees only itself and those before it, so nothing after the end token can reach the feature. Rows are
 * therefore cut after the longest end token of the batch: the same features at a fraction of the cost. The end token
 * has the highest number of a row, by which it is found, as in OpenAI's code.
 */
final class TextTower implements SentenceEncoder {
    private static final int PLAIN = 2; // arrays of rows that are not packed

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
    public NDArray encode(long[][] tokens) {
        return chain(rows(tokens, true).on(manager)).forward();
    }

    @Override
    public Chain chain(long[][] tokens, NDArray context) {
        return plain(plain(tokens, true).on(manager).arrays(), context);
    }

    @Override
    public Chain chain(TokenRows.OnDevice rows) {
        return rows.arrays().size() == PLAIN ? plain(rows.arrays(), null) : packed(rows.arrays());
    }

    private Chain plain(List<NDArray> arrays, NDArray context) {
        NDArray numbers = arrays.get(0);
        NDArray ends = arrays.get(1);
        // not made within the links: backward reads both, and what Java's values were given to must stay open until then
        return Chain.of(() -> embedded(numbers, context)).then(blocks.links()).then(x -> projected(x, ends));
    }

    @Override
    public TokenRows rows(long[][] tokens, boolean cut) {
        return cut && packs() ? packed(tokens) : plain(tokens, cut);
    }

    /** The numbers of the tokens (N, T), and of each row's end token among all N T of them (N). */
    private TokenRows plain(long[][] tokens, boolean cut) {
        int n = tokens.length;
        int[] ends = new int[n];
        int length = cut ? 0 : tokens[0].length;
        for (int i = 0; i < n; i++) {
            ends[i] = end(tokens[i]);
            length = Math.max(length, ends[i] + 1);
        }
        requireFits(length);
        long[] flat = new long[n * length];
        long[] positions = new long[n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(tokens[i], 0, flat, i * length, length);
            positions[i] = (long) i * length + ends[i];
        }
        return new TokenRows(n, List.of(flat, positions), List.of(new Shape(n, length), new Shape(n)));
    }

    /** Whether tokens are packed: not beside low-rank weights, which drop values of each sequence on its own. */
    private boolean packs() {
        return Kernel.NEEDED_TOKENS.on(manager.getDevice().isGpu(), positionalEmbedding.getShape().get(1))
                && parameters.sidePaths().values().stream().allMatch(SidePath::isEmpty);
    }

    /** The arrays of {@link PrefixTree}, by which each beginning of the rows is computed once. */
    private TokenRows packed(long[][] tokens) {
        PrefixTree tree = PrefixTree.of(tokens, Arrays.stream(tokens).mapToInt(TextTower::end).toArray());
        requireFits(tree.length());
        Shape nodes = new Shape(tree.tokens().length);
        Shape all = new Shape(tokens.length, tree.length());
        return new TokenRows(tokens.length,
                List.of(tree.tokens(), tree.positions(), tree.first(), tree.last(), tree.rows(), tree.seen()),
                List.of(nodes, nodes, nodes, new Shape(tokens.length), all, all));
    }

    /** The same features of packed rows, in the last block of the end tokens alone. */
    private Chain packed(List<NDArray> arrays) {
        Packing packing = new Packing(arrays.get(2), arrays.get(3), arrays.get(4), arrays.get(5));
        return Chain.of(() -> NativeOps.rows(tokenEmbedding, arrays.get(0)).add(NativeOps.rows(positionalEmbedding, arrays.get(1))))
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

    private void requireFits(int length) {
        if (length > contextLength) {
            throw new IllegalArgumentException(length + " tokens exceed the context of " + contextLength);
        }
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
