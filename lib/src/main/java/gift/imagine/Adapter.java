package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
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
     * Draws which branches are kept: 0 with probability {@code rate}, else 1 / (1 - rate).
     *
     * @param images B
     * @return (2 blocks, B), or null for a rate of 0
     */
    public NDArray paths(NDManager manager, int images, double rate, RandomStream random) {
        if (rate == 0) {
            return null;
        }
        float[] factors = new float[2 * blocks.size() * images];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = random.nextDouble() < rate ? 0 : (float) (1 / (1 - rate));
        }
        return manager.create(factors, new Shape(2L * blocks.size(), images));
    }
}
