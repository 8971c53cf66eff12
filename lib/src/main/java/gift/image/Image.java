package gift.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * An 8-bit RGB image.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb row by row, three bytes a pixel: {@code rgb[3 * (y * width + x) + channel]}, unsigned
 */
public record Image(int width, int height, byte[] rgb) {
    public Image {
        if (width <= 0 || height <= 0 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "an image of " + width + " x " + height + " pixels cannot hold " + rgb.length + " bytes");
        }
    }

    /** The value 0..255 of one channel (0 red, 1 green, 2 blue) of the pixel in column x, row y. */
    public int get(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xff;
    }

    /** Whether all values are 0, as in the images that a generator's safety checker leaves. */
    public boolean isBlack() {
        for (byte value : rgb) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The image with the stored values of {@code image}, as the Python Imaging Library's {@code convert("RGB")} takes
     * them: transparency is dropped, a palette looked up, grey repeated, and no colour profile applied. (Java by itself
     * takes grey for linear light and brightens it.) Of 16-bit values the upper 8 bits are kept.
     */
    public static Image of(BufferedImage image) {
        int w = image.getWidth();
        int h = image.getHeight();
        ColorModel colors = image.getColorModel();
        int space = colors.getColorSpace().getType();
        int type = colors.getTransferType();
        boolean wholeNumbers = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT;
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(w, h))];
        for (int y = 0; y < h; y++) {
            int o = 3 * y * w;
            if (colors instanceof IndexColorModel palette) {
                paletteRow(image.getRaster(), palette, y, rgb, o);
            } else if (colors instanceof ComponentColorModel && wholeNumbers && !colors.isAlphaPremultiplied()
                    && (space == ColorSpace.TYPE_RGB || space == ColorSpace.TYPE_GRAY)) {
                componentRow(image.getRaster(), type == DataBuffer.TYPE_BYTE ? 0 : 8, space == ColorSpace.TYPE_GRAY, y, rgb, o);
            } else {
                packedRow(image.getRGB(0, y, w, 1, null, 0, w), rgb, o);
            }
        }
        return new Image(w, h, rgb);
    }

    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new int[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
        }
        image.setRGB(0, 0, width, height, pixels, 0, width);
        return image;
    }

    private static void paletteRow(Raster raster, IndexColorModel palette, int y, byte[] rgb, int o) {
        int[] row = raster.getSamples(0, y, raster.getWidth(), 1, 0, (int[]) null);
        for (int x = 0; x < row.length; x++) {
            row[x] = palette.getRGB(row[x]);
        }
        packedRow(row, rgb, o);
    }

    /** Copies samples; grey has one band of colour, RGB three, and an alpha band may follow. */
    private static void componentRow(Raster raster, int shift, boolean grey, int y, byte[] rgb, int o) {
        int bands = raster.getNumBands();
        if (!grey && raster.getTransferType() == DataBuffer.TYPE_BYTE) { // nearly all images: copied without a detour
            byte[] row = (byte[]) raster.getDataElements(0, y, raster.getWidth(), 1, null);
            for (int i = 0; i < row.length; i += bands, o += 3) {
                System.arraycopy(row, i, rgb, o, 3);
            }
            return;
        }
        int[] row = raster.getPixels(0, y, raster.getWidth(), 1, (int[]) null);
        for (int i = 0; i < row.length; i += bands, o += 3) {
            rgb[o] = (byte) (row[i] >> shift);
            rgb[o + 1] = (byte) (row[grey ? i : i + 1] >> shift);
            rgb[o + 2] = (byte) (row[grey ? i : i + 2] >> shift);
        }
    }

    private static void packedRow(int[] row, byte[] rgb, int o) {
        for (int pixel : row) {
            rgb[o++] = (byte) (pixel >> 16);
            rgb[o++] = (byte) (pixel >> 8);
            rgb[o++] = (byte) pixel;
        }
    }
}
