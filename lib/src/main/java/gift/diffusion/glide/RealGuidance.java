package gift.diffusion.glide;

import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Real guidance (He et al. 2023, section 3.3): a real image, noised part of the way, takes the place of the noise that sampling
 * starts from. With few shots more of it is noised away.
 */
public final class RealGuidance {
    /** Timesteps kept of the schedule that the numbers below count in. */
    public static final int STEPS = 100;

    private static final Map<Integer, Integer> BY_SHOTS = new TreeMap<>(Map.of(16, 15, 8, 20, 4, 35, 2, 40, 1, 50));
    private static final int GENERATED = 800; // images of a class

    private RealGuidance() {}

    /**
     * How many of 100 steps are taken from a real image, as published: 15, 20, 35, 40 and 50 for 16, 8, 4, 2 and 1 shots. The
     * image is noised to timestep number n - 1 of those kept.
     *
     * @param shots real images a class
     * @throws InputException for another number
     */
    public static int steps(int shots) {
        if (!BY_SHOTS.containsKey(shots)) {
            throw new InputException("shots " + shots + ": real guidance is published for " + BY_SHOTS.keySet().toString()
                    .replaceAll("[\\[\\]]", "") + " real images a class; give the number of steps for another");
        }
        return BY_SHOTS.get(shots);
    }

    /** How many images are drawn from each real one, as published: 800 / shots. */
    public static int copies(int shots) {
        return GENERATED / shots;
    }

    /**
     * A guide as the base network takes it: the shorter side resized (bicubic), and of that the middle square. (The published
     * code takes the whole, which the networks take only where sides are multiples of 8, and squeezes it into a square when it
     * enlarges.)
     *
     * @param side pixels of a side
     */
    static Image guide(Image image, int side) {
        return Preprocess.evaluation(image, side);
    }
}
