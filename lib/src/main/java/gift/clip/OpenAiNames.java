package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import java.util.Map;

/**
 * A CLIP under OpenAI's names, as published: OpenAI's archives carry three integers beside the weights. Names are without prefix ({@link PrefixedTensors}).
 */
final class OpenAiNames extends RenamedTensors {
    private static final String NO_WEIGHT = "(input_resolution|context_length|vocab_size)_?";


    OpenAiNames(TensorFile tensors, Map<String, Shape> theirs) {
        super(tensors);
        theirs.forEach((name, shape) -> {
            if (!name.matches(NO_WEIGHT)) {
                put(name, shape);
            }
        });
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
