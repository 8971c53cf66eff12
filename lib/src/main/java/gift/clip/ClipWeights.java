package gift.clip;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.ShardedTensors;
import gift.io.TensorFile;
import gift.tensor.Parameters;
import gift.tensor.TensorFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * CLIP as it is published: safetensors or torch's files ({@link TensorFile}), under OpenAI's names (OpenAI's archives,
 * checkpoints of continual learning) or under Hugging Face's.
 *
 * <p>The size comes from the file itself, else from the settings beside it (OpenAI's, Hugging Face's or open_clip's), else
 * from the shapes.
 */
public final class ClipWeights {
    /** Under which the size stands, as JSON, among the texts beside the tensors. */
    static final String CONFIG = "config";

    private static final List<String> FILES = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json", "model.fp16.safetensors",
            "model.safetensors.index.fp16.json", "pytorch_model.fp16.bin", "pytorch_model.bin.index.fp16.json",
            "open_clip_model.safetensors", "open_clip_pytorch_model.bin");

    private ClipWeights() {}

    /**
     * Reads a model.
     *
     * @param path a file or folder as for {@link #file}
     * @param parent on whose device the model computes; the caller closes the model
     * @throws InputException if the file is damaged, or listing missing, unexpected and misshapen tensors
     */
    public static Clip load(Path path, NDManager parent) {
        return load(path, parent, name -> false);
    }

    /**
     * Reads a model from a file that may hold more, such as an adapter or a classifier.
     *
     * @param path a file or folder as for {@link #file}
     * @param parent on whose device the model computes; the caller closes the model
     * @param welcome names of tensors that may be there beside the model's, which are not read; without the prefix that all
     *     names of a file share
     * @throws InputException as {@link #load(Path, NDManager)}, for unexpected tensors that are not welcome
     */
    public static Clip load(Path path, NDManager parent, Predicate<String> welcome) {
        Path file = file(path);
        try (ClipTensors tensors = ClipTensors.open(file)) {
            return load(file, tensors, config(file, tensors), parent, welcome);
        }
    }

    /** Reads a model of a given size, whatever lies beside the file. */
    public static Clip load(Path path, ClipConfig config, NDManager parent) {
        Path file = file(path);
        try (ClipTensors tensors = ClipTensors.open(file)) {
            return load(file, tensors, config, parent, name -> false);
        }
    }

    /**
     * The size of a model, after a look at names and shapes of all its tensors; no values are read.
     *
     * @param path a file or folder as for {@link #file}
     * @throws InputException as {@link #load}
     */
    public static ClipConfig check(Path path) {
        Path file = file(path);
        try (ClipTensors tensors = ClipTensors.open(file)) {
            ClipConfig config = config(file, tensors);
            Parameters.requireShapes(file.toString(), config.shapes(), tensors.shapes());
            return config;
        }
    }

    private static Clip load(
            Path file, ClipTensors tensors, ClipConfig config, NDManager parent, Predicate<String> welcome) {
        Map<String, Shape> shapes = config.shapes();
        Parameters.requireShapes(file.toString(), shapes, tensors.shapes(), welcome);
        return new Clip(config, Parameters.create(parent, shapes, (name, shape) -> {
            float[] values = tensors.values(name);
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    throw new InputException("tensor '" + name + "' of " + file + " holds " + value
                            + ": its training has diverged, or the file is damaged");
                }
            }
            return values;
        }));
    }

    /** Writes a model under OpenAI's names, with its size in the file's metadata. */
    public static void save(Path file, Clip model) {
        TensorFiles.write(file, model.parameters().all(), Map.of(CONFIG, Json.write(model.config())));
    }

    /**
     * The file of weights that a path means.
     *
     * @param path the file, or a folder with {@code model.safetensors} or {@code pytorch_model.bin}, either whole or in
     *     shards with an index, single precision before half, else with one file that ends in {@code .pt} or {@code .pth}
     * @return the file; of shards their index
     * @throws InputException if the folder has none
     */
    public static Path file(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        for (String name : FILES) {
            if (Files.exists(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        try (Stream<Path> files = Files.list(path)) {
            List<Path> torch = files.filter(file -> file.toString().matches("(?i).*\\.pth?")).toList();
            if (torch.size() == 1) {
                return torch.get(0);
            }
        } catch (IOException e) {
            throw new InputException("cannot read " + path + ": " + AtomicFiles.reason(e), e);
        }
        throw new InputException("no weights in " + path + ": expected model.safetensors, pytorch_model.bin or one .pt file");
    }

    /**
     * SHA-256 of the weights that a path means: that of the file; of shards that of the names and hashes of all of them.
     *
     * @throws InputException if there are none
     */
    public static String hash(Path path) {
        Path file = file(path);
        if (!ShardedTensors.isIndex(file)) {
            return Hashes.sha256(file);
        }
        StringBuilder listing = new StringBuilder();
        ShardedTensors.files(file).stream().sorted().forEach(shard ->
                listing.append(shard.getFileName()).append(' ').append(Hashes.sha256(shard)).append('\n'));
        return Hashes.sha256(listing.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The size of a model whose file says it, else that of the settings beside it, else that of the shapes. */
    static ClipConfig config(Path file, ClipTensors tensors) {
        String inside = tensors.file().metadata().get(CONFIG);
        if (inside != null && inside.contains("\"embed_dim\"")) { // other programs may use the name for their own
            return Json.convert(file + " (metadata)", Json.parse(file + " (metadata)", inside), ClipConfig.class);
        }
        return ClipSettings.beside(file, tensors);
    }
}
