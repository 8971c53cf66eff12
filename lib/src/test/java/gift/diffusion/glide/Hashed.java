package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Weights, inputs and noise by a formula, which the reference values were computed with, too. */
final class Hashed {
    private static final long LOW = 0xffffffffL;

    private Hashed() {}

    /** Uniform in -1 .. 1. */
    private static double uniform(long crc, int i) {
        long u = (i + 1) * 2654435761L + crc & LOW;
        u ^= u >>> 15;
        u = u * 2246822519L & LOW;
        u ^= u >>> 13;
        return u / (double) (1L << 31) - 1;
    }

    private static long crc(String name) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    /** The values of a tensor of a network. */
    static float[] weight(String name, Shape shape) {
        long crc = crc(name);
        float[] values = new float[Math.toIntExact(shape.size())];
        double scale = Math.sqrt(3 / (shape.size() / (double) shape.get(0)));
        boolean norm = shape.dimension() == 1 && name.endsWith("weight");
        for (int i = 0; i < values.length; i++) {
            double u = uniform(crc, i);
            values[i] = (float) (norm ? 1 + 0.1 * u : shape.dimension() == 1 ? 0.1 * u : u * scale);
        }
        return values;
    }

    /** Values of mean 0 and deviation 1. */
    static NDArray unit(NDManager manager, String name, long... shape) {
        long crc = crc(name);
        Shape s = new Shape(shape);
        float[] values = new float[Math.toIntExact(s.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (uniform(crc, i) * Math.sqrt(3));
        }
        return manager.create(values, s);
    }
}
