package gift.image.augment;

import gift.image.Image;

/** What the operations on pixels share. */
final class Pixels {
    private Pixels() {}

    /** From the value of a pixel's channel, 0..255, to its new value. */
    interface Change {
        int of(int value, int channel);
    }

    /** Every value changed by itself; each of the 256 is computed once a channel. */
    static Image map(Image image, Change change) {
        byte[][] table = new byte[3][256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                table[c][v] = (byte) clip(change.of(v, c));
            }
        }
        byte[] rgb = image.rgb();
        byte[] changed = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            changed[i] = table[i % 3][rgb[i] & 0xff];
        }
        return new Image(image.width(), image.height(), changed);
    }

    /**
     * (1 - share) from + share to, in single precision, without rounding, as the Python Imaging Library blends; a share
     * beyond [0, 1] extrapolates, and values are clipped.
     */
    static Image blend(Image from, Image to, double share) {
        float alpha = (float) share;
        byte[] a = from.rgb();
        byte[] b = to.rgb();
        byte[] mixed = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            int start = a[i] & 0xff;
            mixed[i] = (byte) clip((int) (start + alpha * ((b[i] & 0xff) - start)));
        }
        return new Image(from.width(), from.height(), mixed);
    }

    /** How often each value of a channel occurs. */
    static int[] histogram(Image image, int channel) {
        int[] counts = new int[256];
        byte[] rgb = image.rgb();
        for (int i = channel; i < rgb.length; i += 3) {
            counts[rgb[i] & 0xff]++;
        }
        return counts;
    }

    static int clip(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
