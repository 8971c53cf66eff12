package gift.image.augment;

import gift.image.Image;
import java.util.Arrays;

/** Changes of colours as torchvision makes them on images of the Python Imaging Library, to the last bit. */
public final class Colors {
    private Colors() {}

    /** All values times {@code factor}: 0 is black, 1 leaves them. */
    public static Image brightness(Image image, double factor) {
        return Pixels.blend(new Image(image.width(), image.height(), new byte[image.rgb().length]), image, factor);
    }

    /** The distance to the mean luma of the image times {@code factor}. */
    public static Image contrast(Image image, double factor) {
        byte[] luma = grey(image).rgb();
        long sum = 0;
        for (int i = 0; i < luma.length; i += 3) {
            sum += luma[i] & 0xff;
        }
        byte[] flat = new byte[luma.length];
        Arrays.fill(flat, (byte) (int) (sum / (luma.length / 3.0) + 0.5));
        return Pixels.blend(new Image(image.width(), image.height(), flat), image, factor);
    }

    /** The distance to grey times {@code factor}: 0 is grey. */
    public static Image saturation(Image image, double factor) {
        return Pixels.blend(grey(image), image, factor);
    }

    /** Every channel its luma, (19595 R + 38470 G + 7471 B) / 2^16, rounded. */
    public static Image grey(Image image) {
        byte[] rgb = image.rgb();
        byte[] grey = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            int luma = 19595 * (rgb[i] & 0xff) + 38470 * (rgb[i + 1] & 0xff) + 7471 * (rgb[i + 2] & 0xff) + 0x8000 >> 16;
            Arrays.fill(grey, i, i + 3, (byte) luma);
        }
        return new Image(image.width(), image.height(), grey);
    }

    /**
     * Turns the hue; hue, saturation and value are kept in 8 bits.
     *
     * @param turn share of the whole circle, in [-0.5, 0.5]
     */
    public static Image hue(Image image, double turn) {
        int shift = (int) (turn * 255);
        byte[] rgb = image.rgb();
        byte[] turned = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            int r = rgb[i] & 0xff;
            int g = rgb[i + 1] & 0xff;
            int b = rgb[i + 2] & 0xff;
            int value = Math.max(r, Math.max(g, b));
            int least = Math.min(r, Math.min(g, b));
            int hue = hueOf(r, g, b, value, least) + shift & 0xff;
            int saturation = value == least ? 0 : Pixels.clip((int) ((float) (value - least) / value * 255.0));
            fromHsv(hue, saturation, value, turned, i);
        }
        return new Image(image.width(), image.height(), turned);
    }

    /** 0..255 round the circle, red at 0. */
    private static int hueOf(int r, int g, int b, int most, int least) {
        if (most == least) {
            return 0;
        }
        float range = most - least;
        float toRed = (most - r) / range;
        float toGreen = (most - g) / range;
        float toBlue = (most - b) / range;
        float h = r == most ? toBlue - toGreen
                : g == most ? (float) (2.0 + toRed - toBlue) : (float) (4.0 + toGreen - toRed);
        return Pixels.clip((int) ((float) ((h / 6.0 + 1.0) % 1.0) * 255.0));
    }

    private static void fromHsv(int hue, int saturation, int value, byte[] rgb, int at) {
        int sector = (int) Math.floor(hue * 6.0 / 255.0);
        float rest = (float) (hue * 6.0 / 255.0 - sector);
        float s = (float) (saturation / 255.0);
        int low = round(value * (1.0 - s));
        int falling = round(value * (1.0 - s * rest));
        int rising = round(value * (1.0 - s * (1.0 - rest)));
        int[] three = saturation == 0 ? new int[] {value, value, value} : switch (sector % 6) {
            case 0 -> new int[] {value, rising, low};
            case 1 -> new int[] {falling, value, low};
            case 2 -> new int[] {low, value, rising};
            case 3 -> new int[] {low, falling, value};
            case 4 -> new int[] {rising, low, value};
            default -> new int[] {value, low, falling};
        };
        for (int c = 0; c < 3; c++) {
            rgb[at + c] = (byte) three[c];
        }
    }

    private static int round(double value) {
        return Pixels.clip((int) Math.floor(value + 0.5));
    }

    /** Values of at least {@code threshold} become their negative. */
    public static Image solarize(Image image, double threshold) {
        return Pixels.map(image, (value, channel) -> value < threshold ? value : 255 - value);
    }

    /** Keeps the upper bits of every value. */
    public static Image posterize(Image image, int bits) {
        int mask = 0xff << 8 - bits;
        return Pixels.map(image, (value, channel) -> value & mask);
    }

    /** Stretches each channel so that its least value is 0 and its largest 255. */
    public static Image autoContrast(Image image) {
        int[] least = new int[3];
        double[] scale = new double[3];
        for (int c = 0; c < 3; c++) {
            int[] counts = Pixels.histogram(image, c);
            int low = 0;
            int high = 255;
            while (counts[low] == 0) {
                low++;
            }
            while (counts[high] == 0) {
                high--;
            }
            least[c] = low;
            scale[c] = high > low ? 255.0 / (high - low) : 0;
        }
        return Pixels.map(image, (value, c) -> scale[c] == 0 ? value : (int) (value * scale[c] - least[c] * scale[c]));
    }

    /** Makes the values of each channel about equally frequent. */
    public static Image equalize(Image image) {
        int[][] tables = new int[3][];
        for (int c = 0; c < 3; c++) {
            tables[c] = equalizing(Pixels.histogram(image, c));
        }
        return Pixels.map(image, (value, c) -> tables[c] == null ? value : tables[c][value]);
    }

    /** New values by old ones, or null for an image that stays. */
    private static int[] equalizing(int[] counts) {
        int sum = 0;
        int last = 0;
        int different = 0;
        for (int count : counts) {
            if (count > 0) {
                sum += count;
                last = count;
                different++;
            }
        }
        int step = (sum - last) / 255;
        if (different <= 1 || step == 0) {
            return null;
        }
        int[] table = new int[256];
        int n = step / 2;
        for (int v = 0; v < 256; v++) {
            table[v] = n / step;
            n += counts[v];
        }
        return table;
    }

    /** The distance to a smoothed image times {@code factor}: below 1 softer, above sharper. The border stays as it is. */
    public static Image sharpness(Image image, double factor) {
        return Pixels.blend(smooth(image), image, factor);
    }

    /** Each pixel inside the mean of itself, five times, and its eight neighbours. */
    private static Image smooth(Image image) {
        byte[] rgb = image.rgb();
        byte[] smooth = rgb.clone();
        int row = 3 * image.width();
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + 3; i < (y + 1) * row - 3; i++) {
                int sum = 4 * (rgb[i] & 0xff);
                for (int dy = -row; dy <= row; dy += row) {
                    sum += (rgb[i + dy - 3] & 0xff) + (rgb[i + dy] & 0xff) + (rgb[i + dy + 3] & 0xff);
                }
                smooth[i] = (byte) Pixels.clip((int) (sum / 13.0 + 0.5));
            }
        }
        return new Image(image.width(), image.height(), smooth);
    }
}
