package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.tensor.RandomStream;
import java.util.Arrays;

/**
 * Weights before any training: normal deviates with the deviations that OpenAI's code gives the text tower and the
 * projections, here for both towers; biases 0, normalizations 1 and 0, logit scale ln(1 / 0.07).
 */
final class InitialWeights {
    private InitialWeights() {}

    /**
     * The values of one tensor.
     *
     * @param width of the tower that the tensor belongs to
     * @param layers of this tower, of a ResNet those of its first stage
     */
    static float[] of(long seed, String name, Shape shape, int width, int layers) {
        int size = Math.toIntExact(shape.size());
        float[] values = new float[size];
        if (name.equals("logit_scale")) {
            values[0] = (float) Math.log(1 / 0.07);
            return values;
        }
        boolean norm = name.matches(".*(ln_\\w+|bn\\d|downsample\\.1)\\.weight") || name.endsWith("running_var");
        if (norm) {
            // the last normalization of a residual branch starts at zero
            Arrays.fill(values, name.endsWith("bn3.weight") && name.contains("layer") ? 0 : 1);
            return values;
        }
        if (name.contains("bias") || Trainable.isStatistic(name)) {
            return values;
        }
        return RandomStream.of(seed, "initial " + name).normals(size, deviation(name, shape, width, layers));
    }

    private static double deviation(String name, Shape shape, double width, double layers) {
        if (name.equals("token_embedding.weight")) {
            return 0.02;
        }
        if (name.equals("positional_embedding")) {
            return 0.01;
        }
        if (name.contains("attn.out_proj") || name.contains("mlp.c_proj")) {
            return Math.pow(width, -0.5) * Math.pow(2 * layers, -0.5);
        }
        if (name.contains("mlp.c_fc")) {
            return Math.pow(2 * width, -0.5);
        }
        if (name.contains("attnpool")) {
            return Math.pow(width * 32, -0.5);
        }
        if (name.contains("conv") || name.contains("downsample")) {
            return Math.sqrt(2.0 / (shape.size() / shape.get(0)));
        }
        return Math.pow(width, -0.5); // projections, attention, class token, positions
    }
}
