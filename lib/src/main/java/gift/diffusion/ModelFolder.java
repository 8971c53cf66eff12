package gift.diffusion;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.ShardedTensors;
import gift.io.TensorFile;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One model's folder in the layout of diffusers: config.json, and the weights in one safetensors file, in shards with
 * an index, or in torch's {@code .bin} files.
 */
final class ModelFolder {
    static final String CONFIG = "config.json";

    private ModelFolder() {}

    /** The tensors of a folder whose names are those of the model. */
    static Parameters load(
            Path folder, String base, Map<String, Shape> expected, NDManager parent, Precision precision) {
        return load(folder, base, expected, parent, precision, name -> name);
    }

    /**
     * The tensors of a folder.
     *
     * @param base name of the weight file without its ending
     * @param expected names and shapes that the model needs
     * @param rename from a name in the file to the model's name, or null for a tensor to pass over
     * @throws InputException if a file is missing or damaged, or listing missing, unexpected and misshapen tensors
     */
    static Parameters load(Path folder, String base, Map<String, Shape> expected, NDManager parent, Precision precision,
            UnaryOperator<String> rename) {
        return open(folder, base, expected, rename, origins -> Parameters.create(parent, expected, (name, shape) -> {
            Origin origin = origins.get(name);
            return origin.file.floats(origin.name);
        }, precision));
    }

    /** Throws what {@link #load} throws, but reads no values. */
    static void check(Path folder, String base, Map<String, Shape> expected, UnaryOperator<String> rename) {
        open(folder, base, expected, rename, origins -> null);
    }

    /** A tensor under the name that it has in its file. */
    private record Origin(TensorFile file, String name) {}

    private static <T> T open(Path folder, String base, Map<String, Shape> expected, UnaryOperator<String> rename,
            Function<Map<String, Origin>, T> use) {
        List<TensorFile> open = new ArrayList<>();
        try {
            Map<String, Origin> origins = new LinkedHashMap<>();
            Map<String, Shape> shapes = new LinkedHashMap<>();
            for (Path file : weightFiles(folder, base)) {
                TensorFile tensors = TensorFile.open(file);
                open.add(tensors);
                TensorFiles.shapes(tensors).forEach((theirs, shape) -> {
                    String ours = rename.apply(theirs);
                    if (ours != null && origins.put(ours, new Origin(tensors, theirs)) != null) {
                        throw new InputException("tensor '" + ours + "' is twice in " + folder);
                    }
                    if (ours != null) {
                        shapes.put(ours, shape);
                    }
                });
            }
            Parameters.requireShapes(folder.toString(), expected, shapes);
            return use.apply(origins);
        } finally {
            open.forEach(TensorFile::close);
        }
    }

    /**
     * The files of a folder's weights: one, or the shards of the index; single precision before half, safetensors before
     * torch's.
     */
    static List<Path> weightFiles(Path folder, String base) {
        String torch = base.startsWith("diffusion_") ? base : "pytorch_" + base; // as transformers calls it
        for (String variant : List.of("", ".fp16")) {
            for (String[] kind : new String[][] {{base, ".safetensors"}, {torch, ".bin"}}) {
                Path single = folder.resolve(kind[0] + variant + kind[1]);
                if (Files.exists(single)) {
                    return List.of(single);
                }
                for (String name : List.of(kind[0] + variant + kind[1] + ".index", kind[0] + kind[1] + ".index" + variant)) {
                    Path index = folder.resolve(name + ".json");
                    if (Files.exists(index)) {
                        return ShardedTensors.files(index);
                    }
                }
            }
        }
        throw new InputException("no weights in " + folder + ": expected " + base + ".safetensors, " + base
                + ".fp16.safetensors, " + base + ".safetensors.index.json or " + torch + ".bin");
    }

    /** A configuration as diffusers writes it, with the name of its class. */
    static ObjectNode named(String className, Object config) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("_class_name", className);
        tree.setAll((ObjectNode) Json.parse(className, Json.write(config)));
        return tree;
    }

    /** Writes a folder that {@link #load} reads; each file whole or not at all. */
    static void save(Path folder, String base, ObjectNode config, Parameters parameters) {
        TensorFiles.write(folder.resolve(base + ".safetensors"), parameters.all(), Map.of("format", "pt"));
        AtomicFiles.writeString(folder.resolve(CONFIG), Json.write(config));
    }
}
