package gift.image.augment;

import gift.image.Image;
import gift.image.Preprocess;
import java.util.random.RandomGenerator;

/**
 * The published chains of random changes of ImagineFSL (Yang et al. 2025), from an image of any size to a square one. The
 * caller gives a stream of its own for each image and update, so that no draw depends on another image.
 *
 * @param size pixels of a side of the result
 */
public record ViewAugmentation(int size) {
    private static final double VIEW_AREA = 0.32;
    private static final double FEW_SHOT_AREA = 0.08;
    private static final double FLIP = 0.5;
    private static final double JITTER = 0.8;
    private static final double GREY = 0.2;
    private static final double LEAST_BLUR = 0.1;
    private static final double MOST_BLUR = 2;
    private static final double SECOND_BLUR = 0.1;
    private static final double SECOND_SOLARIZE = 0.2;
    private static final int THRESHOLD = 128;
    private static final double FEW_SHOT_BLUR = 0.2;
    private static final double LOCAL_BLUR = 0.5;

    /** The first view of pretraining: crop of .32 to 1 of the area, flip, color jitter, grey, always blurred. */
    public Image first(Image image, RandomGenerator random) {
        return blur(colors(crop(image, VIEW_AREA, random), random), 1, random);
    }

    /** The second view: as the first, but blurred with probability .1 and solarized with .2. */
    public Image second(Image image, RandomGenerator random) {
        Image view = blur(colors(crop(image, VIEW_AREA, random), random), SECOND_BLUR, random);
        return random.nextDouble() < SECOND_SOLARIZE ? Colors.solarize(view, THRESHOLD) : view;
    }

    /**
     * A local view of DINO (Caron et al. 2021): crop of a small share of the area, flip, color jitter, grey, blur with
     * probability .5. Of the same size as the others; published are 96 pixels beside 224.
     *
     * @param least share of the area, published .05
     * @param most share of the area, published .4
     */
    public Image local(Image image, double least, double most, RandomGenerator random) {
        return blur(colors(crop(image, least, most, random), random), LOCAL_BLUR, random);
    }

    /** Of few-shot tuning: crop of .08 to 1 of the area, flip, {@link RandAugment}, color jitter, grey, blur with .2. */
    public Image fewShot(Image image, RandomGenerator random) {
        Image view = RandAugment.PUBLISHED.apply(crop(image, FEW_SHOT_AREA, random), random);
        return blur(colors(view, random), FEW_SHOT_BLUR, random);
    }

    /**
     * Which two of a group's images become the two views.
     *
     * @param count images of the group, at least 2
     * @return two different numbers from 0, every ordered pair as likely
     */
    public static int[] twoOf(int count, RandomGenerator random) {
        int first = random.nextInt(count);
        int second = random.nextInt(count - 1);
        return new int[] {first, second < first ? second : second + 1};
    }

    private Image crop(Image image, double area, RandomGenerator random) {
        return crop(image, area, 1, random);
    }

    private Image crop(Image image, double least, double most, RandomGenerator random) {
        Preprocess.Box box = Preprocess.randomBox(image.width(), image.height(), least, most, Preprocess.CROP_MIN_RATIO,
                1 / Preprocess.CROP_MIN_RATIO, random);
        Image crop = Preprocess.resizedCrop(image, box, size);
        return random.nextDouble() < FLIP ? Geometry.flip(crop) : crop;
    }

    private static Image colors(Image image, RandomGenerator random) {
        Image changed = random.nextDouble() < JITTER ? ColorJitter.PUBLISHED.apply(image, random) : image;
        return random.nextDouble() < GREY ? Colors.grey(changed) : changed;
    }

    private static Image blur(Image image, double probability, RandomGenerator random) {
        return random.nextDouble() >= probability ? image
                : Blur.gaussian(image, LEAST_BLUR + (MOST_BLUR - LEAST_BLUR) * random.nextDouble());
    }
}
