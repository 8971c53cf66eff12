package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.pooling.Pool;
import gift.nn.BatchNorm2d;
import gift.nn.Conv2d;
import gift.nn.Linear;
import gift.tensor.Chain;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The ResNet of OpenAI's CLIP: a stem of three convolutions, average pooling before strided convolutions, and
 * attention pooling in place of the mean over positions.
 */
final class ModifiedResNet implements ImageEncoder {
    private final ConvNorm stem1;
    private final ConvNorm stem2;
    private final ConvNorm stem3;
    private final List<Bottleneck> stages = new ArrayList<>();
    private final AttentionPool pool;
    private final VisionConfig config;

    ModifiedResNet(Parameters parameters, VisionConfig config) {
        this.config = config;
        stem1 = new ConvNorm(parameters, "visual.conv1", "visual.bn1", 2, 1);
        stem2 = new ConvNorm(parameters, "visual.conv2", "visual.bn2", 1, 1);
        stem3 = new ConvNorm(parameters, "visual.conv3", "visual.bn3", 1, 1);
        for (int stage = 0; stage < 4; stage++) {
            for (int block = 0; block < config.layers().get(stage); block++) {
                String prefix = "visual.layer" + (stage + 1) + "." + block;
                stages.add(new Bottleneck(parameters, prefix, stage > 0 && block == 0 ? 2 : 1));
            }
        }
        pool = new AttentionPool(parameters, config.heads());
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
    public Chain tokenChain(NDArray images) {
        throw new UnsupportedOperationException("a ResNet has no class token; tokens are those of a vision transformer");
    }

    @Override
    public Chain projectedTokenChain(NDArray images, UnaryOperator<NDArray> patches) {
        return tokenChain(images);
    }

    @Override
    public Chain chain(NDArray images) {
        List<UnaryOperator<NDArray>> blocks = stages.stream().<UnaryOperator<NDArray>>map(b -> b::forward).toList();
        return Chain.of(() -> stem(images)).then(blocks).then(pool::forward); // (B, 32 w, R/32, R/32) -> (B, D)
    }

    private NDArray stem(NDArray images) {
        NDArray x = Activation.relu(stem1.forward(images));    // (B, w/2, R/2, R/2)
        x = Activation.relu(stem2.forward(x));
        x = Activation.relu(stem3.forward(x));                 // (B, w, R/2, R/2)
        return halve(x);                                       // (B, w, R/4, R/4)
    }

    /** Mean over squares of 2 x 2 pixels. */
    private static NDArray halve(NDArray x) {
        return Pool.avgPool2d(x, new Shape(2, 2), new Shape(2, 2), new Shape(0, 0), false, true);
    }

    /** A convolution without bias and its batch normalization. */
    private static final class ConvNorm {
        private final Conv2d conv;
        private final BatchNorm2d norm;

        ConvNorm(Parameters parameters, String conv, String norm, int stride, int padding) {
            this.conv = Conv2d.of(parameters, conv, stride, padding);
            this.norm = BatchNorm2d.of(parameters, norm);
        }

        NDArray forward(NDArray x) {
            return norm.forward(conv.forward(x));
        }
    }

    /** Convolutions 1 x 1, 3 x 3, 1 x 1 with a shortcut; where it strides, both branches pool first. */
    private static final class Bottleneck {
        private final ConvNorm narrow;
        private final ConvNorm spatial;
        private final ConvNorm widen;
        private final ConvNorm shortcut; // null where shapes agree
        private final int stride;

        Bottleneck(Parameters parameters, String prefix, int stride) {
            narrow = new ConvNorm(parameters, prefix + ".conv1", prefix + ".bn1", 1, 0);
            spatial = new ConvNorm(parameters, prefix + ".conv2", prefix + ".bn2", 1, 1);
            widen = new ConvNorm(parameters, prefix + ".conv3", prefix + ".bn3", 1, 0);
            String down = prefix + ".downsample";
            shortcut = parameters.has(down + ".0.weight")
                    ? new ConvNorm(parameters, down + ".0", down + ".1", 1, 0) : null;
            this.stride = stride;
        }

        NDArray forward(NDArray x) {
            NDArray y = Activation.relu(narrow.forward(x));
            y = Activation.relu(spatial.forward(y));
            y = widen.forward(stride > 1 ? halve(y) : y);
            NDArray same = x;
            if (shortcut != null) {
                same = shortcut.forward(stride > 1 ? halve(x) : x);
            }
            return Activation.relu(y.add(same));
        }
    }

    /** Attention of the mean over positions, as the query, to all positions and itself. */
    private static final class AttentionPool {
        private final NDArray positionalEmbedding; // (1 + H W, C)
        private final Linear query;
        private final Linear key;
        private final Linear value;
        private final Linear out;
        private final int heads;
        private final Parameters model;

        AttentionPool(Parameters parameters, int heads) {
            positionalEmbedding = parameters.get("visual.attnpool.positional_embedding");
            query = Linear.of(parameters, "visual.attnpool.q_proj");
            key = Linear.of(parameters, "visual.attnpool.k_proj");
            value = Linear.of(parameters, "visual.attnpool.v_proj");
            out = Linear.of(parameters, "visual.attnpool.c_proj");
            this.heads = heads;
            this.model = parameters;
        }

        NDArray forward(NDArray x) {
            long b = x.getShape().get(0);
            long c = x.getShape().get(1);
            x = x.reshape(b, c, -1).transpose(0, 2, 1);                                        // (B, H W, C)
            x = NDArrays.concat(new NDList(x.mean(new int[] {1}, true), x), 1).add(positionalEmbedding);
            NDArray q = split(query.forward(x.get(":, 0:1")));                                 // (B, h, 1, C/h)
            NDArray y = NativeOps.attention(q, split(key.forward(x)), split(value.forward(x)), false);
            return model.compute().widen(out.forward(y.transpose(0, 2, 1, 3).reshape(b, c)));        // (B, D)
        }

        /** (B, T, C) to (B, h, T, C / h). */
        private NDArray split(NDArray x) {
            Shape s = x.getShape();
            return x.reshape(s.get(0), s.get(1), heads, s.get(2) / heads).transpose(0, 2, 1, 3);
        }
    }

    static void shapes(VisionConfig config, Map<String, Shape> shapes) {
        int w = config.width();
        convNorm("visual.conv1", "visual.bn1", 3, w / 2, 3, shapes);
        convNorm("visual.conv2", "visual.bn2", w / 2, w / 2, 3, shapes);
        convNorm("visual.conv3", "visual.bn3", w / 2, w, 3, shapes);
        int in = w;
        for (int stage = 0; stage < 4; stage++) {
            int planes = w << stage;
            for (int block = 0; block < config.layers().get(stage); block++) {
                String prefix = "visual.layer" + (stage + 1) + "." + block;
                convNorm(prefix + ".conv1", prefix + ".bn1", in, planes, 1, shapes);
                convNorm(prefix + ".conv2", prefix + ".bn2", planes, planes, 3, shapes);
                convNorm(prefix + ".conv3", prefix + ".bn3", planes, 4 * planes, 1, shapes);
                if (block == 0) {
                    convNorm(prefix + ".downsample.0", prefix + ".downsample.1", in, 4 * planes, 1, shapes);
                }
                in = 4 * planes;
            }
        }
        int grid = config.imageResolution() / 32;
        shapes.put("visual.attnpool.positional_embedding", new Shape(1L + (long) grid * grid, in));
        Linear.shapes(shapes, "visual.attnpool.q_proj", in, in, true);
        Linear.shapes(shapes, "visual.attnpool.k_proj", in, in, true);
        Linear.shapes(shapes, "visual.attnpool.v_proj", in, in, true);
        Linear.shapes(shapes, "visual.attnpool.c_proj", in, config.embedDim(), true);
    }

    private static void convNorm(
            String conv, String norm, int in, int out, int kernel, Map<String, Shape> shapes) {
        shapes.put(conv + ".weight", new Shape(out, in, kernel, kernel));
        shapes.put(norm + ".weight", new Shape(out));
        shapes.put(norm + ".bias", new Shape(out));
        shapes.put(norm + ".running_mean", new Shape(out));
        shapes.put(norm + ".running_var", new Shape(out));
        shapes.put(norm + ".num_batches_tracked", new Shape());
    }
}
