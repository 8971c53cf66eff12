package gift.io;

import static gift.io.TorchBytes.ORDERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.SafeTensors.DType;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What torch writes is read, every number where it belongs. {@link TorchHostileTest} has what nobody should write. */
class TorchFileTest {
    private static final byte[] SIX = new TorchBytes().floats(0, 1, 2, 3, 4, 5).bytes();

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("weights.pt");
    }

    @Test
    void viewsOfOneStorage() {
        byte[] pickle = TorchBytes.pickle().ascii(ORDERED + "(")
                .text("whole").tensor("FloatStorage", "0", 6, 0, new long[] {2, 3}, 3, 1)
                .text("transposed").tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, 1, 3)
                .text("column").tensor("FloatStorage", "0", 6, 1, new long[] {2, 1}, 3, 1)
                .text("repeated").tensor("FloatStorage", "0", 6, 4, new long[] {2, 2}, 0, 1)
                .text("scalar").tensor("FloatStorage", "0", 6, 5, new long[] {})
                .text("empty").tensor("FloatStorage", "0", 6, 6, new long[] {0, 3}, 3, 1)
                .ascii("u").end();
        try (TensorFile tensors = TensorFile.open(TorchBytes.zip(file(), pickle, SIX))) {
            assertThat(tensors.entries().keySet())
                    .containsExactly("whole", "transposed", "column", "repeated", "scalar", "empty");
            assertThat(tensors.entry("transposed").shape()).containsExactly(3, 2);
            assertThat(tensors.floats("whole")).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(tensors.floats("transposed")).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(tensors.doubles("column")).containsExactly(1, 4);
            assertThat(tensors.floats("repeated")).containsExactly(4, 5, 4, 5);
            assertThat(tensors.floats("scalar")).containsExactly(5);
            assertThat(tensors.floats("empty")).isEmpty();
            assertThatThrownBy(() -> tensors.floats("none")).isInstanceOf(InputException.class)
                    .hasMessage("no tensor 'none' in " + file());
            assertThatThrownBy(() -> tensors.longs("whole")).isInstanceOf(InputException.class)
                    .hasMessageContaining("whole F32[2, 3]").hasMessageContaining("does not hold whole numbers");
        }
    }

    /** Stable Diffusion's training left its callbacks and single numbers of NumPy beside the weights. */
    @Test
    void whatATrainerNotesBesideTheWeightsIsPassedOver() {
        String callback = "cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n";
        byte[] pickle = TorchBytes.pickle().ascii("}(").text("callbacks").ascii("}(" + callback + "}(").text("best")
                .ascii("cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n").text("f8").raw(0x89, 0x88).raw(0x87).ascii("R")
                .ascii("c_codecs\nencode\n").text("x").text("latin1").raw(0x86).ascii("RtR").ascii("uu")
                .text("state_dict").ascii("}(").text("w").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1).ascii("uu").end();
        try (TensorFile tensors = TensorFile.open(TorchBytes.zip(file(), pickle, SIX))) {
            assertThat(tensors.entries().keySet()).containsExactly("w");
            assertThat(tensors.floats("w")).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void ofACheckpointTheStateDictionaryCounts() {
        byte[] pickle = TorchBytes.pickle().ascii("}(")
                .text("epoch").ascii("K").raw(3)
                .text("other").tensor("FloatStorage", "0", 6, 0, new long[] {6}, 1)
                .text("about").text("a note")
                .text("state_dict").ascii(ORDERED).text("w").tensor("FloatStorage", "0", 6, 2, new long[] {2}, 1).ascii("s")
                .ascii("u").end();
        try (TensorFile tensors = TensorFile.open(TorchBytes.zip(file(), pickle, SIX))) {
            assertThat(tensors.entries().keySet()).containsExactly("w");
            assertThat(tensors.metadata()).isEqualTo(Map.of("about", "a note"));
            assertThat(tensors.floats("w")).containsExactly(2, 3);
        }
    }

    @Test
    void attributesOfTorchScriptsModules() {
        byte[] pickle = TorchBytes.pickle().ascii("c__torch__.m\nCLIP\n)").raw(0x81).ascii("}(")
                .text("training").raw(0x89)
                .text("visual").ascii("c__torch__.m.___torch_mangle_1\nTower\n)").raw(0x81).ascii("}(")
                .text("proj").tensor("HalfStorage", "0", 2, 0, new long[] {2}, 1).ascii("ub")
                .ascii("ub").end();
        byte[] halves = new TorchBytes().little(2, 0x3c00).little(2, 0xc000).bytes();
        Path file = TorchBytes.zip(file(), "m/data.pkl", pickle, "m/code/__torch__/m.py", new byte[] {1}, "m/data/0", halves);
        try (TensorFile tensors = TensorFile.open(file)) {
            assertThat(tensors.entries().keySet()).containsExactly("visual.proj");
            assertThat(tensors.entry("visual.proj").dtype()).isEqualTo(DType.F16);
            assertThat(tensors.floats("visual.proj")).containsExactly(1, -2);
        }
    }

    @Test
    void protocol4() {
        byte[] pickle = new TorchBytes().raw(0x80, 4, 0x95).little(8, 30).raw(0x8c, 11).ascii("collections")
                .raw(0x8c, 11).ascii("OrderedDict").raw(0x93, 0x94).ascii(")R").raw(0x94)
                .raw(0x8c, 1).ascii("w").raw(0x94).tensor("LongStorage", "0", 3, 0, new long[] {3}, 1).ascii("s").end();
        byte[] storage = new TorchBytes().little(8, -1).little(8, 7).little(8, Long.MIN_VALUE).bytes();
        try (TensorFile tensors = TensorFile.open(TorchBytes.zip(file(), pickle, storage))) {
            assertThat(tensors.longs("w")).containsExactly(-1, 7, Long.MIN_VALUE);
        }
    }

    @Test
    void theStreamBeforeTorch16() throws IOException {
        Files.write(file(), stream("FloatStorage", 6).little(8, 6).floats(0, 1, 2, 3, 4, 5).bytes());
        try (TensorFile tensors = TensorFile.open(file())) {
            assertThat(tensors.floats("w")).containsExactly(1, 4);
        }
    }

    /** A tensor of two elements in a storage "0" of {@code count}, but for the storage. */
    static TorchBytes stream(String type, long count) {
        TorchBytes out = TorchBytes.pickle().raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).ascii(".")
                .raw(0x80, 2).ascii("M").little(2, 1001).ascii(".")
                .raw(0x80, 2).ascii("}").text("little_endian").raw(0x88).ascii("s.");
        return out.raw(0x80, 2).ascii(ORDERED).text("w").tensor(type, "0", count, count - 5, new long[] {2}, 3).ascii("s.")
                .raw(0x80, 2).ascii("](").text("0").ascii("e.");
    }

    @Test
    void beyondTwoGibibytes() throws IOException {
        long count = 3L << 30; // bytes, of which the file system stores none
        TorchBytes head = stream("ByteStorage", count).little(8, count);
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.write(head.bytes());
            long start = sparse.getFilePointer();
            sparse.setLength(start + count);
            sparse.seek(start + count - 5);
            sparse.write(new byte[] {7, 0, 0, (byte) 200, 0});
        }
        try (TensorFile tensors = TensorFile.open(file())) {
            assertThat(tensors.longs("w")).containsExactly(7, 200);
        }
    }

    @Test
    void everyDtypeWrittenAndReadAgain() throws IOException {
        float[] values = {0f, -0f, 1.5f, -65504f, 6e-8f, Float.POSITIVE_INFINITY};
        List<TensorSource> sources = List.of(
                TensorSource.of("float", new long[] {2, 3}, values),
                TensorSource.of("half", new long[] {6}, values, DType.F16),
                TensorSource.of("brain", new long[] {3, 1, 2}, new float[] {1, 2, 3, 4, 5, -1e30f}, DType.BF16),
                TensorSource.of("double", new long[] {1}, new double[] {Math.PI}),
                TensorSource.of("long", new long[] {}, new long[] {Long.MIN_VALUE}),
                TensorSource.of("int", new long[] {2}, new int[] {-1, 2}),
                TensorSource.of("byte", new long[] {2}, new byte[] {-1, 2}),
                TensorSource.of("bool", new long[] {2}, new long[] {0, 1}, DType.BOOL),
                TensorSource.of("naïve.empty", new long[] {0, 4}, new float[0]));
        TorchWriter.write(file(), Map.of("config", "{}"), sources);
        Path expected = folder.resolve("expected.safetensors");
        SafeTensors.write(expected, Map.of(), sources);
        try (TensorFile torch = TensorFile.open(file()); SafeTensors same = SafeTensors.open(expected)) {
            assertThat(torch.entries().keySet()).isEqualTo(Map.copyOf(same.entries()).keySet());
            assertThat(torch.metadata()).isEqualTo(Map.of("config", "{}"));
            same.entries().forEach((name, entry) -> {
                assertThat(torch.entry(name).shape()).isEqualTo(entry.shape());
                assertThat(torch.entry(name).dtype()).isEqualTo(entry.dtype());
                switch (entry.dtype()) {
                    case I64, I32, U8, BOOL -> assertThat(torch.longs(name)).as(name).isEqualTo(same.longs(name));
                    default -> assertThat(torch.doubles(name)).as(name).isEqualTo(same.doubles(name));
                }
            });
        }
        byte[] once = Files.readAllBytes(file());
        TorchWriter.write(file(), Map.of("config", "{}"), sources);
        assertThat(Files.readAllBytes(file())).isEqualTo(once);
        assertThatThrownBy(() -> TorchWriter.write(file(), Map.of(), List.of(sources.get(0), sources.get(0))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'float'");
        assertThat(Files.readAllBytes(file())).isEqualTo(once);
    }

    /** Whatever is changed: a tensor file, or one clear line. */
    @Test
    void anyByteMayBeWrong() throws IOException {
        TorchWriter.write(file(), Map.of(), List.of(TensorSource.of("a", new long[] {2, 2}, new float[] {1, 2, 3, 4}),
                TensorSource.of("b", new long[] {3}, new long[] {1, 2, 3})));
        byte[] zip = Files.readAllBytes(file());
        byte[] stream = stream("FloatStorage", 6).little(8, 6).floats(0, 1, 2, 3, 4, 5).bytes();
        for (byte[] good : List.of(zip, stream)) {
            for (int length = 0; length < good.length; length += good.length > 500 ? 7 : 1) { // cut off
                open(Arrays.copyOf(good, length), true);
            }
            RandomStream random = RandomStream.of(1, "flip");
            for (int i = 0; i < 2000; i++) {
                byte[] changed = good.clone();
                for (int k = 0; k <= i % 3; k++) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                open(changed, false);
            }
        }
    }

    private void open(byte[] bytes, boolean refused) throws IOException {
        Files.write(file(), bytes);
        try (TensorFile tensors = TensorFile.open(file())) {
            assertThat(refused).isFalse();
            tensors.entries().forEach((name, entry) -> {
                switch (entry.dtype()) {
                    case I64, I32, U8, BOOL -> tensors.longs(name);
                    default -> tensors.floats(name);
                }
            });
        } catch (InputException e) {
            assertThat(e.getMessage()).doesNotContain("\n").contains("weights.pt");
        }
    }
}
