package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Chain;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import java.util.Arrays;

/**
 * CLIP (Radford et al. 2021): an image tower and a text tower into one space, where a picture's feature lies near
 * that of its description.
 */
public final class Clip implements AutoCloseable {
    private final ClipConfig config;
    private final Parameters parameters;
    private final ImageTower images;
    private final TextTower texts;

    /** The model of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public Clip(ClipConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        this.images = config.isVisionTransformer()
                ? new VisionTransformer(parameters, config) : new ModifiedResNet(parameters, config);
        this.texts = new TextTower(parameters, config);
    }

    /** A model with random weights (see {@link #initial}), on the device of {@code parent}. */
    public static Clip random(ClipConfig config, NDManager parent, long seed) {
        return new Clip(config, Parameters.create(parent, config.shapes(),
                (name, shape) -> initial(config, seed, name, shape)));
    }

    /** A model of the same weights with own arrays. */
    public Clip copy() {
        return new Clip(config, parameters.copy());
    }

    /** A frozen model of the same weights, rounded, that computes in a precision; of fp32 a copy. */
    public Clip in(Precision precision) {
        return new Clip(config, parameters.copy(precision));
    }

    public ClipConfig config() {
        return config;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** The manager on whose device the model computes. */
    public NDManager manager() {
        return parameters.manager();
    }

    /**
     * Lets all weights be trained, except for the logit scale where it is frozen, as in every continual run, and the
     * statistics of batch normalization.
     */
    public Clip train(boolean logitScaleToo) {
        parameters.train(name -> !name.contains("running_") && !name.endsWith("num_batches_tracked")
                && (logitScaleToo || !name.equals("logit_scale")));
        return this;
    }

    /** Normalized pictures (B, 3, R, R) to features (B, D) as the tower gives them. */
    public NDArray encodeImages(NDArray pictures) {
        return images.chain(pictures).forward();
    }

    /** Rows of tokens to features (N, D) as the tower gives them; rows are cut after the longest end token. */
    public NDArray encodeTexts(long[][] tokens) {
        return encodeTexts(tokens, true);
    }

    /** {@link #encodeTexts(long[][])} with the choice to compute all positions. The result is the same. */
    public NDArray encodeTexts(long[][] tokens, boolean cut) {
        return texts.chain(tokens, cut).forward();
    }

    /** Features of unit length, (B, D). */
    public NDArray imageFeatures(NDArray pictures) {
        return imageChain(pictures).forward();
    }

    /** Features of unit length, (N, D). */
    public NDArray textFeatures(long[][] tokens) {
        return textChain(tokens, true).forward();
    }

    /** {@link #imageFeatures} block by block, for training with less memory. */
    public Chain imageChain(NDArray pictures) {
        return images.chain(pictures).then(NativeOps::normalize);
    }

    /**
     * {@link #textFeatures} block by block.
     *
     * @param cut whether rows are cut after the longest end token
     */
    public Chain textChain(long[][] tokens, boolean cut) {
        return texts.chain(tokens, cut).then(NativeOps::normalize);
    }

    /** exp(logit_scale), 0-dim: what similarities are multiplied by before a softmax. */
    public NDArray scale() {
        return parameters.get("logit_scale").exp();
    }

    /**
     * Normal deviates with the deviations that OpenAI's code gives the text tower and the projections, here for both
     * towers; biases 0, normalizations 1 and 0, logit scale ln(1 / 0.07).
     */
    private static float[] initial(ClipConfig config, long seed, String name, Shape shape) {
        int size = Math.toIntExact(shape.size());
        float[] values = new float[size];
        if (name.equals("logit_scale")) {
            values[0] = (float) Math.log(1 / 0.07);
            return values;
        }
        boolean norm = name.matches(".*(ln_\\w+|bn\\d|downsample\\.1)\\.weight") || name.endsWith("running_var");
        if (norm) {
            // the last normalization of a residual branch starts at zero
            Arrays.fill(values, name.endsWith("bn3.weight") && name.contains("layer") ? 0 : 1);
            return values;
        }
        if (name.contains("bias") || name.contains("running_") || name.endsWith("num_batches_tracked")) {
            return values;
        }
        return RandomStream.of(seed, "initial " + name).normals(size, deviation(config, name, shape));
    }

    private static double deviation(ClipConfig config, String name, Shape shape) {
        boolean visual = name.startsWith("visual.");
        double width = visual ? config.visionWidth() : config.transformerWidth();
        double layers = visual ? config.visionLayers().get(0) : config.transformerLayers();
        if (name.equals("token_embedding.weight")) {
            return 0.02;
        }
        if (name.equals("positional_embedding")) {
            return 0.01;
        }
        if (name.contains("attn.out_proj") || name.contains("mlp.c_proj")) {
            return Math.pow(width, -0.5) * Math.pow(2 * layers, -0.5);
        }
        if (name.contains("mlp.c_fc")) {
            return Math.pow(2 * width, -0.5);
        }
        if (name.contains("attnpool")) {
            return Math.pow(width * 32, -0.5);
        }
        if (name.contains("conv") || name.contains("downsample")) {
            return Math.sqrt(2.0 / (shape.size() / shape.get(0)));
        }
        return Math.pow(width, -0.5); // projections, attention, class token, positions
    }

    @Override
    public void close() {
        parameters.close();
    }
}
