package gift.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
    /** A further chunk of 12, 13 and 14 bytes makes files of all three remainders. */
    @Test
    void everyLengthBecomesAMultipleOfThreeAndEveryChunkStaysValid() {
        byte[] png = Png.encode(noise(5, 4));
        int end = png.length - 12;
        for (int extra = 0; extra < 3; extra++) {
            ByteBuffer longer = ByteBuffer.allocate(png.length + 12 + extra).put(png, 0, end);
            longer.put(chunk("tEXt", new byte[extra])).put(png, end, 12);
            byte[] padded = Png.padded(longer.array());
            assertThat(padded.length % 3).as("remainder for %d", extra).isZero();
            assertThat(chunkTypes(padded)).startsWith("IHDR").endsWith("IEND");
        }
    }

    @Test
    void thePixelsAreUnchanged() throws IOException {
        for (int width = 1; width <= 9; width++) {
            BufferedImage image = noise(width, 7);
            byte[] png = Png.encode(image);
            assertThat(png.length % 3).isZero();
            chunkTypes(png);
            BufferedImage read = ImageIO.read(new ByteArrayInputStream(png));
            assertThat(read.getRGB(0, 0, width, 7, null, 0, width))
                    .isEqualTo(image.getRGB(0, 0, width, 7, null, 0, width));
        }
    }

    @Test
    void sheetsEnlargeWithoutSmoothing() {
        BufferedImage sheet = Draw.sheet(List.of(noise(3, 2), noise(3, 2), noise(3, 2)), 2, 4, List.of());
        // 8 pixels around each of two columns of 12 and two rows of 8
        assertThat(List.of(sheet.getWidth(), sheet.getHeight())).containsExactly(8 + 2 * 20, 8 + 2 * 16);
        int first = noise(3, 2).getRGB(0, 0);
        for (int i = 0; i < 16; i++) {
            assertThat(sheet.getRGB(8 + i % 4, 8 + i / 4)).isEqualTo(first);
        }
    }

    /** The types in order; fails if a length or a check sum is wrong or bytes follow the last chunk. */
    private static List<String> chunkTypes(byte[] png) {
        List<String> types = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(png).position(8);
        while (buffer.hasRemaining()) {
            byte[] body = new byte[buffer.getInt() + 4];
            buffer.get(body);
            CRC32 crc = new CRC32();
            crc.update(body);
            assertThat(buffer.getInt()).isEqualTo((int) crc.getValue());
            types.add(new String(body, 0, 4, StandardCharsets.US_ASCII));
        }
        return types;
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] body = Arrays.copyOf(type.getBytes(StandardCharsets.US_ASCII), 4 + content.length);
        System.arraycopy(content, 0, body, 4, content.length);
        CRC32 crc = new CRC32();
        crc.update(body);
        return ByteBuffer.allocate(body.length + 8).putInt(content.length).put(body).putInt((int) crc.getValue())
                .array();
    }

    private static BufferedImage noise(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, (i + 1) * 2654435 & 0xffffff);
        }
        return image;
    }
}
