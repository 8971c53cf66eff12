package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A CLIP under OpenAI's names, as published: checkpoints of models that were trained on several GPUs have {@code module.}
 * before every name, and OpenAI's archives carry three integers beside the weights.
 */
final class OpenAiNames implements ClipTensors {
    private static final String PARALLEL = "module.";
    private static final String NO_WEIGHT = "(input_resolution|context_length|vocab_size)_?";

    private final TensorFile tensors;
    private final String prefix;
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    OpenAiNames(TensorFile tensors, Map<String, Shape> theirs) {
        this.tensors = tensors;
        this.prefix = theirs.keySet().stream().allMatch(name -> name.startsWith(PARALLEL)) ? PARALLEL : "";
        theirs.forEach((name, shape) -> {
            String ours = name.substring(prefix.length());
            if (!ours.matches(NO_WEIGHT)) {
                shapes.put(ours, shape);
            }
        });
    }

    @Override
    public Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public TensorFile file() {
        return tensors;
    }

    @Override
    public DType dtype(String name) {
        return tensors.entry(prefix + name).dtype();
    }

    @Override
    public float[] values(String name) {
        if (dtype(name) != DType.I64) {
            return tensors.floats(prefix + name);
        }
        long[] counts = tensors.longs(prefix + name); // of batch normalization
        float[] values = new float[counts.length];
        for (int i = 0; i < counts.length; i++) {
            values[i] = counts[i];
        }
        return values;
    }
}
