package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.LayerNorm;
import gift.tensor.Chain;
import gift.tensor.Kernel;
import gift.tensor.Parameters;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The ViT of OpenAI's CLIP: patches, a class token, pre-norm blocks, a projection of the class token. */
final class VisionTransformer implements ImageEncoder {
    private final Conv2d patches;
    private final NDArray classEmbedding;       // (W)
    private final NDArray positionalEmbedding;  // (T, W), T = 1 + (R / patch)^2
    private final LayerNorm before;
    private final Blocks blocks;
    private final LayerNorm after;
    private final NDArray projection;           // (W, D)
    private final VisionConfig config;

    VisionTransformer(Parameters parameters, VisionConfig config) {
        this.config = config;
        patches = Conv2d.of(parameters, "visual.conv1", config.patchSize(), 0);
        classEmbedding = parameters.get("visual.class_embedding");
        positionalEmbedding = parameters.get("visual.positional_embedding");
        before = LayerNorm.of(parameters, "visual.ln_pre");
        blocks = new Blocks(parameters, "visual.transformer", config.layers().get(0), config.heads(), false,
                config.activation());
        after = LayerNorm.of(parameters, "visual.ln_post");
        projection = parameters.get("visual.proj");
    }

    @Override
    public int resolution() {
        return config.imageResolution();
    }

    @Override
    public int dimension() {
        return config.embedDim();
    }

    @Override
    public Chain chain(NDArray images) {
        if (Kernel.NEEDED_TOKENS.on(images, config.width())) {
            return Chain.of(() -> embedded(images, UnaryOperator.identity())).then(blocks.linksToFirst())
                    .then(x -> after.forward(x).matMul(projection));                    // (B, D)
        }
        return tokenChain(images).then(x -> after.forward(x.get(":, 0")).matMul(projection));   // (B, D)
    }

    @Override
    public Chain tokenChain(NDArray images) {
        return tokenChain(images, UnaryOperator.identity());                            // (B, T, W)
    }

    @Override
    public Chain projectedTokenChain(NDArray images, UnaryOperator<NDArray> patches) {
        return tokenChain(images, patches).then(x -> after.forward(x).matMul(projection));  // (B, T, D)
    }

    private Chain tokenChain(NDArray images, UnaryOperator<NDArray> change) {
        return Chain.of(() -> embedded(images, change)).then(blocks.links());           // (B, T, W)
    }

    private NDArray embedded(NDArray images, UnaryOperator<NDArray> change) {
        long b = images.getShape().get(0);
        int width = config.width();
        NDArray x = patches.forward(images).reshape(b, width, -1).transpose(0, 2, 1);
        x = change.apply(x);                                                            // (B, T - 1, W)
        NDArray token = classEmbedding.reshape(1, 1, width).broadcast(b, 1, width);     // (B, 1, W)
        x = NDArrays.concat(new NDList(token, x), 1).add(positionalEmbedding);          // (B, T, W)
        return before.forward(x);
    }

    static void shapes(VisionConfig config, Map<String, Shape> shapes) {
        int width = config.width();
        int patch = config.patchSize();
        int grid = config.imageResolution() / patch;
        shapes.put("visual.class_embedding", new Shape(width));
        shapes.put("visual.positional_embedding", new Shape(1L + (long) grid * grid, width));
        shapes.put("visual.proj", new Shape(width, config.embedDim()));
        shapes.put("visual.conv1.weight", new Shape(width, 3, patch, patch));
        LayerNorm.shapes(shapes, "visual.ln_pre", width);
        Blocks.shapes("visual.transformer", config.layers().get(0), width, shapes);
        LayerNorm.shapes(shapes, "visual.ln_post", width);
    }
}
