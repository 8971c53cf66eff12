package gift.clip;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.tensor.Parameters;
import gift.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * CLIP in safetensors files, under OpenAI's names or under Hugging Face's.
 *
 * <p>The size comes from {@code config.json} beside the file (OpenAI's terms) where there is one, else from the shapes.
 */
public final class ClipWeights {
    private static final String CONFIG = "config";

    private ClipWeights() {}

    /**
     * Reads a model.
     *
     * @param path a safetensors file, or a folder with {@code model.safetensors}
     * @param parent on whose device the model computes; the caller closes the model
     * @throws InputException if the file is damaged, or listing missing, unexpected and misshapen tensors
     */
    public static Clip load(Path path, NDManager parent) {
        Path file = Files.isDirectory(path) ? path.resolve("model.safetensors") : path;
        try (SafeTensors tensors = SafeTensors.open(file)) {
            Source source = source(tensors);
            return load(file, source, config(file, tensors, source.shapes()), parent);
        }
    }

    /** Reads a model of a given size, whatever lies beside the file. */
    public static Clip load(Path file, ClipConfig config, NDManager parent) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            return load(file, source(tensors), config, parent);
        }
    }

    private static Clip load(Path file, Source source, ClipConfig config, NDManager parent) {
        Map<String, Shape> shapes = config.shapes();
        Parameters.requireShapes(file.toString(), shapes, source.shapes());
        return new Clip(config, Parameters.create(parent, shapes, (name, shape) -> source.values(name)));
    }

    /** Writes a model under OpenAI's names, with its size in the file's metadata. */
    public static void save(Path file, Clip model) {
        TensorFiles.write(file, model.parameters().all(), Map.of(CONFIG, Json.write(model.config())));
    }

    /** The size of a model whose file says it, else that of {@code config.json} beside it, else that of the shapes. */
    private static ClipConfig config(Path file, SafeTensors tensors, Map<String, Shape> shapes) {
        String inside = tensors.metadata().get(CONFIG);
        if (inside != null) {
            return Json.convert(file + " (metadata)", Json.parse(file + " (metadata)", inside), ClipConfig.class);
        }
        Path beside = file.resolveSibling("config.json");
        if (Files.exists(beside)) {
            JsonNode tree = Json.tree(beside);
            if (tree.has("embed_dim") && tree instanceof ObjectNode object) {
                object.retain("embed_dim", "image_resolution", "vision_layers", "vision_width", "vision_patch_size",
                        "vision_heads", "context_length", "vocab_size", "transformer_width", "transformer_heads",
                        "transformer_layers", "activation");
                return Json.convert(beside.toString(), object, ClipConfig.class);
            }
        }
        return ClipConfig.infer(file.toString(), shapes);
    }

    /** Tensors under OpenAI's names, wherever they come from. */
    interface Source {
        Map<String, Shape> shapes();

        float[] values(String name);
    }

    private static Source source(SafeTensors tensors) {
        Map<String, Shape> shapes = TensorFiles.shapes(tensors);
        if (HuggingFaceNames.recognizes(shapes)) {
            return new HuggingFaceNames(tensors, shapes);
        }
        // OpenAI's archives carry three integers beside the weights
        shapes.keySet().removeAll(Set.of("input_resolution", "context_length", "vocab_size"));
        return new Source() {
            @Override
            public Map<String, Shape> shapes() {
                return shapes;
            }

            @Override
            public float[] values(String name) {
                return tensors.floats(name);
            }
        };
    }
}
