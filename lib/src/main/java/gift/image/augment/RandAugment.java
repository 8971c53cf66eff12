package gift.image.augment;

import gift.image.Image;
import java.util.random.RandomGenerator;

/**
 * RandAugment (Cubuk et al. 2020) with the limits of ImagineFSL, which shears by at most 0.1 in place of 0.3 and turns by at
 * most 5 degrees in place of 30: some random operations, all of one magnitude.
 *
 * @param operations how many, one after the other; the same may come twice
 * @param magnitude of 30
 */
public record RandAugment(int operations, int magnitude) {
    /** Of ImagineFSL. */
    public static final RandAugment PUBLISHED = new RandAugment(2, 9);

    private static final double LARGEST = 30;
    private static final double SHEAR = 0.1;
    private static final double DEGREES = 5;
    private static final double MOVE = 150.0 / 331; // of a side
    private static final double COLOR = 0.9;

    /** What may be done. */
    public enum Operation {
        IDENTITY, SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y, ROTATE, BRIGHTNESS, COLOR, CONTRAST, SHARPNESS, POSTERIZE, SOLARIZE,
        AUTO_CONTRAST, EQUALIZE;

        /** Whether its magnitude may be negative. */
        boolean signed() {
            return ordinal() >= SHEAR_X.ordinal() && ordinal() <= SHARPNESS.ordinal();
        }
    }

    public RandAugment {
        if (operations < 0 || magnitude < 0 || magnitude > LARGEST) {
            throw new IllegalArgumentException(operations + " operations of magnitude " + magnitude + " of 30");
        }
    }

    /** Draws, an operation: which one, and where it may be negative its sign. */
    public Image apply(Image image, RandomGenerator random) {
        Image changed = image;
        for (int i = 0; i < operations; i++) {
            Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
            boolean negative = operation.signed() && random.nextInt(2) == 1;
            changed = apply(changed, operation, negative);
        }
        return changed;
    }

    /** One operation of the magnitude. */
    public Image apply(Image image, Operation operation, boolean negative) {
        double size = (negative ? -1 : 1) * magnitude / LARGEST;
        return switch (operation) {
            case IDENTITY -> image;
            case SHEAR_X -> Geometry.shearX(image, SHEAR * size);
            case SHEAR_Y -> Geometry.shearY(image, SHEAR * size);
            case TRANSLATE_X -> Geometry.translate(image, (int) (MOVE * image.width() * size), 0);
            case TRANSLATE_Y -> Geometry.translate(image, 0, (int) (MOVE * image.height() * size));
            case ROTATE -> Geometry.rotate(image, DEGREES * size);
            case BRIGHTNESS -> Colors.brightness(image, 1 + COLOR * size);
            case COLOR -> Colors.saturation(image, 1 + COLOR * size);
            case CONTRAST -> Colors.contrast(image, 1 + COLOR * size);
            case SHARPNESS -> Colors.sharpness(image, 1 + COLOR * size);
            case POSTERIZE -> Colors.posterize(image, 8 - (int) Math.rint(magnitude / (LARGEST / 4)));
            case SOLARIZE -> Colors.solarize(image, 255 - 255 * size);
            case AUTO_CONTRAST -> Colors.autoContrast(image);
            case EQUALIZE -> Colors.equalize(image);
        };
    }
}
