package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import gift.nn.Activation;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The adapter of ImagineFSL (Yang et al. 2025, section 3.2): transformer blocks on all tokens of a frozen CLIP tower, with
 * attention narrower than the tokens, without a last normalization.
 *
 * <pre>
 * x  &lt;-  x + proj(attention(norm1(x)))
 * x  &lt;-  x + fc2(gelu(fc1(norm2(x))))
 * </pre>
 */
public final class Adapter {
    private record Block(LayerNorm norm1, Linear qkv, Linear proj, LayerNorm norm2, Linear fc1, Linear fc2) {
        static Block of(Parameters parameters, String prefix) {
            return new Block(LayerNorm.of(parameters, prefix + ".norm1"), Linear.of(parameters, prefix + ".attn.qkv"),
                    Linear.of(parameters, prefix + ".attn.proj"), LayerNorm.of(parameters, prefix + ".norm2"),
                    Linear.of(parameters, prefix + ".mlp.fc1"), Linear.of(parameters, prefix + ".mlp.fc2"));
        }

        NDArray attention(NDArray x, int heads) {
            return proj.forward(NativeOps.selfAttention(qkv.forward(norm1.forward(x)), heads, false));
        }

        NDArray mlp(NDArray x) {
            return fc2.forward(Activation.GELU.of(fc1.forward(norm2.forward(x))));
        }
    }

    private final List<Block> blocks;
    private final int heads;

    /** The adapter of the tensors whose names begin with {@code prefix}. */
    public Adapter(Parameters parameters, String prefix, AdapterConfig config) {
        blocks = IntStream.range(0, config.blocks())
                .mapToObj(i -> Block.of(parameters, prefix + "blocks." + i)).toList();
        heads = config.heads();
    }

    /** Tokens (B, T, D), same shape out. */
    public NDArray forward(NDArray tokens) {
        return forward(tokens, null);
    }

    /**
     * The same with drop path (stochastic depth: Huang et al. 2016) for each image and each branch.
     *
     * @param paths (2 blocks, B): what the attention branch of block 0, its MLP branch, and so on are multiplied by
     *     ({@link #paths}); null for none
     */
    public NDArray forward(NDArray tokens, NDArray paths) {
        NDArray x = tokens;
        int branch = 0;
        for (Block block : blocks) {
            x = x.add(kept(block.attention(x, heads), paths, branch++));    // (B, T, D)
            x = x.add(kept(block.mlp(x), paths, branch++));
        }
        return x;
    }

    private static NDArray kept(NDArray change, NDArray paths, int branch) {
        return paths == null ? change : change.mul(paths.get(branch).reshape(-1, 1, 1));
    }

    /**
     * Draws which branches are kept, each with probability 1 - {@code rate}.
     *
     * @param images B
     * @return (2 blocks, B), flat: 1 where one is, else 0
     */
    public long[] keptBranches(int images, double rate, RandomStream random) {
        long[] kept = new long[2 * blocks.size() * images];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = random.nextDouble() < rate ? 0 : 1;
        }
        return kept;
    }

    /**
     * What branches are multiplied by: 0, or 1 / (1 - rate) where they are kept.
     *
     * @param kept of {@link #keptBranches}, whole numbers
     * @return (2 blocks, B), fp32
     */
    public NDArray paths(NDArray kept, double rate) {
        return NativeOps.scale(kept.toType(DataType.FLOAT32, false), (float) (1 / (1 - rate)))
                .reshape(2L * blocks.size(), -1);
    }
}
