package gift.imagine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.TensorFile;
import gift.tensor.Parameters;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What pretraining leaves: the teacher's tensors, of which tuning takes the adapter. Reads files of {@link
 * ImaginePretraining} and those of the published code, whose tensors are the same under names with more in front: {@code
 * teacher.adapter.blocks...} of a pretraining, {@code adapter.blocks...} of a tuning, {@code model.}, {@code module.} and
 * FSDP's words between them. Of student and teacher the teacher counts. Nothing in a file is run.
 *
 * @param config the size of the adapter
 * @param parameters its tensors, whose names begin with "adapter."; to be closed
 */
public record PretrainedAdapter(AdapterConfig config, Parameters parameters) implements AutoCloseable {
    private static final String TEACHER = "teacher.";
    private static final String STUDENT = "student.";
    private static final Pattern WRAPPERS =
            Pattern.compile("(model|module|_fsdp_wrapped_module|_orig_mod|_checkpoint_wrapped_module)\\.");
    private static final Pattern BLOCK = Pattern.compile("(?:adapter\\.)?blocks\\.(\\d+)\\..*");
    private static final int HEAD_WIDTH = 64; // in both published sizes

    /**
     * Reads the adapter of a file.
     *
     * @param heads attention heads; 0 for heads of 64 values, as in the published sizes
     * @throws InputException if the file holds none, or tensors are missing or have another shape
     */
    public static PretrainedAdapter load(Path file, int heads, NDManager parent) {
        try (TensorFile tensors = TensorFile.open(file)) {
            Map<String, String> names = names(tensors); // in the file, by ours
            Map<String, Shape> shapes = TensorFiles.shapes(tensors);
            Map<String, Shape> found = new LinkedHashMap<>();
            names.forEach((ours, theirs) -> {
                if (ours.startsWith(ImagineConfig.ADAPTER)) {
                    found.put(ours, shapes.get(theirs));
                }
            });
            AdapterConfig config = size(file, found, heads);
            Map<String, Shape> expected = new LinkedHashMap<>();
            config.shapes(expected, ImagineConfig.ADAPTER);
            Parameters.requireShapes(file.toString(), expected, found);
            requireUnitPrototypes(file, tensors, names);
            return new PretrainedAdapter(config, Parameters.create(parent, expected,
                    (name, shape) -> finite(file, name, tensors.floats(names.get(name)))));
        }
    }

    /** @throws InputException if the tokens of the tower have another width */
    public PretrainedAdapter requireWidth(String source, int dimension) {
        InputException.require(config.width() == dimension, source + " is an adapter for tokens of width " + config.width()
                + ", and the CLIP gives tokens of width " + dimension + ": take the CLIP that it was pretrained on");
        return this;
    }

    /** The names of the file by ours: those of the teacher, where there is one, without what wraps them. */
    private static Map<String, String> names(TensorFile tensors) {
        Map<String, String> bare = new LinkedHashMap<>();
        tensors.entries().keySet().forEach(name -> bare.put(name, WRAPPERS.matcher(name).replaceAll("")));
        boolean teacher = bare.values().stream().anyMatch(name -> name.startsWith(TEACHER));
        Map<String, String> names = new LinkedHashMap<>();
        bare.forEach((theirs, name) -> {
            String ours = name;
            if (teacher) {
                if (!name.startsWith(TEACHER)) {
                    return;
                }
                ours = name.substring(TEACHER.length());
            } else if (name.startsWith(STUDENT)) {
                ours = name.substring(STUDENT.length());
            }
            names.put(BLOCK.matcher(ours).matches() && !ours.startsWith(ImagineConfig.ADAPTER)
                    ? ImagineConfig.ADAPTER + ours : ours, theirs);
        });
        return names;
    }

    /** The size that the shapes tell. */
    private static AdapterConfig size(Path file, Map<String, Shape> found, int heads) {
        int blocks = 0;
        for (String name : found.keySet()) {
            Matcher block = BLOCK.matcher(name);
            if (block.matches()) {
                blocks = Math.max(blocks, Integer.parseInt(block.group(1)) + 1);
            }
        }
        Shape qkv = found.get(ImagineConfig.ADAPTER + "blocks.0.attn.qkv.weight");
        Shape hidden = found.get(ImagineConfig.ADAPTER + "blocks.0.mlp.fc1.weight");
        InputException.require(qkv != null && hidden != null && qkv.dimension() == 2 && hidden.dimension() == 2
                && qkv.get(0) % 3 == 0 && qkv.get(1) > 0, file + " holds no adapter: no tensors"
                + " adapter.blocks.0.attn.qkv.weight (3 A, D) and adapter.blocks.0.mlp.fc1.weight");
        int width = Math.toIntExact(qkv.get(1));
        int attention = Math.toIntExact(qkv.get(0) / 3);
        int count = heads > 0 ? heads : attention / HEAD_WIDTH;
        InputException.require(count > 0 && attention % count == 0, file + ": attention of width " + attention
                + " does not divide into " + (heads > 0 ? heads + " heads" : "heads of " + HEAD_WIDTH)
                + ": name the number of heads");
        return new AdapterConfig(width, attention, blocks, count, Math.toIntExact(hidden.get(0) / width));
    }

    /** The lengths of prototypes, where a file has them, are 1 in all that was trained with the published code. */
    private static void requireUnitPrototypes(Path file, TensorFile tensors, Map<String, String> names) {
        names.forEach((ours, theirs) -> {
            if (ours.endsWith(PrototypeHead.LENGTHS)) {
                for (float length : tensors.floats(theirs)) {
                    InputException.require(Math.abs(length - 1) <= 1e-6, "tensor '" + theirs + "' of " + file + " holds "
                            + length + ": the lengths of prototypes are fixed at 1");
                }
            }
        });
    }

    private static float[] finite(Path file, String name, float[] values) {
        for (float value : values) {
            InputException.require(Float.isFinite(value), "tensor '" + name + "' of " + file + " holds " + value
                    + ": its training has diverged, or the file is damaged");
        }
        return values;
    }

    /**
     * One linear head that the published tuning saved: {@code weight} (C, D) and, without low-rank weights, {@code bias}, also
     * under {@code linear.} or {@code model.}.
     *
     * @param weight (C, D), flat
     * @param bias (C), or null
     * @param classes C
     */
    public record Head(float[] weight, float[] bias, int classes) {}

    /**
     * Reads a head.
     *
     * @param width D
     * @throws InputException if the file holds no linear layer of this width
     */
    public static Head head(Path file, int width) {
        try (TensorFile tensors = TensorFile.open(file)) {
            String weight = null;
            String bias = null;
            for (String name : tensors.entries().keySet()) {
                switch (WRAPPERS.matcher(name).replaceAll("").replace("linear.", "")) {
                    case "weight" -> weight = name;
                    case "bias" -> bias = name;
                    default -> { }
                }
            }
            InputException.require(weight != null && tensors.entry(weight).shape().length == 2
                    && tensors.entry(weight).shape()[1] == width, file + " holds no head for features of width " + width
                    + (weight == null ? ": no tensor weight" : ": its weight is " + tensors.entry(weight)));
            int classes = Math.toIntExact(tensors.entry(weight).shape()[0]);
            InputException.require(bias == null || tensors.entry(bias).elements() == classes,
                    file + ": the bias is " + (bias == null ? "" : tensors.entry(bias)) + ", not one value for each of the "
                    + classes + " classes");
            return new Head(finite(file, weight, tensors.floats(weight)),
                    bias == null ? null : finite(file, bias, tensors.floats(bias)), classes);
        }
    }

    @Override
    public void close() {
        parameters.close();
    }
}
