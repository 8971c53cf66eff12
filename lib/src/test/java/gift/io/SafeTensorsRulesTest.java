package gift.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rule of the format, broken alone: one line that names the file and the rule. */
class SafeTensorsRulesTest {
    @TempDir
    Path folder;

    @Test
    void missing() {
        assertThatThrownBy(() -> SafeTensors.open(folder.resolve("x.safetensors")))
                .isInstanceOf(InputException.class).hasMessageContaining("no safetensors file at");
    }

    @Test
    void shorterThanItsLengthField() {
        refused(raw(new byte[7]), "7 bytes");
    }

    @Test
    void headerLongerThanTheFile() {
        refused(raw(prefixed(100, "{}")), "claims 100 bytes, but the file ends after 2");
    }

    @Test
    void headerAboveTheLimit() {
        refused(raw(prefixed(100_000_001, "{}")), "above the limit");
        refused(raw(prefixed(-1, "{}")), "claims 18446744073709551615 bytes");
    }

    @Test
    void headerThatDoesNotStartWithABrace() {
        refused(" {}", "does not start with '{'");
        refused("[]", "does not start with '{'");
        refused("", "does not start with '{'");
    }

    @Test
    void headerThatIsNotUtf8() {
        byte[] bytes = prefixed(6, "{\"ab\":");
        bytes[11] = (byte) 0xc3;
        refused(raw(bytes), "not UTF-8");
    }

    @Test
    void badJson() {
        refused("{\"a\":", "not valid JSON");
        refused("{} x", "not valid JSON");
        refused("{}{}", "not valid JSON");
        refused("{}\0\0", "not valid JSON");
        refused("{\"__metadata__\":" + "[".repeat(100_000), "not valid JSON");
    }

    @Test
    void duplicateKeys() {
        String a = tensor("a", "U8", "[1]", 0, 1);
        refused("{" + a + "," + a + "}", 1, "Duplicate field 'a'");
        refused("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", "Duplicate field 'k'");
    }

    @Test
    void metadataThatIsNotStrings() {
        refused("{\"__metadata__\":{\"k\":1}}", "not a string, under 'k'");
        refused("{\"__metadata__\":[]}", "__metadata__ is not an object");
    }

    @Test
    void unknownDtype() {
        refused("{" + tensor("a", "F4", "[1]", 0, 1) + "}", 1, "tensor 'a' has the unknown dtype F4");
        refused("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "has no dtype");
    }

    @Test
    void entryThatIsNotATensor() {
        refused("{\"a\":3}", "tensor 'a' is not an object");
        refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":1}}", 1, "unknown field 'x'");
        refused("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}", 1, "1 data_offsets");
        refused("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1, "no list 'shape'");
    }

    @Test
    void impossibleShapes() {
        refused("{" + tensor("a", "U8", "[-1]", 0, 1) + "}", 1, "shape -1");
        refused("{" + tensor("a", "U8", "[1.0]", 0, 1) + "}", 1, "shape 1.0");
        refused("{" + tensor("a", "U8", "[\"1\"]", 0, 1) + "}", 1, "shape \"1\"");
        refused("{" + tensor("a", "U8", "[9223372036854775808]", 0, 1) + "}", 1, "shape 9223372036854775808");
        refused("{" + tensor("a", "U8", "[4294967296,4294967296]", 0, 1) + "}", 1, "too large to count");
        refused("{" + tensor("a", "F64", "[2305843009213693952]", 0, 1) + "}", 1, "too large to count");
    }

    @Test
    void sizeThatDoesNotMatchTheShape() {
        refused("{" + tensor("a", "F32", "[2]", 0, 4) + "}", 4, "needs 8 bytes, but its offsets span 4");
    }

    @Test
    void beginAfterEnd() {
        refused("{" + tensor("a", "U8", "[1]", 2, 1) + "}", 2, "ends at 1, before its begin at 2");
    }

    @Test
    void overlap() {
        refused("{" + tensor("a", "U8", "[2]", 0, 2) + "," + tensor("b", "U8", "[2]", 1, 3) + "}", 3, "'b' overlaps 'a'");
    }

    @Test
    void hole() {
        refused("{" + tensor("a", "U8", "[1]", 0, 1) + "," + tensor("b", "U8", "[1]", 3, 4) + "}", 4, "hole of 2 bytes");
    }

    @Test
    void firstTensorNotAtZero() {
        refused("{" + tensor("a", "U8", "[1]", 1, 2) + "}", 2, "begins at offset 1 instead of 0");
    }

    @Test
    void trailingBytes() {
        refused("{" + tensor("a", "U8", "[1]", 0, 1) + "}", 3, "2 bytes after the last tensor");
        refused("{}", 1, "1 bytes after the last tensor");
    }

    @Test
    void cutOff() {
        refused("{" + tensor("a", "U8", "[4]", 0, 4) + "}", 3, "cut off");
    }

    private void refused(String header, String message) {
        refused(header, 0, message);
    }

    private void refused(String header, int dataBytes, String message) {
        refused(file(folder, header, new byte[dataBytes]), message);
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    private static String tensor(String name, String dtype, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    private Path raw(byte[] bytes) {
        try {
            return Files.write(folder.resolve("test.safetensors"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] prefixed(long length, String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text).array();
    }

    static Path file(Path folder, String header, byte[] data) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(prefixed(header.getBytes(StandardCharsets.UTF_8).length, header));
            bytes.write(data);
            return Files.write(folder.resolve("test.safetensors"), bytes.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
