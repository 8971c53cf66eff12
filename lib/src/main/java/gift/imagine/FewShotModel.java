package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.imagine.ImagineConfig.Pooling;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The classifier of ImagineFSL for few images (Yang et al. 2025, section 3.4), on the projected tokens x (B, T, D) of a CLIP
 * tower: a visual head on the moments of adapted tokens, and a text head on the class token as CLIP gives it.
 *
 * <pre>
 * visual = W_v moments(adapter(x)) + b_v
 * text   = exp(temperature) (W_t x_0 / |x_0| + b_t)
 * </pre>
 *
 * With low-rank weights in the tower neither head has a bias, and the temperature is fixed at ln 100.
 */
public final class FewShotModel implements AutoCloseable {
    static final String VISUAL = "visual_head";
    static final String TEXT = "text_head";
    static final String TEMPERATURE = "temperature";

    private static final String CONFIG = "few_shot_model";
    private static final double FIRST_TEMPERATURE = 4.6052; // ln 100, so rounded in the published code
    private static final double FIXED_SCALE = 100;
    private static final double VISUAL_DEVIATION = 0.01;

    /**
     * @param adapter the size of the adapter
     * @param classes C
     * @param biases whether the heads have biases and the temperature is trained
     * @param pooling of what the visual head gets
     */
    record Config(AdapterConfig adapter, int classes, boolean biases, Pooling pooling) {
        Config {
            pooling = pooling == null ? Pooling.MOMENTS : pooling;
        }

        Map<String, Shape> shapes() {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            adapter.shapes(shapes, ImagineConfig.ADAPTER);
            Linear.shapes(shapes, VISUAL, (long) pooling.parts() * adapter.width(), classes, biases);
            Linear.shapes(shapes, TEXT, adapter.width(), classes, biases);
            if (biases) {
                shapes.put(TEMPERATURE, new Shape());
            }
            return shapes;
        }
    }

    private final Config config;
    private final Parameters parameters;
    private final Adapter adapter;
    private final Linear visual;
    private final Linear text;

    private FewShotModel(Config config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        adapter = new Adapter(parameters, ImagineConfig.ADAPTER, config.adapter);
        visual = Linear.of(parameters, VISUAL);
        text = Linear.of(parameters, TEXT);
    }

    /**
     * A model before tuning: the visual head normal with deviation 0.01, biases 0, the temperature 4.6052.
     *
     * @param adapter tensors under the names of {@link ImagineConfig}, of which those of the adapter are copied
     * @param texts (C, D), flat: a feature of unit length for each class
     * @param biases whether the heads have biases and the temperature is trained, as in tuning of a frozen tower
     * @throws InputException if the texts do not fit the width of the adapter
     */
    public static FewShotModel create(
            NDManager parent, AdapterConfig size, Parameters adapter, float[] texts, boolean biases, long seed) {
        return create(parent, size, adapter, Pooling.MOMENTS, texts, biases, seed);
    }

    /** The same with what of the adapted tokens the visual head gets; published are the moments. */
    public static FewShotModel create(NDManager parent, AdapterConfig size, Parameters adapter, Pooling pooling, float[] texts,
            boolean biases, long seed) {
        InputException.require(texts.length > 0 && texts.length % size.width() == 0, "the text features have "
                + texts.length + " values, no multiple of the adapter's width " + size.width()
                + ": the adapter was pretrained on another CLIP");
        Config config = new Config(size, texts.length / size.width(), biases, pooling);
        return new FewShotModel(config, Parameters.create(parent, config.shapes(), (name, shape) -> {
            int count = Math.toIntExact(shape.size());
            if (name.startsWith(ImagineConfig.ADAPTER)) {
                return adapter.get(name).toFloatArray();
            }
            return switch (name) {
                case VISUAL + ".weight" -> RandomStream.of(seed, "imagine visual head").normals(count, VISUAL_DEVIATION);
                case TEXT + ".weight" -> texts;
                case TEMPERATURE -> new float[] {(float) FIRST_TEMPERATURE};
                default -> new float[count];
            };
        }));
    }

    /**
     * A model of given weights, such as the files that the published tuning saves ({@link PretrainedAdapter#head}).
     *
     * @param temperature of the text head, the logarithm of its factor; without biases it is ln 100 whatever is given
     * @throws InputException if the heads are of other classes, or one alone has a bias
     */
    public static FewShotModel of(NDManager parent, PretrainedAdapter adapter, PretrainedAdapter.Head visual,
            PretrainedAdapter.Head text, double temperature) {
        InputException.require(visual.classes() == text.classes(), "the visual head has " + visual.classes()
                + " classes, the text head " + text.classes());
        boolean biases = visual.bias() != null;
        InputException.require(biases == (text.bias() != null), "the " + (biases ? "visual" : "text")
                + " head has a bias, the other none: they are of two kinds of tuning");
        Config config = new Config(adapter.config(), visual.classes(), biases, Pooling.MOMENTS);
        Map<String, float[]> given = new LinkedHashMap<>();
        given.put(VISUAL + ".weight", visual.weight());
        given.put(VISUAL + ".bias", visual.bias());
        given.put(TEXT + ".weight", text.weight());
        given.put(TEXT + ".bias", text.bias());
        given.put(TEMPERATURE, new float[] {(float) temperature});
        return new FewShotModel(config, Parameters.create(parent, config.shapes(), (name, shape) ->
                given.containsKey(name) ? given.get(name) : adapter.parameters().get(name).toFloatArray()));
    }

    /** Reads a model that {@link #save} wrote. */
    public static FewShotModel load(Path file, NDManager parent) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            String json = tensors.metadata().get(CONFIG);
            InputException.require(json != null, file + " holds no tuned model: no \"" + CONFIG + "\" in its metadata");
            Config config = Json.convert(file + " (metadata)", Json.parse(file + " (metadata)", json), Config.class);
            Parameters.requireShapes(file.toString(), config.shapes(), TensorFiles.shapes(tensors));
            return new FewShotModel(config,
                    Parameters.create(parent, config.shapes(), (name, shape) -> tensors.floats(name)));
        }
    }

    /** Writes adapter and heads, whole or not at all. */
    public void save(Path file) {
        TensorFiles.write(file, parameters.all(), Map.of(CONFIG, Json.write(config)));
    }

    /** "adapter.", "visual_head.", "text_head." and, where it is trained, "temperature". */
    public Parameters parameters() {
        return parameters;
    }

    public int classes() {
        return config.classes;
    }

    /** D, the width of the tokens. */
    int width() {
        return config.adapter.width();
    }

    boolean biases() {
        return config.biases;
    }

    /** Tokens (B, T, D) to logits (B, C). */
    public NDArray visualLogits(NDArray tokens) {
        return visual.forward(config.pooling.of(adapter.forward(tokens)));
    }

    /** Tokens (B, T, D) to logits (B, C). */
    public NDArray textLogits(NDArray tokens) {
        NDArray cosines = text.forward(NativeOps.normalize(tokens.get(":, 0")));
        return config.biases ? cosines.mul(parameters.get(TEMPERATURE).exp()) : NativeOps.scale(cosines, FIXED_SCALE);
    }

    /**
     * Logits of both heads for some images, without graph.
     *
     * @param tokens (B, T, D)
     */
    public Fusion.Logits logits(NDArray tokens, int[] labels) {
        float[][] both = new float[2][];
        Scopes.withoutGradients(() -> {
            both[0] = visualLogits(tokens).toFloatArray();
            both[1] = textLogits(tokens).toFloatArray();
        });
        return new Fusion.Logits(both[0], both[1], labels);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
