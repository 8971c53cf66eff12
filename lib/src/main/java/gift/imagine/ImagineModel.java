package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageEncoder;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scalars;
import java.util.Arrays;

/**
 * What ImagineFSL puts on a frozen CLIP tower: a token in place of masked patches, an adapter on all projected tokens, a
 * pooling, and two heads of prototypes, one for images and one for patches. Student and teacher are one each, on one tower.
 */
public final class ImagineModel {
    private final ImageEncoder tower;
    private final Parameters parameters;
    private final ImagineConfig config;
    private final Adapter adapter;
    private final PrototypeHead imageHead;
    private final PrototypeHead patchHead;

    /**
     * @param tower frozen, of which all tokens are taken after the last normalization and the projection
     * @param parameters of the names and shapes of {@code config}; they stay the caller's
     */
    public ImagineModel(ImageEncoder tower, Parameters parameters, ImagineConfig config) {
        this.tower = tower;
        this.parameters = parameters;
        this.config = config;
        this.adapter = new Adapter(parameters, ImagineConfig.ADAPTER, config.adapter());
        this.imageHead = new PrototypeHead(parameters, ImagineConfig.IMAGE_HEAD);
        this.patchHead = new PrototypeHead(parameters, ImagineConfig.PATCH_HEAD);
    }

    /**
     * New tensors with the published initial values: the mask token 0; in the adapter those of PyTorch's layers, uniform up
     * to 1 / sqrt(inputs); in the heads normal with deviation 0.02 and biases 0, prototypes uniform up to 1 / sqrt(inputs).
     */
    public static Parameters initial(NDManager parent, ImagineConfig config, long seed) {
        return Parameters.create(parent, config.shapes(), (name, shape) -> initial(seed, name, shape, config));
    }

    private static float[] initial(long seed, String name, Shape shape, ImagineConfig config) {
        int size = Math.toIntExact(shape.size());
        RandomStream random = RandomStream.of(seed, "imagine initial " + name);
        boolean bias = name.endsWith(".bias");
        if (name.contains(".norm")) {
            float[] values = new float[size];
            Arrays.fill(values, bias ? 0 : 1);
            return values;
        }
        return name.startsWith(ImagineConfig.ADAPTER)
                ? PrototypeHead.uniform(random, size, bias ? inputs(name, config) : shape.get(1))
                : PrototypeHead.initial(random, name, shape);
    }

    /** Inputs of the adapter's layer with this bias. */
    private static long inputs(String bias, ImagineConfig config) {
        int width = config.adapter().width();
        return bias.contains(".attn.proj.") ? config.adapter().attentionWidth()
                : bias.contains(".mlp.fc2.") ? (long) config.adapter().hiddenFactor() * width : width;
    }

    public Parameters parameters() {
        return parameters;
    }

    public ImagineConfig config() {
        return config;
    }

    public Adapter adapter() {
        return adapter;
    }

    /** Images (B, 3, R, R) to their tokens in the joint space (B, T, D). */
    public NDArray tokens(NDArray images) {
        return tower.projectedTokenChain(images).forward();
    }

    /**
     * The same with the mask token in place of masked patches, after the convolution and before class token and positions.
     *
     * @param masks (B, T - 1, 1), 1 where a patch is masked, else 0
     */
    public NDArray tokens(NDArray images, NDArray masks) {
        NDArray token = parameters.get(ImagineConfig.MASK_TOKEN);                               // (1, W)
        NDArray kept = Scalars.add(masks.neg(), 1);
        return tower.projectedTokenChain(images, x -> x.mul(kept).add(masks.mul(token))).forward();
    }

    /** Tokens (B, T, D) through the adapter; {@code paths} as for {@link Adapter#forward(NDArray, NDArray)}. */
    public NDArray adapted(NDArray tokens, NDArray paths) {
        return adapter.forward(tokens, paths);
    }

    /** Adapted tokens (B, T, D) to one vector an image, (B, 4 D), or of class tokens (B, D). */
    public NDArray pooled(NDArray adapted) {
        return config.pooling().of(adapted);
    }

    /** Pooled tokens to cosines with the image prototypes, (B, K). */
    public NDArray imageLogits(NDArray pooled) {
        return imageHead.forward(pooled);
    }

    /**
     * Some patches of adapted tokens to cosines with the patch prototypes.
     *
     * @param adapted (B, T, D)
     * @param patches (N) numbers of patches, image by image, int64: patch p of image b is b (T - 1) + p
     * @return (N, K)
     */
    public NDArray patchLogits(NDArray adapted, NDArray patches) {
        long width = adapted.getShape().get(2);
        NDArray all = adapted.get(":, 1:").reshape(-1, width);                                  // (B (T - 1), D)
        return patchHead.forward(NativeOps.rows(all, patches));
    }
}
