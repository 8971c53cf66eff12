package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.tensor.Chain;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import java.util.function.Predicate;

/**
 * CLIP (Radford et al. 2021): an image tower and a text tower into one space, where an image's feature lies near
 * that of its description.
 */
public final class Clip implements AutoCloseable {
    private final ClipConfig config;
    private final Parameters parameters;
    private final ImageEncoder imageEncoder;
    private final SentenceEncoder texts;

    /** The model of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public Clip(ClipConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        this.imageEncoder = config.vision().encoder(parameters);
        this.texts = new TextTower(parameters, config);
    }

    /** A model with random weights ({@link InitialWeights}), on the device of {@code parent}. */
    public static Clip random(ClipConfig config, NDManager parent, long seed) {
        return new Clip(config, Parameters.create(parent, config.shapes(), (name, shape) -> {
            boolean image = name.startsWith(ImageTower.PREFIX);
            return InitialWeights.of(seed, name, shape, image ? config.visionWidth() : config.transformerWidth(),
                    image ? config.visionLayers().get(0) : config.transformerLayers());
        }));
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
     * Lets the tensors whose name passes be trained, and no others. The statistics of batch normalization never are.
     *
     * @param which one of {@link Trainable}, or any other choice of names
     */
    public Clip train(Predicate<String> which) {
        parameters.train(name -> !Trainable.isStatistic(name) && which.test(name));
        return this;
    }

    /** Whether something of the image tower is trained. */
    public boolean trainsImages() {
        return parameters.trained().keySet().stream().anyMatch(Trainable.IMAGE);
    }

    /** Whether something of the text tower is trained. */
    public boolean trainsTexts() {
        return parameters.trained().keySet().stream().anyMatch(Trainable.TEXT);
    }

    /** The image half: an encoder by the model's own weights. */
    public ImageEncoder image() {
        return imageEncoder;
    }

    /** The text half: an encoder by the model's own weights. */
    public SentenceEncoder text() {
        return texts;
    }

    /** Normalized images (B, 3, R, R) to features (B, D) as the tower gives them. */
    public NDArray encodeImages(NDArray images) {
        return imageEncoder.encode(images);
    }

    /** Rows of tokens to features (N, D) as the tower gives them; rows are cut after the longest end token. */
    public NDArray encodeTexts(long[][] tokens) {
        return encodeTexts(tokens, true);
    }

    /** {@link #encodeTexts(long[][])} with the choice to compute all positions. The result is the same. */
    public NDArray encodeTexts(long[][] tokens, boolean cut) {
        return texts.chain(texts.rows(tokens, cut).on(manager())).forward();
    }

    /** Features of unit length, (B, D). */
    public NDArray imageFeatures(NDArray images) {
        return imageChain(images).forward();
    }

    /** Features of unit length, (N, D). */
    public NDArray textFeatures(long[][] tokens) {
        return textChain(tokens, true).forward();
    }

    /** {@link #imageFeatures} block by block, for training with less memory. */
    public Chain imageChain(NDArray images) {
        return imageEncoder.chain(images).then(NativeOps::normalize);
    }

    /**
     * {@link #textFeatures} block by block.
     *
     * @param cut whether rows are cut after the longest end token
     */
    public Chain textChain(long[][] tokens, boolean cut) {
        return textChain(texts.rows(tokens, cut).on(manager()));
    }

    /** The same of rows that are on the device, which must stay open until backward. */
    public Chain textChain(TokenRows.OnDevice tokens) {
        return texts.chain(tokens).then(NativeOps::normalize);
    }

    /** exp(logit_scale), 0-dim: what similarities are multiplied by before a softmax. */
    public NDArray scale() {
        return parameters.get("logit_scale").exp();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
