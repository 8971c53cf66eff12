package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.nn.LayerNorm;
import gift.nn.TransformerBlock;
import gift.tensor.HostCopy;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The text encoder of Stable Diffusion: the text half of a CLIP, of which all states are used, not the end token's
 * alone. CLIPTextModel in transformers, whose tensor names it keeps.
 */
public final class TextEncoder implements AutoCloseable {
    static final String CLASS = "CLIPTextModel";

    static final String WEIGHTS = "model";
    private static final String TOKENS = "text_model.embeddings.token_embedding.weight";
    private static final String POSITIONS = "text_model.embeddings.position_embedding.weight";
    private static final String LAYER = "text_model.encoder.layers.";
    private static final String NORM = "text_model.final_layer_norm";

    private final TextEncoderConfig config;
    private final Parameters parameters;
    private final NDArray tokenEmbedding;       // (V, D)
    private final NDArray positionEmbedding;    // (L, D)
    private final List<TransformerBlock> blocks;
    private final LayerNorm after;

    /** The model of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public TextEncoder(TextEncoderConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        tokenEmbedding = parameters.get(TOKENS);
        positionEmbedding = parameters.get(POSITIONS);
        blocks = IntStream.range(0, config.numHiddenLayers()).mapToObj(i -> TransformerBlock.ofTransformers(
                parameters, LAYER + i, config.numAttentionHeads(), true, config.activation())).toList();
        after = LayerNorm.of(parameters, NORM);
    }

    /**
     * Reads a model in transformers' layout: config.json and model.safetensors, or its fp16 variant, or shards with
     * their index; or the same as torch's pytorch_model.bin.
     *
     * @param parent on whose device the model computes; the caller closes the model
     * @throws gift.io.InputException if a file is missing or damaged, naming an option that is not supported, or
     *     listing missing, unexpected and misshapen tensors
     */
    public static TextEncoder load(Path folder, NDManager parent) {
        return load(folder, parent, Precision.FP32);
    }

    /** {@link #load(Path, NDManager)} to compute in a precision. */
    public static TextEncoder load(Path folder, NDManager parent, Precision precision) {
        TextEncoderConfig config = TextEncoderConfig.read(folder.resolve(ModelFolder.CONFIG));
        return new TextEncoder(config, ModelFolder.load(folder, WEIGHTS, config.shapes(), parent, precision,
                TextEncoder::known));
    }

    /**
     * The name of a tensor, or null for the numbers 0 .. L - 1 that older files carry; files that transformers has written
     * since version 5 leave out the first part of the names.
     */
    static String known(String name) {
        if (name.endsWith(".position_ids")) {
            return null;
        }
        return name.matches("(embeddings|encoder|final_layer_norm)\\..*") ? "text_model." + name : name;
    }

    /** A model with random weights of the published initialization, on the device of {@code parent}. */
    public static TextEncoder random(TextEncoderConfig config, NDManager parent, long seed) {
        return new TextEncoder(config, Parameters.create(parent, config.shapes(),
                (name, shape) -> initial(config, seed, name, shape)));
    }

    /** The text tower of a CLIP as a text encoder, with own arrays on the same device; the caller closes it. */
    public static TextEncoder of(Clip clip) {
        ClipConfig c = clip.config();
        TextEncoderConfig config = new TextEncoderConfig(c.vocabSize(), c.transformerWidth(), 4 * c.transformerWidth(),
                c.transformerLayers(), c.transformerHeads(), c.contextLength(),
                c.activation().name().toLowerCase(Locale.ROOT));
        return new TextEncoder(config, Parameters.create(clip.manager().getParentManager(), config.shapes(),
                (name, shape) -> ofClip(clip, name, Math.toIntExact(shape.size()))));
    }

    /** The values of one tensor from CLIP's own, where query, key and value are one below the other. */
    private static float[] ofClip(Clip clip, String name, int size) {
        String theirs = name.replace(TOKENS, "token_embedding.weight").replace(POSITIONS, "positional_embedding")
                .replace(NORM, "ln_final").replace(LAYER, "transformer.resblocks.")
                .replace(".layer_norm1.", ".ln_1.").replace(".layer_norm2.", ".ln_2.")
                .replace(".mlp.fc1.", ".mlp.c_fc.").replace(".mlp.fc2.", ".mlp.c_proj.")
                .replace(".self_attn.out_proj.", ".attn.out_proj.");
        List<String> parts = List.of(".self_attn.q_proj.", ".self_attn.k_proj.", ".self_attn.v_proj.");
        for (int i = 0; i < parts.size(); i++) {
            if (theirs.contains(parts.get(i))) {
                float[] all = HostCopy.floats(clip.parameters().get(theirs.replace(parts.get(i), ".attn.in_proj_")));
                return Arrays.copyOfRange(all, i * size, (i + 1) * size);
            }
        }
        return HostCopy.floats(clip.parameters().get(theirs));
    }

    /** Writes the model in the layout that {@link #load} and transformers read. */
    public void save(Path folder) {
        ObjectNode tree = ModelFolder.named(CLASS, config);
        tree.remove("_class_name");
        tree.putArray("architectures").add(CLASS);
        tree.put("model_type", "clip_text_model");
        ModelFolder.save(folder, WEIGHTS, tree, parameters);
    }

    public TextEncoderConfig config() {
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
     * The states of texts after the last normalization, at all positions. The result belongs to the scope around the
     * call.
     *
     * @param tokens N rows of equal length T, at most {@link TextEncoderConfig#maxPositionEmbeddings()}; 77 in Stable
     *     Diffusion, filled up with the end token
     * @return (N, T, D)
     */
    public NDArray forward(long[][] tokens) {
        int length = tokens.length == 0 ? 0 : tokens[0].length;
        if (length == 0 || length > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException(
                    length + " tokens are not between 1 and the longest text of " + config.maxPositionEmbeddings());
        }
        if (Arrays.stream(tokens).anyMatch(row -> row.length != length)) {
            throw new IllegalArgumentException("the rows of tokens differ in length");
        }
        long[] flat = Arrays.stream(tokens).flatMapToLong(Arrays::stream).toArray();
        return Scopes.result(() -> {
            NDArray numbers = Transfers.write(manager(), flat, new Shape(tokens.length, length)); // (N, T)
            NDArray x = NativeOps.rows(tokenEmbedding, numbers);                            // (N, T, D)
            x = x.add(positionEmbedding.get("0:" + length));
            for (TransformerBlock block : blocks) {
                NDArray before = x;
                x = Scopes.result(() -> block.forward(before));
            }
            return parameters.compute().widen(after.forward(x));
        });
    }

    static Map<String, Shape> shapes(TextEncoderConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int width = config.hiddenSize();
        shapes.put(TOKENS, new Shape(config.vocabSize(), width));
        shapes.put(POSITIONS, new Shape(config.maxPositionEmbeddings(), width));
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            TransformerBlock.transformersShapes(shapes, LAYER + i, width, config.intermediateSize());
        }
        LayerNorm.shapes(shapes, NORM, width);
        return shapes;
    }

    /** The initialization of transformers: normal weights, biases 0, normalizations 1 and 0. */
    private static float[] initial(TextEncoderConfig config, long seed, String name, Shape shape) {
        float[] values = new float[Math.toIntExact(shape.size())];
        if (name.endsWith(".bias")) {
            return values;
        }
        if (shape.dimension() == 1) {
            Arrays.fill(values, 1);
            return values;
        }
        double width = config.hiddenSize();
        double perLayer = Math.pow(2 * config.numHiddenLayers(), -0.5);
        double deviation;
        if (name.contains("embedding")) {
            deviation = 0.02;
        } else if (name.contains(".out_proj.")) {
            deviation = Math.pow(width, -0.5);
        } else if (name.contains(".fc1.")) {
            deviation = Math.pow(2 * width, -0.5);
        } else {
            deviation = Math.pow(width, -0.5) * perLayer; // q_proj, k_proj, v_proj, fc2
        }
        return RandomStream.of(seed, "initial " + name).normals(values.length, deviation);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
