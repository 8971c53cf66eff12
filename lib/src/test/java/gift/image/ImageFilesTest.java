package gift.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.Shared;
import gift.io.InputException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    @TempDir
    Path folder;

    @Test
    void pngKeepsEveryValue() {
        Image image = noise(37, 23);
        Path file = folder.resolve("deep/a.png");
        ImageFiles.writePng(file, image);
        assertThat(ImageFiles.read(file).rgb()).isEqualTo(image.rgb());
        assertThat(ImageFiles.size(file)).isEqualTo(new ImageFiles.Size(37, 23));
        assertThat(file.getParent().toFile().list()).containsExactly("a.png");
    }

    @Test
    void jpegComesClose() throws IOException {
        Image image = gradient(64, 48);
        Path good = folder.resolve("good.jpg");
        Path small = folder.resolve("small.jpg");
        ImageFiles.writeJpeg(good, image, 0.95f);
        ImageFiles.writeJpeg(small, image, 0.2f);
        assertThat(Files.size(small)).isLessThan(Files.size(good));
        near(ImageFiles.read(good), image, 6);
        assertThatThrownBy(() -> ImageFiles.writeJpeg(good, image, 1.5f)).isInstanceOf(InputException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16})
    void greyIsRepeatedExactly(int bits) throws IOException {
        int values = Math.min(256, 1 << bits);
        Path file = folder.resolve("grey.png");
        BufferedImage written = ImageTypeSpecifier.createGrayscale(bits,
                bits == 16 ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE, false).createBufferedImage(values, 1);
        for (int v = 0; v < values; v++) {
            written.getRaster().setSample(v, 0, 0, bits == 16 ? v << 8 | 0x7f : v);
        }
        ImageIO.write(written, "png", file.toFile());
        Image image = ImageFiles.read(file);
        for (int v = 0; v < values; v++) {
            for (int c = 0; c < 3; c++) {
                assertThat(image.get(v, 0, c)).isEqualTo(v * 255 / (values - 1));
            }
        }
    }

    @Test
    void greyJpegIsRepeatedExactly() throws IOException {
        BufferedImage written = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 64; x++) {
                written.getRaster().setSample(x, y, 0, 4 * (y / 8 * 8)); // constant 8 x 8 blocks survive JPEG
            }
        }
        Path file = folder.resolve("grey.jpg");
        ImageIO.write(written, "jpeg", file.toFile());
        Image image = ImageFiles.read(file);
        for (int y = 0; y < 64; y++) {
            assertThat(image.get(5, y, 0)).isCloseTo(4 * (y / 8 * 8), org.assertj.core.data.Offset.offset(1));
            assertThat(image.get(5, y, 1)).isEqualTo(image.get(5, y, 0)).isEqualTo(image.get(5, y, 2));
        }
    }

    @Test
    void alphaIsDroppedNotBlended() throws IOException {
        Path file = folder.resolve("alpha.png");
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00102030); // wholly transparent
        image.setRGB(1, 0, 0x80405060);
        image.setRGB(2, 0, 0xff708090);
        ImageIO.write(image, "png", file.toFile());
        assertThat(ImageFiles.read(file).rgb()).containsExactly(bytes(0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90));

        ColorModel greyAlpha = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_GRAY), true, false,
                ColorModel.TRANSLUCENT, DataBuffer.TYPE_BYTE);
        WritableRaster raster = greyAlpha.createCompatibleWritableRaster(2, 1);
        raster.setPixel(0, 0, new int[] {100, 0});
        raster.setPixel(1, 0, new int[] {200, 77});
        ImageIO.write(new BufferedImage(greyAlpha, raster, false, null), "png", file.toFile());
        assertThat(ImageFiles.read(file).rgb()).containsExactly(bytes(100, 100, 100, 200, 200, 200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif"})
    void palettesAreLookedUp(String format) throws IOException {
        byte[] red = {10, 20, -1, 40};
        byte[] green = {50, 60, 0, 80};
        byte[] blue = {90, 100, 7, 120};
        BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED,
                new IndexColorModel(8, 4, red, green, blue, 1)); // the second entry is transparent
        for (int x = 0; x < 4; x++) {
            image.getRaster().setSample(x, 0, 0, x);
        }
        Path file = folder.resolve("palette." + format);
        ImageIO.write(image, format, file.toFile());
        assertThat(ImageFiles.read(file).rgb()).containsExactly(bytes(10, 50, 90, 20, 60, 100, 255, 0, 7, 40, 80, 120));
    }

    @Test
    void of16BitColoursTheUpperBitsAreKept() throws IOException {
        ColorModel deep = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false,
                ColorModel.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = deep.createCompatibleWritableRaster(1, 1);
        raster.setPixel(0, 0, new int[] {0x12ff, 0x8000, 0xffff});
        Path file = folder.resolve("deep.png");
        ImageIO.write(new BufferedImage(deep, raster, false, null), "png", file.toFile());
        assertThat(ImageFiles.read(file).rgb()).containsExactly(bytes(0x12, 0x80, 0xff));
    }

    @Test
    void aColourProfileChangesNothing() throws IOException {
        Path file = folder.resolve("a.jpg");
        ImageFiles.writeJpeg(file, gradient(64, 48), 0.95f);
        byte[] plain = Files.readAllBytes(file);
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] name = "ICC_PROFILE\0\1\1".getBytes();
        int length = 2 + name.length + profile.length;
        int head = 4 + ((plain[4] & 0xff) << 8 | plain[5] & 0xff); // start of image, JFIF segment
        ByteBuffer with = ByteBuffer.allocate(plain.length + 2 + length).put(plain, 0, head)
                .putShort((short) 0xffe2).putShort((short) length).put(name).put(profile)
                .put(plain, head, plain.length - head);
        Path profiled = Files.write(folder.resolve("profiled.jpg"), with.array());
        assertThat(ImageFiles.read(profiled).rgb()).isEqualTo(ImageFiles.read(file).rgb());
        assertThat(JpegSegments.withoutProfile(with.array())).isEqualTo(plain);
        for (int cut = 0; cut < 700; cut += 7) { // no head, however short, confuses it
            byte[] some = Arrays.copyOf(plain, cut);
            assertThat(JpegSegments.withoutProfile(some)).isEqualTo(some);
        }
    }

    @Test
    void cmykJpegIsRead() throws IOException {
        // as Photoshop stores it: 255 means no ink, and an Adobe marker says so
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(i % 16, i / 16, i % 16 < 8 ? new int[] {255, 255, 255, 255} : new int[] {255, 0, 0, 255});
        }
        Path file = folder.resolve("cmyk.jpg");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        byte[] plain = Files.readAllBytes(file);
        byte[] adobe = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        byte[] marked = Arrays.copyOf(plain, plain.length + adobe.length);
        System.arraycopy(adobe, 0, marked, 2, adobe.length); // behind the start of image
        System.arraycopy(plain, 2, marked, 2 + adobe.length, plain.length - 2);
        Files.write(file, marked);
        Image image = ImageFiles.read(file);
        assertThat(image.get(2, 2, 0)).isGreaterThan(240); // white
        assertThat(image.get(2, 2, 1)).isGreaterThan(240);
        assertThat(image.get(12, 2, 0)).isGreaterThan(200); // magenta and yellow make red
        assertThat(image.get(12, 2, 1)).isLessThan(60);
        assertThat(image.get(12, 2, 2)).isLessThan(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "bmp", "gif"})
    void aFileCutOffAnywhereIsRefused(String format) throws IOException {
        Path file = folder.resolve("whole." + format);
        ImageIO.write(noise(120, 90).toBufferedImage(), format, file.toFile());
        ImageFiles.read(file);
        byte[] whole = Files.readAllBytes(file);
        for (double share : new double[] {0.01, 0.1, 0.5, 0.9, 0.98}) {
            refused(Files.write(folder.resolve("cut." + format), Arrays.copyOf(whole, (int) (share * whole.length))));
        }
    }

    @Test
    void realJpegsCutOffAreRefused() throws IOException {
        try (Stream<Path> files = Files.walk(Shared.require("realdata/caltech101"))) {
            List<Path> some = files.filter(f -> f.toString().endsWith(".jpg")).sorted().limit(10).toList();
            assertThat(some).hasSize(10);
            for (Path file : some) {
                ImageFiles.read(file);
                byte[] whole = Files.readAllBytes(file);
                for (double share : new double[] {0.5, 0.9}) {
                    Path cut = Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(whole, (int) (share * whole.length)));
                    assertThat(refused(cut)).contains("cut off");
                }
            }
        }
    }

    @Test
    void aDamagedPngIsRefused() throws IOException {
        Path file = folder.resolve("a.png");
        ImageFiles.writePng(file, noise(120, 90));
        byte[] bytes = Files.readAllBytes(file);
        for (int i = bytes.length / 2; i < bytes.length / 2 + 100; i++) {
            bytes[i] ^= 0x55;
        }
        refused(Files.write(file, bytes));
    }

    /** A GIF of 4 x 3 pixels, red (0) and blue (1), whose image is blue, red in columns 1 and 2 of row 1. */
    private static byte[] gif(boolean transparentBlue) {
        String control = transparentBlue ? "21f90401000001 00" : "";
        return HexFormat.of().parseHex(("474946383961 0400 0300 80 00 00 ff0000 0000ff" + control
                + "2c 0100 0100 0200 0100 00 02 02 0c0a 00 3b").replace(" ", ""));
    }

    @Test
    void aGifIsItsWholeScreenAsPillowGivesIt() throws IOException {
        for (boolean transparentBlue : new boolean[] {false, true}) {
            Path file = Files.write(folder.resolve("screen.gif"), gif(transparentBlue));
            assertThat(ImageFiles.size(file)).isEqualTo(new ImageFiles.Size(4, 3));
            Image image = ImageFiles.read(file);
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    boolean blue = y == 1 && x == 1 || transparentBlue && !(y == 1 && x == 2);
                    assertThat(image.get(x, y, 0)).as(x + ", " + y).isEqualTo(blue ? 0 : 255);
                    assertThat(image.get(x, y, 2)).as(x + ", " + y).isEqualTo(blue ? 255 : 0);
                }
            }
        }
    }

    /** 2 x 2 pixels, lossless: red, green; blue, (10, 20, 30). */
    @Test
    void webPIsRead() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(
                "UklGRjIAAABXRUJQVlA4TCYAAAAvAUAAAB8gECB48L9qQ0iQ0P2/V4EAwYj/S/Mf+OSo4AYMEf0PAQ==");
        Path file = Files.write(folder.resolve("small.webp"), bytes);
        assertThat(ImageFiles.read(file).rgb()).containsExactly(-1, 0, 0, 0, -1, 0, 0, 0, -1, 10, 20, 30);
        refused(Files.write(file, Arrays.copyOf(bytes, bytes.length / 2)));
    }

    /** A lossy one of 4 x 4 pixels, with the values that Pillow gives. */
    @Test
    void lossyWebPHasPillowsValues() throws IOException {
        Path file = Files.write(folder.resolve("lossy.webp"), Base64.getDecoder().decode("UklGRkIAAABXRUJQVlA4IDYAAADwAQCdASoE"
                + "AAQAAUAmJbACdLoAAwdE3EAA/LLByCm/87yZT5dfnfP+G3/Aw83IHtWeYWU4AAA="));
        Image image = ImageFiles.read(file);
        int[][] expected = {{0, 0, 199, 122, 36}, {3, 0, 174, 117, 47}, {1, 2, 192, 138, 52}, {3, 3, 175, 142, 65}};
        for (int[] one : expected) {
            for (int channel = 0; channel < 3; channel++) {
                assertThat(image.get(one[0], one[1], channel)).isEqualTo(one[2 + channel]);
            }
        }
    }

    @Test
    void othersFormatsAreNamed() throws IOException {
        assertThat(refused(Files.writeString(folder.resolve("a.jpg"), "\0\0\0 ftypavif\0\0"))).contains("is AVIF; convert it");
        assertThat(refused(Files.writeString(folder.resolve("b.jpg"), "\0\0\0 ftypheic\0\0"))).contains("is HEIF");
        assertThat(refused(Files.writeString(folder.resolve("c.jpg"), "<html></html>"))).contains("is an HTML page");
        assertThat(refused(Files.writeString(folder.resolve("d.jpg"), "version https://git-lfs.github.com/spec/v1\noid x\nsize 7\n")))
                .contains("is a pointer of Git LFS", "7 bytes");
    }

    @Test
    void whatIsNoImageIsRefused() throws IOException {
        assertThat(refused(folder.resolve("absent.png"))).contains("no image at");
        assertThat(refused(folder)).contains("no image at");
        assertThat(refused(Files.writeString(folder.resolve("text.jpg"), "hello"))).contains("known format");
        assertThat(refused(Files.createFile(folder.resolve("empty.jpg")))).contains("known format");
    }

    private static String refused(Path file) {
        String[] message = new String[1];
        assertThatThrownBy(() -> ImageFiles.read(file)).isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString()).hasMessageNotContaining("\n")
                .satisfies(e -> message[0] = e.getMessage());
        return message[0];
    }

    @Test
    void aCommentTravelsInTheFileAndLeavesThePixels() throws IOException {
        Image image = gradient(20, 10);
        Path plain = folder.resolve("plain.jpeg");
        Path commented = folder.resolve("commented.jpeg");
        ImageFiles.writeJpeg(plain, image, 0.9f);
        ImageFiles.writeJpeg(commented, image, 0.9f, "{\"prompt\": \"une pi\u00e8ce \u2603\"}");
        assertThat(ImageFiles.comment(commented)).contains("{\"prompt\": \"une pi\u00e8ce \u2603\"}");
        assertThat(ImageFiles.comment(plain)).isEmpty();
        assertThat(ImageFiles.read(commented).rgb()).isEqualTo(ImageFiles.read(plain).rgb());
        ImageFiles.writePng(plain, image);
        assertThat(ImageFiles.comment(plain)).isEmpty();
        assertThatThrownBy(() -> ImageFiles.writeJpeg(plain, image, 0.9f, "x".repeat(70_000))).hasMessageContaining("too long");
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static void near(Image actual, Image expected, int levels) {
        for (int i = 0; i < expected.rgb().length; i++) {
            assertThat(Math.abs((actual.rgb()[i] & 0xff) - (expected.rgb()[i] & 0xff))).isLessThanOrEqualTo(levels);
        }
    }

    private static Image noise(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(1).nextBytes(rgb);
        return new Image(width, height, rgb);
    }

    private static Image gradient(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (40 + i / 3 % width + i / 3 / width);
        }
        return new Image(width, height, rgb);
    }
}
