package gift.clip;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import gift.nn.Activation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A ViT CLIP under Hugging Face's names, seen under OpenAI's.
 *
 * <p>Query, key and value projections are joined; the two projections into the joint space are transposed. A name that
 * has no counterpart stays as it is, and is then reported as unexpected.
 */
final class HuggingFaceNames extends RenamedTensors {
    private static final String[][] PREFIXES = {
        {"text_model.embeddings.position_embedding.weight", "positional_embedding"},
        {"text_model.embeddings.token_embedding.weight", "token_embedding.weight"},
        {"text_model.final_layer_norm.", "ln_final."},
        {"text_model.encoder.layers.", "transformer.resblocks."},
        {"vision_model.embeddings.class_embedding", "visual.class_embedding"},
        {"vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight"},
        {"vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"},
        {"vision_model.pre_layrnorm.", "visual.ln_pre."},   // spelt so in the published files
        {"vision_model.post_layernorm.", "visual.ln_post."},
        {"vision_model.encoder.layers.", "visual.transformer.resblocks."},
    };
    private static final String[][] INFIXES = {
        {".layer_norm1.", ".ln_1."},
        {".layer_norm2.", ".ln_2."},
        {".mlp.fc1.", ".mlp.c_fc."},
        {".mlp.fc2.", ".mlp.c_proj."},
        {".self_attn.out_proj.", ".attn.out_proj."},
    };

    /** Where the values of one tensor come from: tensors one after the other, or one transposed. */
    private record Origin(List<String> parts, boolean transposed) {}

    private final Map<String, Origin> origins = new LinkedHashMap<>();

    static boolean recognizes(Map<String, Shape> shapes) {
        return shapes.keySet().stream().anyMatch(name -> name.startsWith("vision_model."));
    }

    /**
     * The size as the shapes tell it, with what only {@code config.json} tells: heads and activation, or transformers'
     * defaults.
     *
     * @throws InputException for a CLIP that computes otherwise than {@link Clip}
     */
    static ClipConfig config(Path file, JsonNode tree, ClipConfig inferred) {
        JsonNode text = tree.path("text_config");
        JsonNode vision = tree.path("vision_config");
        String activation = text.path("hidden_act").asText("quick_gelu");
        for (JsonNode tower : List.of(text, vision)) {
            String own = tower.path("hidden_act").asText("quick_gelu");
            if (!own.equals(activation) || !own.matches("quick_gelu|gelu") || tower.path("layer_norm_eps").asDouble(1e-5) != 1e-5) {
                throw new InputException(file + ": CLIPs are known with hidden_act quick_gelu or gelu, the same in both towers,"
                        + " and layer_norm_eps 1e-5");
            }
        }
        return new ClipConfig(inferred.embedDim(), inferred.imageResolution(), inferred.visionLayers(), inferred.visionWidth(),
                inferred.visionPatchSize(), heads(file, vision, 12), inferred.contextLength(),
                inferred.vocabSize(), inferred.transformerWidth(), heads(file, text, 8),
                inferred.transformerLayers(), activation.equals("gelu") ? Activation.GELU : Activation.QUICK_GELU);
    }

    private static int heads(Path file, JsonNode tower, int otherwise) {
        JsonNode heads = tower.path("num_attention_heads");
        if (!heads.isMissingNode() && !heads.isInt()) {
            throw new InputException(file + ": num_attention_heads is " + heads + ", not a whole number");
        }
        return heads.asInt(otherwise);
    }

    HuggingFaceNames(TensorFile tensors, Map<String, Shape> theirs) {
        super(tensors);
        theirs.forEach((name, shape) -> {
            if (name.endsWith(".position_ids") || isKeyOrValue(name)) {
                return; // a counter, or joined to its query
            }
            if (name.equals("text_projection.weight") || name.equals("visual_projection.weight")) {
                put(name.startsWith("text") ? "text_projection" : "visual.proj",
                        new Shape(shape.get(1), shape.get(0)), List.of(name), true);
            } else if (name.contains(".self_attn.q_proj.")) {
                List<String> parts = new ArrayList<>();
                for (String part : List.of("q", "k", "v")) {
                    parts.add(name.replace(".q_proj.", "." + part + "_proj."));
                }
                put(ours(name).replace(".self_attn.q_proj.", ".attn.in_proj_"), joined(theirs, parts), parts, false);
            } else {
                put(ours(name), shape, List.of(name), false);
            }
        });
    }

    private static boolean isKeyOrValue(String name) {
        return name.contains(".self_attn.k_proj.") || name.contains(".self_attn.v_proj.");
    }

    static String ours(String name) {
        for (String[] prefix : PREFIXES) {
            if (name.startsWith(prefix[0])) {
                name = prefix[1] + name.substring(prefix[0].length());
                break;
            }
        }
        for (String[] infix : INFIXES) {
            name = name.replace(infix[0], infix[1]);
        }
        return name;
    }

    /** The names of one tensor of ours: one, or those of the query, key and value projections. */
    static List<String> theirs(String name) {
        if (isTransposed(name)) {
            return List.of(name.equals("visual.proj") ? "visual_projection.weight" : "text_projection.weight");
        }
        for (String[] prefix : PREFIXES) {
            if (name.startsWith(prefix[1])) {
                name = prefix[0] + name.substring(prefix[1].length());
                break;
            }
        }
        for (String[] infix : INFIXES) {
            name = name.replace(infix[1], infix[0]);
        }
        String one = name;
        return one.contains(".attn.in_proj_") ? Stream.of("q", "k", "v")
                .map(part -> one.replace(".attn.in_proj_", ".self_attn." + part + "_proj.")).toList() : List.of(one);
    }

    /** Whether theirs is the transpose of ours. */
    static boolean isTransposed(String name) {
        return name.equals("visual.proj") || name.equals("text_projection");
    }

    /** The shape of the parts one below the other; too few rows where a part is missing, which is then reported. */
    private static Shape joined(Map<String, Shape> theirs, List<String> parts) {
        long rows = 0;
        long[] dims = theirs.get(parts.get(0)).getShape().clone();
        for (String part : parts) {
            rows += theirs.containsKey(part) ? theirs.get(part).get(0) : 0;
        }
        dims[0] = rows;
        return new Shape(dims);
    }

    private void put(String name, Shape shape, List<String> parts, boolean transposed) {
        put(name, shape);
        origins.put(name, new Origin(parts, transposed));
    }

    @Override
    public DType dtype(String name) {
        return tensors.entry(origins.get(name).parts.get(0)).dtype();
    }

    @Override
    public float[] values(String name) {
        Origin origin = origins.get(name);
        float[] values = new float[Math.toIntExact(shapes().get(name).size())];
        int at = 0;
        for (String part : origin.parts) {
            float[] piece = tensors.floats(part);
            System.arraycopy(piece, 0, values, at, piece.length);
            at += piece.length;
        }
        return origin.transposed ? transpose(values, shapes().get(name)) : values;
    }

    /** The values of a matrix of the given shape from those of its transpose. */
    static float[] transpose(float[] values, Shape shape) {
        int rows = (int) shape.get(0);
        int columns = (int) shape.get(1);
        float[] result = new float[values.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[i * columns + j] = values[j * rows + i];
            }
        }
        return result;
    }
}
