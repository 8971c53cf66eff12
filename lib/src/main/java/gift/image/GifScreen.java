package gift.image;

import java.util.Arrays;

/**
 * Where the first picture of a GIF lies on its screen. A picture may be smaller than the screen; the Python Imaging Library
 * then gives the whole screen, with the transparent colour, or where there is none the first one, around the picture.
 *
 * @param width of the screen, or of what the picture needs where it goes beyond
 * @param height likewise
 * @param left column of the picture's first pixel
 * @param top row of it
 * @param background red, green, blue around the picture
 */
record GifScreen(int width, int height, int left, int top, byte[] background) {
    private static final int HEADER = 13; // bytes: signature, size, flags, background, aspect
    private static final int DESCRIPTOR = 10;

    /** The screen in a file; null if it is no GIF or has no picture. */
    static GifScreen of(byte[] file) {
        if (file.length < HEADER || file[0] != 'G' || file[1] != 'I' || file[2] != 'F') {
            return null;
        }
        int palette = HEADER;
        int entries = entries(file[10]);
        int at = HEADER + 3 * entries;
        int outside = 0; // index of the colour around the picture
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

    /** The whole screen with a picture in its place. */
    Picture with(Picture picture) {
        if (picture.width() == width && picture.height() == height) {
            return picture;
        }
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = background[i % 3];
        }
        for (int y = 0; y < picture.height(); y++) {
            System.arraycopy(picture.rgb(), 3 * y * picture.width(), rgb, 3 * ((top + y) * width + left), 3 * picture.width());
        }
        return new Picture(width, height, rgb);
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
