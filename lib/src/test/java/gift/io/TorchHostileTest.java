package gift.io;

import static gift.io.TorchBytes.ORDERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that ask for more than tensors, or claim what is not so: one clear line, soon, at little cost. */
class TorchHostileTest {
    private static final byte[] SIX = new TorchBytes().floats(0, 1, 2, 3, 4, 5).bytes();
    private static final long ALLOCATED = 200_000_000;

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("weights.bin");
    }

    /** Refuses a pickle within an archive. */
    private void refused(String message, Consumer<TorchBytes> content) {
        TorchBytes pickle = TorchBytes.pickle();
        content.accept(pickle);
        TorchBytes.zip(file(), pickle.end(), SIX);
        refused(message);
    }

    private void refused(String message) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        assertThatThrownBy(() -> TensorFile.open(file()).close()).isInstanceOf(InputException.class)
                .hasMessageContaining(file().toString()).hasMessageContaining(message).hasMessageNotContaining("\n");
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED);
    }

    // ---- what a pickle names and calls

    @ParameterizedTest
    @CsvSource({"posix, system", "os, system", "builtins, eval", "__builtin__, exec", "subprocess, Popen", "builtins, getattr",
        "torch.serialization, load", "torch.storage, _load_from_bytes", "torch._utils, __builtins__", "torch, load",
        "numpy.core.multiarray, _reconstruct", "_codecs, decode", "java.lang.Runtime, exec", "torch, CharStorage"})
    void namesThatTensorsDoNotNeed(String module, String name) {
        String expected = "it asks for " + module + "." + name + ", which weights do not need; nothing was run";
        refused(expected, p -> p.ascii("c" + module + "\n" + name + "\n").text("echo").raw(0x85).ascii("R"));
        refused(expected, p -> p.text(module).text(name).raw(0x93).text("echo").raw(0x85, 0x81));
    }

    @Test
    void callsOfWhatIsNoFunction() {
        refused("it calls what is no function", p -> p.text("eval").text("1").raw(0x85).ascii("R"));
        refused("it calls what is no function", p -> p.ascii("ctorch\nFloatStorage\n)R"));
        refused("it calls what is no function", p -> p.ascii("ccollections\nOrderedDict\n]R"));
        refused("those of Python 2", p -> p.ascii("ccollections\nOrderedDict\n(]tR"));
        refused("gives a state to what has none", p -> p.ascii("]}b"));
        refused("it makes a tensor of what makes none", p -> p.ascii("ctorch._utils\n_rebuild_tensor_v2\n)R"));
        refused("it makes a tensor of what makes none", p -> p.ascii("ctorch._utils\n_rebuild_parameter\n(NtR"));
        refused("uses as a name what is no text", p -> p.ascii("NN").raw(0x93));
        refused("a name that is none", p -> p.ascii("ctorch\n" + "x".repeat(300) + "\n"));
        refused("refers to something outside that is no storage", p -> p.text("module").raw(0x85).ascii("Q"));
    }

    // ---- the machine

    @Test
    void instructionsOutOfOrder() {
        refused("takes a value that was never put there", p -> p.ascii("0"));
        refused("takes a value that was never put there", p -> p.ascii("K").raw(1).ascii("(0")); // below a mark
        refused("takes a value that was never put there", p -> p.raw(0x86));
        refused("ends a list that never began", p -> p.ascii("]e"));
        refused("appends to what is no list", p -> p.ascii("}(NNe"));
        refused("into what is no dictionary", p -> p.ascii("](NNu"));
        refused("into what is no dictionary", p -> p.ascii("}(Nu"));
        refused("a key of a dictionary is neither", p -> p.ascii("}]Ns"));
        refused("it recalls value 9, which it never stored", p -> p.ascii("h").raw(9));
        refused("instruction 0x69 before", p -> p.ascii("i"));
        refused("0x8f", p -> p.raw(0x8f)); // a set
        refused("protocol 5", new byte[] {(byte) 0x80, 5, 'N', '.'});
        refused("no pickle begins", "N.".getBytes(StandardCharsets.US_ASCII));
        refused("1 bytes should follow", new byte[] {(byte) 0x80, 2, '}'}); // has no end
    }

    private void refused(String message, byte[] pickle) {
        TorchBytes.zip(file(), pickle, SIX);
        refused(message);
    }

    @Test
    void tooMuch() {
        refused("nested more than 1000 deep", p -> p.ascii("(".repeat(2000)));
        refused("more than 1000000 instructions", p -> p.ascii("]".repeat(1_000_001)));
        refused("more than 1000000 instructions", p -> p.ascii("}q").raw(0).ascii("h\0q\1".repeat(500_000)));
        refused("a number of 255 bytes", p -> p.raw(0x8a, 255));
        for (int instruction : new int[] {'X', 'T', 'B', 0x8d, 0x8e}) {
            int width = instruction < 0x80 ? 4 : 8;
            refused("2147483647 bytes should follow", p -> p.raw(instruction).little(width, Integer.MAX_VALUE).ascii("abc"));
        }
        refused("18446744073709551615 bytes should follow", p -> p.raw(0x8e).little(8, -1));
        refused("bytes should follow", p -> p.raw(0x95).little(8, 1L << 40)); // a frame
        refused("strings are longer", p -> p.text("x".repeat(1 << 21)));
        refused("strings are longer", p -> {
            for (int i = 0; i < 20; i++) {
                p.text("x".repeat(1 << 20));
            }
        });
    }

    @Test
    void dictionariesThatHoldThemselvesOrGrow() {
        String tooDeep = "hold each other too deep or too often";
        refused(tooDeep, p -> p.ascii("}q").raw(0).text("me").ascii("h").raw(0).ascii("s"));
        refused(tooDeep, p -> { // 2^30 ways to the innermost
            p.ascii("}q").raw(0);
            for (int i = 1; i <= 30; i++) {
                p.ascii("}q").raw(i).ascii("(").text("a").ascii("h").raw(i - 1).text("b").ascii("h").raw(i - 1).ascii("u");
            }
        });
        refused(tooDeep, p -> p.ascii("}").text("x".repeat(600)).tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1).ascii("s"));
        refused("holds no named tensors", p -> p.ascii("]q").raw(0).ascii("h").raw(0).ascii("a"));
        refused("holds no named tensors", p -> p.ascii("}"));
        refused("holds no named tensors", p -> p.ascii(")").raw(0x85, 0x85, 0x85));
        refused("'a.b' is there twice", p -> p.ascii("}(").text("a.b").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .text("a").ascii("}").text("b").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1).ascii("su"));
    }

    // ---- tensors

    private void tensorRefused(String message, String key, long count, long offset, long[] shape, long... strides) {
        refused(message, p -> p.ascii(ORDERED).text("w").tensor("FloatStorage", key, count, offset, shape, strides).ascii("s"));
    }

    @Test
    void tensorsOutsideTheirStorage() {
        tensorRefused("reaches past the end of its storage '0' of 6 elements", "0", 6, 1, new long[] {2, 3}, 3, 1);
        tensorRefused("reaches past the end", "0", 6, 6, new long[] {});
        tensorRefused("reaches past the end", "0", 6, 0, new long[] {2}, 6);
        tensorRefused("begins at element 7", "0", 6, 7, new long[] {0}, 1);
        tensorRefused("begins at element -1", "0", 6, -1, new long[] {1}, 1);
        tensorRefused("has a negative number", "0", 6, 0, new long[] {-1}, 1);
        tensorRefused("has a negative number", "0", 6, 5, new long[] {2}, -1);
        tensorRefused("too large to count", "0", 6, 0, new long[] {1L << 40, 1L << 40}, 0, 0);
        tensorRefused("reaches past the end", "0", 6, 1, new long[] {3}, Long.MAX_VALUE / 2);
        tensorRefused("too large to count", "0", 6, 1, new long[] {3}, Long.MAX_VALUE);
        tensorRefused("repeats the 6 elements of its storage '0' too often", "0", 6, 0, new long[] {1L << 31}, 0);
        tensorRefused("1 dimensions and 2 strides", "0", 6, 0, new long[] {6}, 1, 1);
        tensorRefused("40 dimensions", "0", 6, 0, new long[40], new long[40]);
        tensorRefused("its part m/data/../data.pkl is missing", "../data.pkl", 6, 0, new long[] {6}, 1);
        tensorRefused("its part m/data/1 is missing", "1", 6, 0, new long[] {6}, 1);
        tensorRefused("its storage '0' has 24 bytes instead of 28", "0", 7, 0, new long[] {6}, 1);
        tensorRefused("its storage '0' claims -1 elements", "0", -1, 0, new long[] {0}, 1);
        tensorRefused("its storage '0' claims", "0", Long.MAX_VALUE, 0, new long[] {1}, 1);
        refused("its storage '0' is once of 6 F32, once of 3 F64", p -> p.ascii(ORDERED + "(")
                .text("a").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .text("b").tensor("DoubleStorage", "0", 3, 0, new long[] {3}, 1).ascii("u"));
    }

    // ---- the archive

    @Test
    void archives() throws IOException {
        byte[] pickle = TorchBytes.pickle().ascii(ORDERED).text("w").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .ascii("s").end();
        TorchBytes.zip(file(), "readme", SIX);
        refused("a zip archive without a file data.pkl");
        TorchBytes.zip(file(), "a/data.pkl", pickle, "b/data.pkl", pickle);
        refused("two files data.pkl");
        TorchBytes.zip(file(), "m/data.pkl", pickle, "m/data/0", SIX, "m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        refused("not written on a little-endian machine");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file()))) { // a bomb would look so
            zip.putNextEntry(new ZipEntry("m/data.pkl"));
            zip.write(new byte[1000]);
        }
        refused("its part m/data.pkl is compressed or encrypted");
        byte[] bytes = Files.readAllBytes(TorchBytes.zip(file(), pickle, SIX));
        bytes[60] ^= 1; // within the pickle
        Files.write(file(), bytes);
        refused("its data.pkl is damaged (checksum)");
    }

    @Test
    void streams() throws IOException {
        Files.write(file(), TorchBytes.pickle().ascii("cposix\nsystem\n").text("echo").raw(0x85).ascii("R").end());
        refused("it asks for posix.system");
        Files.write(file(), TorchBytes.pickle().ascii("}").end());
        refused("not one that torch.save wrote");
        Files.write(file(), TorchFileTest.stream("FloatStorage", 6).little(8, 5).floats(0, 1, 2, 3, 4).bytes());
        refused("its storage '0' has 5 elements instead of 6");
        Files.write(file(), TorchFileTest.stream("FloatStorage", 6).little(8, 6).floats(0, 1, 2, 3, 4).bytes());
        refused("24 bytes should follow");
        Files.write(file(), TorchFileTest.stream("FloatStorage", 6).bytes());
        refused("8 bytes should follow");
    }

    @Test
    void noWeightsAtAll() throws IOException {
        refusedToOpen("no weights at " + file());
        Files.write(file(), new byte[0]);
        refused("is empty; fetch it again");
        Files.writeString(file(), "<html>404 Not Found</html>\n");
        refused("is an HTML page, which a server sent in place of the file");
        Files.write(file(), new byte[] {'P', 'K', 3, 4});
        refused("it is cut off, fetch it again");
    }

    private void refusedToOpen(String message) {
        assertThatThrownBy(() -> TensorFile.open(file())).isInstanceOf(InputException.class).hasMessage(message);
    }
}
