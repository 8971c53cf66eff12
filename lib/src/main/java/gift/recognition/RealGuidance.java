package gift.recognition;

import gift.io.InputException;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much of a real image real guidance leaves (He et al. 2023): it is noised to the index n - 1 of a schedule of 100 steps
 * and denoised from there, with n of the table below.
 */
public final class RealGuidance {
    /** Steps of the published schedule. */
    public static final int STEPS = 100;
    /** Published number of images of a class, over all of its real images. */
    public static final int IMAGES_PER_CLASS = 800;

    private static final TreeMap<Integer, Integer> KEPT = new TreeMap<>(Map.of(16, 15, 8, 20, 4, 35, 2, 40, 1, 50));

    private RealGuidance() {}

    /** The published n for so many real images a class: 15, 20, 35, 40, 50 for 16, 8, 4, 2, 1. */
    public static int steps(int shots) {
        Integer n = KEPT.get(shots);
        if (n == null) {
            throw new InputException("real guidance is published for " + KEPT.keySet() + " real images a class, not " + shots
                    + ": give \"strength\", the share of the way that an image is noised");
        }
        return n;
    }

    /** The share of the way, n / 100: the strength of image to image with any number of steps. */
    public static double strength(int shots) {
        return (double) steps(shots) / STEPS;
    }

    /** Images drawn from each real one, so that a class gets {@code perClass}; at least one. */
    public static int copies(int perClass, int shots) {
        return Math.max(1, perClass / shots);
    }
}
