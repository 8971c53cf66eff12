package gift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CIFAR's Python layout. */
class PickledDictionaryTest {
    @TempDir
    private Path folder;

    private TorchBytes array(String type, int rows, int columns, byte[] values) {
        TorchBytes out = TorchBytes.pickle().ascii("}(U").raw(4).ascii("data")
                .ascii("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK").raw(0).raw(0x85).ascii("U").raw(1)
                .ascii("b").raw(0x87).ascii("R(K").raw(1).numbers(rows, columns)
                .ascii("cnumpy\ndtype\nU").raw(2).ascii(type + "K").raw(0).ascii("K").raw(1).raw(0x87)
                .ascii("R(K").raw(3).ascii("U").raw(1).ascii("|NNNJ").little(4, -1).ascii("J").little(4, -1).ascii("K")
                .raw(0).ascii("tb").raw(0x89).ascii("T").little(4, values.length);
        for (byte value : values) {
            out.raw(value);
        }
        return out.ascii("tb");
    }

    private PickledDictionary read(byte[] bytes) {
        try {
            return PickledDictionary.read(Files.write(folder.resolve("batch"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void arraysListsAndTexts() {
        for (int rows : new int[] {1, 700}) { // within the pickle, and mapped from the file
            byte[] values = new byte[2 * rows];
            values[1] = (byte) 200;
            PickledDictionary batch = read(array("u1", rows, 2, values)
                    .ascii("U").raw(6).ascii("labels").ascii("](K").raw(3).ascii("M").little(2, 300).ascii("e")
                    .text("names").ascii("](U").raw(2).raw('o', 0xe9).ascii("e").ascii("u").end());
            assertThat(batch.bytes("data").shape()).containsExactly(rows, 2);
            assertThat(batch.bytes("data").values()).isEqualTo(ByteBuffer.wrap(values));
            assertThat(batch.bytes("data").values().isReadOnly()).isTrue();
            assertThat(batch.longs("labels")).containsExactly(3, 300);
            assertThat(batch.texts("names")).containsExactly("oé");
        }
    }

    @Test
    void whatDoesNotServe() {
        PickledDictionary batch = read(array("u1", 3, 2, new byte[5]).text("n").ascii("N").ascii("u").end());
        refused(() -> batch.bytes("data"), "'data' has 5 bytes, which do not fill [3, 2]");
        refused(() -> batch.bytes("n"), "'n' is no array of bytes");
        refused(() -> batch.longs("n"), "'n' is no list");
        refused(() -> batch.bytes("labels"), "has no 'labels'; it has [data, n]");
        refused(() -> read(array("i8", 1, 1, new byte[8]).ascii("u").end()).bytes("data"), "is no array of bytes");
        refused(() -> read(array("u1", -1, -5, new byte[5]).ascii("u").end()).bytes("data"), "do not fill");
        refused(() -> read(TorchBytes.pickle().ascii("]").end()), "it holds no dictionary");
        refused(() -> read(TorchBytes.pickle().ascii("cposix\nsystem\n").text("x").raw(0x85).ascii("R").end()),
                "it asks for posix.system");
        refused(() -> read(TorchBytes.pickle().ascii("}(T").little(4, 1L << 31).ascii("x").end()), "should follow");
        refused(() -> PickledDictionary.read(folder.resolve("none")), "no file ");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    @Test
    void theNamesOfTheReference() {
        PickledDictionary meta = PickledDictionary.read(Shared.require("parity/checkpoints/cifar-100-python").resolve("meta"));
        assertThat(meta.texts("fine_label_names")).containsExactly("apple", "aquarium_fish", "baby");
    }
}
