package gift.mini;

import gift.tensor.RandomStream;

/** Cheap random numbers for pixels. */
final class Noise {
    private static final double SCALE = Math.sqrt(3) / 65536; // four 16-bit numbers to deviation 1

    private Noise() {}

    /** About normal, mean 0 and deviation 1: the sum of four uniform numbers, all from one draw. */
    static double bell(RandomStream random) {
        long bits = random.nextLong();
        long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
        return (sum - 2 * 65535) * SCALE;
    }

    static double uniform(RandomStream random, double from, double to) {
        return from + (to - from) * random.nextDouble();
    }

    /** Smooth random values 0..1 over -1..1 squared: {@code n} cells a side, each pixel between four random values. */
    static Field field(RandomStream random, int n) {
        double[] values = new double[(n + 1) * (n + 1)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble();
        }
        return (x, y) -> {
            double u = Math.max(0, Math.min((x + 1) / 2 * n, n - 1e-9));
            double v = Math.max(0, Math.min((y + 1) / 2 * n, n - 1e-9));
            int i = (int) u;
            int j = (int) v;
            double fu = smooth(u - i);
            double fv = smooth(v - j);
            int o = j * (n + 1) + i;
            double top = values[o] + fu * (values[o + 1] - values[o]);
            double bottom = values[o + n + 1] + fu * (values[o + n + 2] - values[o + n + 1]);
            return top + fv * (bottom - top);
        };
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    /** A value at each place of the image. */
    @FunctionalInterface
    interface Field {
        double at(double x, double y);
    }
}
