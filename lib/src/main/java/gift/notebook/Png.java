package gift.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/**
 * PNG files whose length is a multiple of three.
 *
 * <p>Base64 writes three bytes as four characters and fills up the last group with '='. Some notebook kernels lose
 * that last group, and the image its end; a length that is a multiple of three has no such group. The filling is a
 * text chunk before the end chunk, which every reader of PNG skips.
 */
final class Png {
    /** Length, type and check sum of the chunk IEND, which carries nothing: the last bytes of every PNG. */
    private static final int END_CHUNK_BYTES = 12;

    private static final String KEYWORD = "Comment";

    private Png() {}

    static byte[] encode(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new IllegalArgumentException("no PNG encoder for images of type " + image.getType());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return padded(bytes.toByteArray());
    }

    /** The same image in a multiple of three bytes. */
    static byte[] padded(byte[] png) {
        if (png.length % 3 == 0) {
            return png;
        }
        int empty = png.length + textChunk(0).length;
        byte[] chunk = textChunk((3 - empty % 3) % 3);
        int end = png.length - END_CHUNK_BYTES;
        return ByteBuffer.allocate(png.length + chunk.length)
                .put(png, 0, end).put(chunk).put(png, end, END_CHUNK_BYTES).array();
    }

    /** A chunk of type tEXt: length, type, keyword, a zero byte, the text, check sum of type and content. */
    private static byte[] textChunk(int textLength) {
        byte[] text = new byte[textLength];
        Arrays.fill(text, (byte) '.');
        ByteBuffer body = ByteBuffer.allocate(4 + KEYWORD.length() + 1 + textLength)
                .put("tEXt".getBytes(StandardCharsets.US_ASCII))
                .put(KEYWORD.getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put(text);
        CRC32 crc = new CRC32();
        crc.update(body.array());
        return ByteBuffer.allocate(body.capacity() + 8)
                .putInt(body.capacity() - 4).put(body.array()).putInt((int) crc.getValue()).array();
    }
}
