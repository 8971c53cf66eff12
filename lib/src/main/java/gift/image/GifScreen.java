package gift.image;

import java.util.Arrays;

/**
 * Where the first image of a GIF lies on its screen. An image may be smaller than the screen; the Python Imaging Library
 * then gives the whole screen, with the transparent colour, or where there is none the first one, around the image.
 *
 * @param width of the screen, or of what the image needs where it goes beyond
 * @param height likewise
 * @param left column of the image's first pixel
 * @param top row of it
 * @param background red, green, blue around the image
 */
record GifScreen(int width, int height, int left, int top, byte[] background) {
    private static final int HEADER = 13; // bytes: signature, size, flags, background, aspect
    private static final int DESCRIPTOR = 10;

    /** The screen in a file; null if it is no GIF or has no image. */
    static GifScreen of(byte[] file) {
        if (file.length < HEADER || file[0] != 'G' || file[1] != 'I' || file[2] != 'F') {
            return null;
        }
        int palette = HEADER;
        int entries = entries(file[10]);
        int at = HEADER + 3 * entries;
        int outside = 0; // index of the colour around the image
        while (at + 1 < file.length && file[at] == '!') {
            if ((file[at + 1] & 0xff) == 0xf9 && at + 6 < file.length && (file[at + 3] & 1) != 0) {
                outside = file[at + 6] & 0xff;
            }
            at += 2;
            while (at < file.length && file[at] != 0) { // blocks with their length before them
                at += 1 + (file[at] & 0xff);
            }
            at++;
        }
        if (at + DESCRIPTOR > file.length || file[at] != ',') {
            return null;
        }
        if (entries(file[at + 9]) > 0) { // colours of its own
            palette = at + DESCRIPTOR;
            entries = entries(file[at + 9]);
        }
        byte[] background = {(byte) outside, (byte) outside, (byte) outside}; // grey, without colours
        if (entries > outside && palette + 3 * outside + 3 <= file.length) {
            background = Arrays.copyOfRange(file, palette + 3 * outside, palette + 3 * outside + 3);
        }
        int left = number(file, at + 1);
        int top = number(file, at + 3);
        return new GifScreen(Math.max(number(file, 6), left + number(file, at + 5)),
                Math.max(number(file, 8), top + number(file, at + 7)), left, top, background);
    }

    /** The whole screen with an image in its place. */
    Image with(Image image) {
        if (image.width() == width && image.height() == height) {
            return image;
        }
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = background[i % 3];
        }
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.rgb(), 3 * y * image.width(), rgb, 3 * ((top + y) * width + left), 3 * image.width());
        }
        return new Image(width, height, rgb);
    }

    /** Colours of a table that flags announce. */
    private static int entries(byte flags) {
        return (flags & 0x80) == 0 ? 0 : 2 << (flags & 7);
    }

    /** Two bytes, the low one first. */
    private static int number(byte[] file, int at) {
        return file[at] & 0xff | (file[at + 1] & 0xff) << 8;
    }
}
