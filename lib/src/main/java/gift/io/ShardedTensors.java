package gift.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model's tensors in several files beside an index, as transformers and diffusers write large ones: a JSON object whose
 * {@code weight_map} gives for each tensor the name of its file, all {@code .safetensors} or all {@code .bin}.
 */
public final class ShardedTensors implements TensorFile {
    private final Path index;
    private final List<TensorFile> files = new ArrayList<>();
    private final Map<String, TensorFile> places = new LinkedHashMap<>();
    private final Map<String, Tensor> entries = new LinkedHashMap<>();

    private ShardedTensors(Path index) {
        this.index = index;
    }

    /** Whether a file is an index by its name: {@code model.safetensors.index.json}, {@code ....index.fp16.json}. */
    public static boolean isIndex(Path file) {
        return file.toString().matches(".*\\.index(\\.\\w+)?\\.json");
    }

    /**
     * Opens all files of an index.
     *
     * @throws InputException if the index or a file is missing or damaged, or a tensor is in two of them
     */
    static ShardedTensors open(Path index) {
        ShardedTensors all = new ShardedTensors(index);
        try {
            files(index).forEach(all::add);
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void add(Path file) {
        TensorFile tensors = TensorFile.open(file);
        files.add(tensors);
        tensors.entries().forEach((name, entry) -> {
            if (places.put(name, tensors) != null) {
                throw new InputException("tensor '" + name + "' is twice in the files of " + index);
            }
            entries.put(name, entry);
        });
    }

    /**
     * The files of an index, each once.
     *
     * @throws InputException if the index is none, or a file is missing
     */
    public static List<Path> files(Path index) {
        JsonNode map = Json.pythonTree(index).path("weight_map");
        Set<String> names = new LinkedHashSet<>();
        map.forEach(name -> names.add(name.asText()));
        String ending = index.getFileName().toString().contains(".safetensors") ? ".safetensors" : ".bin";
        if (names.isEmpty() || names.stream().anyMatch(name -> !name.matches("[\\w.-]+") || !name.endsWith(ending))) {
            throw new InputException(index + ": 'weight_map' must say for each tensor which " + ending
                    + " file beside it has it");
        }
        List<String> missing = names.stream().filter(name -> !Files.exists(index.resolveSibling(name))).toList();
        if (!missing.isEmpty()) {
            throw new InputException(missing.size() + " of the " + names.size() + " weight files that " + index
                    + " lists are missing: " + String.join(", ", missing));
        }
        return names.stream().map(index::resolveSibling).toList();
    }

    @Override
    public Map<String, ? extends Tensor> entries() {
        return Collections.unmodifiableMap(entries);
    }

    /** None: what the files say beside their tensors is the same for every model. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor entry(String name) {
        return place(name).entry(name);
    }

    @Override
    public float[] floats(String name) {
        return place(name).floats(name);
    }

    @Override
    public double[] doubles(String name) {
        return place(name).doubles(name);
    }

    @Override
    public long[] longs(String name) {
        return place(name).longs(name);
    }

    private TensorFile place(String name) {
        TensorFile file = places.get(name);
        if (file == null) {
            throw new InputException("no tensor '" + name + "' in the files of " + index);
        }
        return file;
    }

    @Override
    public void close() {
        files.forEach(TensorFile::close);
    }
}
