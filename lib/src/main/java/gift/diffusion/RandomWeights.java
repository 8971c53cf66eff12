package gift.diffusion;

import ai.djl.ndarray.types.Shape;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import java.util.Arrays;
import java.util.Map;

/** Values to start training from. */
final class RandomWeights {
    private RandomWeights() {}

    /**
     * PyTorch's initialization of linear layers and convolutions, which diffusers keeps: weights and biases uniform in
     * +- 1 / sqrt(inputs of one output). Normalizations start at 1 and 0.
     */
    static Parameters.Filler pytorch(Map<String, Shape> shapes, long seed) {
        return (name, shape) -> {
            boolean bias = name.endsWith(".bias");
            Shape weight = bias ? shapes.get(name.substring(0, name.length() - "bias".length()) + "weight") : shape;
            float[] values = new float[Math.toIntExact(shape.size())];
            if (weight.dimension() == 1) {
                Arrays.fill(values, bias ? 0 : 1);
                return values;
            }
            float bound = (float) Math.sqrt(weight.get(0) / (double) weight.size());
            RandomStream random = RandomStream.of(seed, "initial " + name);
            for (int i = 0; i < values.length; i++) {
                values[i] = bound * (2 * random.nextFloat() - 1);
            }
            return values;
        };
    }
}
