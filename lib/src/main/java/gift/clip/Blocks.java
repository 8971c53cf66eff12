package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.nn.Activation;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import gift.nn.Packing;
import gift.nn.TransformerBlock;
import gift.tensor.Parameters;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A stack of CLIP's transformer blocks, as both towers have it. */
final class Blocks {
    private final List<TransformerBlock> blocks;

    Blocks(Parameters parameters, String prefix, int layers, int heads, boolean causal, Activation activation) {
        blocks = IntStream.range(0, layers).mapToObj(i -> TransformerBlock.of(
                parameters, prefix + ".resblocks." + i, heads, causal, activation)).toList();
    }

    /** Each from x (B, T, W) to the same shape. */
    List<UnaryOperator<NDArray>> links() {
        return blocks.stream().<UnaryOperator<NDArray>>map(block -> block::forward).toList();
    }

    /** The same, where the last gives the first position alone: (B, W). */
    List<UnaryOperator<NDArray>> linksToFirst() {
        return withLast(block -> block::forward, block -> block::first);
    }

    /** Each from the tokens of packed sequences (M, W) to the same shape; the last to their last tokens (N, W). */
    List<UnaryOperator<NDArray>> links(Packing packing) {
        return withLast(block -> x -> block.forward(x, packing), block -> x -> block.last(x, packing));
    }

    private List<UnaryOperator<NDArray>> withLast(Function<TransformerBlock, UnaryOperator<NDArray>> link,
            Function<TransformerBlock, UnaryOperator<NDArray>> last) {
        int before = blocks.size() - 1;
        return IntStream.rangeClosed(0, before).mapToObj(i -> (i < before ? link : last).apply(blocks.get(i))).toList();
    }

    static void shapes(String prefix, int layers, int width, Map<String, Shape> shapes) {
        for (int i = 0; i < layers; i++) {
            String block = prefix + ".resblocks." + i;
            shapes.put(block + ".attn.in_proj_weight", new Shape(3L * width, width));
            shapes.put(block + ".attn.in_proj_bias", new Shape(3L * width));
            Linear.shapes(shapes, block + ".attn.out_proj", width, width, true);
            LayerNorm.shapes(shapes, block + ".ln_1", width);
            Linear.shapes(shapes, block + ".mlp.c_fc", width, 4 * width, true);
            Linear.shapes(shapes, block + ".mlp.c_proj", 4 * width, width, true);
            LayerNorm.shapes(shapes, block + ".ln_2", width);
        }
    }
}
