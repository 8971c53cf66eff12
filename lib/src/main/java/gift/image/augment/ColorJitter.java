package gift.image.augment;

import gift.image.Image;
import java.util.random.RandomGenerator;

/**
 * torchvision's {@code ColorJitter}: four changes of colour by random factors in random order.
 *
 * @param brightness the factor is uniform in [1 - brightness, 1 + brightness]
 * @param contrast so is that of contrast
 * @param saturation and that of saturation
 * @param hue the turn is uniform in [-hue, hue], a share of the circle
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) {
    /** Of ImagineFSL. */
    public static final ColorJitter PUBLISHED = new ColorJitter(0.4, 0.4, 0.2, 0.1);

    /** Draws the order, then the four factors, then changes the image. */
    public Image apply(Image image, RandomGenerator random) {
        int[] order = {0, 1, 2, 3};
        for (int i = 3; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        double[] factors = {around(1, brightness, random), around(1, contrast, random), around(1, saturation, random),
            around(0, hue, random)};
        Image changed = image;
        for (int which : order) {
            changed = switch (which) {
                case 0 -> Colors.brightness(changed, factors[0]);
                case 1 -> Colors.contrast(changed, factors[1]);
                case 2 -> Colors.saturation(changed, factors[2]);
                default -> Colors.hue(changed, factors[3]);
            };
        }
        return changed;
    }

    private static double around(double middle, double range, RandomGenerator random) {
        double least = middle == 1 ? Math.max(0, middle - range) : middle - range;
        return least + (middle + range - least) * random.nextDouble();
    }
}
