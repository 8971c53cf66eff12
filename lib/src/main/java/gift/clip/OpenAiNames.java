package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A CLIP under OpenAI's names, as published: OpenAI's archives carry three integers beside the weights, and some
 * programs store the logit scale as a list of one number. Names are without prefix ({@link PrefixedTensors}).
 */
final class OpenAiNames implements ClipTensors {
    private static final String NO_WEIGHT = "(input_resolution|context_length|vocab_size)_?";

    private final TensorFile tensors;
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    OpenAiNames(TensorFile tensors, Map<String, Shape> theirs) {
        this.tensors = tensors;
        theirs.forEach((name, shape) -> {
            if (!name.matches(NO_WEIGHT)) {
                shapes.put(name, name.equals("logit_scale") && shape.equals(new Shape(1)) ? new Shape() : shape);
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
        return tensors.entry(name).dtype();
    }

    @Override
    public float[] values(String name) {
        if (dtype(name) != DType.I64) {
            return tensors.floats(name);
        }
        long[] counts = tensors.longs(name); // of batch normalization
        float[] values = new float[counts.length];
        for (int i = 0; i < counts.length; i++) {
            values[i] = counts[i];
        }
        return values;
    }
}
