package gift.image;

import java.util.List;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * From images to CLIP's input, as torchvision's transforms on PIL images do it.
 *
 * <p>Evaluation and synthetic images: shorter side to 224 (bicubic), centre crop 224 x 224. Training: a random crop of
 * 0.9 to 1.0 of the area, resized to 224 x 224. Both then {@link #normalize}. Images are RGB from the start; the
 * published code converts palette, alpha and CMYK images only after resizing, which gives slightly other pixels.
 */
public final class Preprocess {
    /** Mean of red, green and blue over CLIP's training images, in 0..1. */
    public static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    /** Standard deviation of red, green and blue over CLIP's training images, in 0..1. */
    public static final float[] STD = {0.26862954f, 0.26130258f, 0.27577711f};

    /** GIFT's random crop keeps at least this share of the area. */
    public static final double CROP_MIN_SCALE = 0.9;
    /** Its width over height is at least this, and at most the inverse. */
    public static final double CROP_MIN_RATIO = 3.0 / 4.0;

    private static final int CROP_TRIES = 10;

    private Preprocess() {}

    /** A rectangle of an image, in pixels. */
    public record Box(int top, int left, int height, int width) {}

    /** The image at another size: bicubic with antialiasing, equal to Pillow's to the last bit. */
    public static Image resize(Image image, int width, int height) {
        return Resampling.resize(image, width, height);
    }

    /** Resizes so that the shorter side is {@code size}; the longer becomes {@code floor(size * longer / shorter)}. */
    public static Image resizeShorterSide(Image image, int size) {
        long w = image.width();
        long h = image.height();
        return w <= h
                ? resize(image, size, Math.toIntExact(size * h / w))
                : resize(image, Math.toIntExact(size * w / h), size);
    }

    /**
     * The pixels of a rectangle.
     *
     * @throws IllegalArgumentException if it is empty or reaches over the edge
     */
    public static Image crop(Image image, int top, int left, int height, int width) {
        requireInside(image, top, left, height, width);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * ((top + y) * image.width() + left), rgb, 3 * y * width, 3 * width);
        }
        return new Image(width, height, rgb);
    }

    private static void requireInside(Image image, int top, int left, int height, int width) {
        if (top < 0 || left < 0 || height < 1 || width < 1
                || (long) top + height > image.height() || (long) left + width > image.width()) {
            throw new IllegalArgumentException("a crop of " + width + " x " + height + " at column " + left + ", row " + top
                    + " does not lie in an image of " + image.width() + " x " + image.height());
        }
    }

    /**
     * The square of {@code size} in the middle. The offset is half the surplus, a half rounding to the even number; a
     * smaller image is first surrounded with black, of an odd lack one more pixel at right and bottom.
     */
    public static Image centerCrop(Image image, int size) {
        Image padded = pad(image, Math.max(size, image.width()), Math.max(size, image.height()));
        int top = (int) Math.rint((padded.height() - size) / 2.0);
        int left = (int) Math.rint((padded.width() - size) / 2.0);
        return crop(padded, top, left, size, size);
    }

    /** A rectangle of the image, resized to {@code size} x {@code size}. */
    public static Image resizedCrop(Image image, Box box, int size) {
        requireInside(image, box.top(), box.left(), box.height(), box.width());
        return Resampling.resize(image, box.top(), box.left(), box.height(), box.width(), size, size);
    }

    /** {@link #randomBox} with GIFT's bounds, resized to {@code size} x {@code size}: the training transform. */
    public static Image randomResizedCrop(Image image, int size, RandomGenerator random) {
        Box box = randomBox(image.width(), image.height(), CROP_MIN_SCALE, 1, CROP_MIN_RATIO, 1 / CROP_MIN_RATIO, random);
        return resizedCrop(image, box, size);
    }

    /**
     * The rectangle of torchvision's {@code RandomResizedCrop}: area a uniform share of the image's, ratio of width to
     * height uniform in its logarithm, place uniform. If ten tries do not fit into the image, the largest centred
     * rectangle within the bounds of the ratio. Draws, a try: share, ratio, and if it fits row and column.
     */
    public static Box randomBox(int width, int height, double minScale, double maxScale, double minRatio, double maxRatio,
            RandomGenerator random) {
        double area = (double) width * height;
        for (int i = 0; i < CROP_TRIES; i++) {
            double target = area * (minScale + (maxScale - minScale) * random.nextDouble());
            double logRatio = Math.log(minRatio) + (Math.log(maxRatio) - Math.log(minRatio)) * random.nextDouble();
            double ratio = Math.exp(logRatio);
            int w = (int) Math.rint(Math.sqrt(target * ratio));
            int h = (int) Math.rint(Math.sqrt(target / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height) {
                return new Box(random.nextInt(height - h + 1), random.nextInt(width - w + 1), h, w);
            }
        }
        double ratio = (double) width / height;
        int w = ratio > maxRatio ? (int) Math.rint(height * maxRatio) : width;
        int h = ratio < minRatio ? (int) Math.rint(width / minRatio) : height;
        return new Box((height - h) / 2, (width - w) / 2, h, w);
    }

    /** The evaluation transform up to {@link #normalize}: shorter side to {@code size}, centre crop. */
    public static Image evaluation(Image image, int size) {
        return centerCrop(resizeShorterSide(image, size), size);
    }

    /**
     * The input of the image tower: the evaluation transform of each image, normalized.
     *
     * @param size pixels of a side, the model's resolution
     * @return (images, 3, size, size), flat
     */
    public static float[] batch(List<Image> images, int size) {
        return pack(images.size(), i -> normalize(evaluation(images.get(i), size)));
    }

    /**
     * Images of one size, one after the other.
     *
     * @param count B
     * @param image the values of an image, (3, H, W), flat, by its place in the batch
     * @return (B, 3, H, W), flat
     */
    public static float[] pack(int count, IntFunction<float[]> image) {
        float[] all = new float[0];
        for (int i = 0; i < count; i++) {
            float[] one = image.apply(i);
            all = i == 0 ? new float[Math.multiplyExact(count, one.length)] : all;
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    /** {@link #normalize(Image, float[], float[])} with CLIP's {@link #MEAN} and {@link #STD}. */
    public static float[] normalize(Image image) {
        return normalize(image, MEAN, STD);
    }

    /**
     * {@code (value / 255 - mean) / std} for each channel, in float32 as PyTorch computes it.
     *
     * @param mean of red, green, blue, in 0..1
     * @param std of red, green, blue, in 0..1
     * @return (3, height, width), row by row
     */
    public static float[] normalize(Image image, float[] mean, float[] std) {
        int plane = image.width() * image.height();
        float[] result = new float[Math.multiplyExact(3, plane)]; // (3, H, W)
        byte[] rgb = image.rgb();
        for (int c = 0; c < 3; c++) {
            float[] table = new float[256]; // a byte has few values: divide once for each
            for (int v = 0; v < 256; v++) {
                table[v] = (v / 255f - mean[c]) / std[c];
            }
            for (int i = 0, o = c * plane; i < plane; i++, o++) {
                result[o] = table[rgb[3 * i + c] & 0xff];
            }
        }
        return result;
    }

    private static Image pad(Image image, int width, int height) {
        if (width == image.width() && height == image.height()) {
            return image;
        }
        int left = (width - image.width()) / 2;
        int top = (height - image.height()) / 2;
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.rgb(), 3 * y * image.width(), rgb, 3 * ((top + y) * width + left), 3 * image.width());
        }
        return new Image(width, height, rgb);
    }
}
