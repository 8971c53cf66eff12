package gift.mini;

import gift.mini.Noise.Field;
import gift.tensor.RandomStream;
import java.util.List;

/** Two-coloured patterns, as the share of the first colour at each place. */
final class Textures {
    static final List<String> NAMES = List.of("striped texture", "checkered texture", "dotted texture", "zigzag texture",
            "gridded texture", "spiral texture", "marbled texture", "woven texture", "bricked texture", "cracked texture");

    private static final int CELLS = 7; // of the cracked texture

    private Textures() {}

    /** Whether a pattern is known by its direction, so that it is turned only a little. */
    static boolean upright(String name) {
        return name.startsWith("bricked") || name.startsWith("woven");
    }

    /** @param f frequency: about so many repetitions from side to side, divided by 2 */
    static Field of(String name, double f, RandomStream random) {
        double pi = Math.PI;
        return switch (name.substring(0, name.indexOf(' '))) {
            case "striped" -> (x, y) -> soft(1.5 * sin(x * f * pi));
            case "checkered" -> (x, y) -> soft(4.5 * sin(x * f * 0.8 * pi) * sin(y * f * 0.8 * pi));
            case "dotted" -> (x, y) -> soft(6 * (0.3 - Shape.length(cell(x * f * 0.7), cell(y * f * 0.7))));
            case "zigzag" -> (x, y) -> soft(1.5 * sin((y + 0.7 * Math.abs(cell(x * f * 0.5))) * f * pi));
            case "gridded" -> (x, y) -> soft(9 * (Math.max(Math.abs(cell(x * f * 0.7)), Math.abs(cell(y * f * 0.7))) - 0.38));
            case "spiral" -> (x, y) -> soft(1.5 * sin(Shape.length(x, y) * f * 1.3 * pi - StrictMath.atan2(y, x)));
            case "marbled" -> marbled(f, random);
            case "woven" -> (x, y) -> woven(x * f, y * f);
            case "bricked" -> (x, y) -> bricked(x * f * 0.45, y * f * 0.8);
            case "cracked" -> cracked(random);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Field marbled(double f, RandomStream random) {
        Field coarse = Noise.field(random, 3);
        Field fine = Noise.field(random, 6);
        return (x, y) -> soft(1.5 * sin((x + 1.3 * coarse.at(x, y) + 0.6 * fine.at(x, y)) * f * Math.PI * 0.9));
    }

    /** Threads along x in every second square, along y in the others. */
    private static double woven(double u, double v) {
        boolean along = ((long) Math.floor(u) + (long) Math.floor(v)) % 2 == 0;
        return 0.9 * soft(1.8 * sin((along ? u : v) * 3 * Math.PI));
    }

    /** Rows, each shifted by half a brick. */
    private static double bricked(double u, double v) {
        double row = Math.floor(v);
        double shifted = u + (row % 2 == 0 ? 0 : 0.5);
        double across = 0.5 - Math.abs(cell(shifted));
        double up = 0.5 - Math.abs(cell(v));
        return soft(9 * (Math.min(across * 1.8, up) - 0.12));
    }

    /** Cracks where the two nearest of a few points are equally near. */
    private static Field cracked(RandomStream random) {
        double[] px = new double[CELLS];
        double[] py = new double[CELLS];
        for (int i = 0; i < CELLS; i++) {
            px[i] = Noise.uniform(random, -1.2, 1.2);
            py[i] = Noise.uniform(random, -1.2, 1.2);
        }
        return (x, y) -> {
            double first = 9;
            double second = 9;
            for (int i = 0; i < CELLS; i++) {
                double d = Shape.length(x - px[i], y - py[i]);
                second = Math.min(second, Math.max(first, d));
                first = Math.min(first, d);
            }
            return soft(8 * (second - first - 0.1));
        };
    }

    /** Distance to the middle of the unit cell, -1/2..1/2. */
    private static double cell(double t) {
        return t - Math.floor(t) - 0.5;
    }

    private static double soft(double value) {
        return Math.max(0, Math.min(1, 0.5 + value));
    }

    private static double sin(double angle) {
        return StrictMath.sin(angle);
    }
}
