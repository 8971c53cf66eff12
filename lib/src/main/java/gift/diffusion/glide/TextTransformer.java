package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ByteTokenizer;
import gift.nn.Activation;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The text half of a network of GLIDE: a transformer in which every token sees every other. Behind the text's end stands, in
 * place of token and position, a padding embedding of that position. The state of the last position, projected, is added to
 * the time's embedding; all states go into attention.
 */
final class TextTransformer {
    private final Parameters parameters;
    private final NDArray tokenEmbedding;       // (V, D)
    private final NDArray positionalEmbedding;  // (S, D)
    private final NDArray paddingEmbedding;     // (S, D)
    private final List<Block> blocks;
    private final LayerNorm after;
    private final Linear projection;
    private final int context;

    /**
     * What the networks are told of texts.
     *
     * @param projection (B, E), to be added to the time's embedding
     * @param states (B, S, D)
     */
    record Text(NDArray projection, NDArray states) {
        /** Texts one after the other. */
        static Text of(List<Text> texts) {
            return new Text(NDArrays.concat(new NDList(texts.stream().map(Text::projection).toList())),
                    NDArrays.concat(new NDList(texts.stream().map(Text::states).toList())));
        }
    }

    TextTransformer(Parameters parameters, GlideConfig config) {
        this.parameters = parameters;
        tokenEmbedding = parameters.get("token_embedding.weight");
        positionalEmbedding = parameters.get("positional_embedding");
        paddingEmbedding = parameters.get("padding_embedding");
        int heads = config.textWidth() / GlideConfig.HEAD_WIDTH;
        blocks = IntStream.range(0, config.textLayers()).mapToObj(i -> new Block(parameters, prefix(i), heads)).toList();
        after = LayerNorm.of(parameters, "final_ln");
        projection = Linear.of(parameters, "transformer_proj");
        context = config.context();
    }

    /** Attention and two layers, each around a shortcut. */
    private static final class Block {
        private final LayerNorm norm1;
        private final Linear qkv;
        private final Linear out;
        private final LayerNorm norm2;
        private final Linear widen;
        private final Linear narrow;
        private final int heads;
        private final Precision precision;

        Block(Parameters parameters, String prefix, int heads) {
            norm1 = LayerNorm.of(parameters, prefix + ".ln_1");
            qkv = Linear.of(parameters, prefix + ".attn.c_qkv");
            out = Linear.of(parameters, prefix + ".attn.c_proj");
            norm2 = LayerNorm.of(parameters, prefix + ".ln_2");
            widen = Linear.of(parameters, prefix + ".mlp.c_fc");
            narrow = Linear.of(parameters, prefix + ".mlp.c_proj");
            precision = parameters.precision();
            this.heads = heads;
        }

        /** x (B, S, D), same shape out. */
        NDArray forward(NDArray x) {
            return Scopes.result(() -> {
                NDArray seen = NativeOps.attentionByHead(qkv.forward(norm1.forward(x)), heads);             // (B, S, D)
                NDArray y = x.add(precision.widen(out.forward(seen)));
                NDArray wide = Activation.GELU.of(precision.widen(widen.forward(norm2.forward(y))));        // (B, S, 4 D)
                return y.add(precision.widen(narrow.forward(wide)));
            });
        }
    }

    /** The texts of rows of {@link #context} tokens. What is returned belongs to the scope around the call. */
    Text forward(List<ByteTokenizer.Row> rows) {
        NDArray states = Scopes.withoutGradients(() -> {
            NDArray x = embedded(rows);
            for (Block block : blocks) {
                x = block.forward(x);
            }
            return after.forward(x);                                                                        // (B, S, D)
        });
        NDArray last = Scopes.withoutGradients(() ->
                parameters.precision().widen(projection.forward(states.get(":, -1"))));                     // (B, E)
        return new Text(last, states);
    }

    /** (B, S, D): token and position, or the padding of the position. */
    private NDArray embedded(List<ByteTokenizer.Row> rows) {
        NDManager manager = parameters.manager();
        NDList all = new NDList();
        for (ByteTokenizer.Row row : rows) {
            if (row.ids().length != context) {
                throw new IllegalArgumentException("a row of " + row.ids().length + " tokens, not of " + context);
            }
            NDArray tokens = NativeOps.rows(tokenEmbedding, Transfers.write(manager, row.ids())).add(positionalEmbedding);
            int n = row.tokens();
            all.add((n == context ? tokens : n == 0 ? paddingEmbedding
                    : tokens.get("0:" + n).concat(paddingEmbedding.get(n + ":"), 0)).expandDims(0));
        }
        return NDArrays.concat(all, 0);
    }

    private static String prefix(int layer) {
        return "transformer.resblocks." + layer;
    }

    static void shapes(Map<String, Shape> shapes, GlideConfig config) {
        long width = config.textWidth();
        shapes.put("positional_embedding", new Shape(config.context(), width));
        shapes.put("padding_embedding", new Shape(config.context(), width));
        shapes.put("token_embedding.weight", new Shape(config.vocabulary(), width));
        for (int i = 0; i < config.textLayers(); i++) {
            LayerNorm.shapes(shapes, prefix(i) + ".ln_1", width);
            Linear.shapes(shapes, prefix(i) + ".attn.c_qkv", width, 3 * width, true);
            Linear.shapes(shapes, prefix(i) + ".attn.c_proj", width, width, true);
            LayerNorm.shapes(shapes, prefix(i) + ".ln_2", width);
            Linear.shapes(shapes, prefix(i) + ".mlp.c_fc", width, 4 * width, true);
            Linear.shapes(shapes, prefix(i) + ".mlp.c_proj", 4 * width, width, true);
        }
        LayerNorm.shapes(shapes, "final_ln", width);
        Linear.shapes(shapes, "transformer_proj", width, config.timeWidth(), true);
    }
}
