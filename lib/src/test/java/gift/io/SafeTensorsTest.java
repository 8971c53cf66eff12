package gift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.SafeTensors.DType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Path path = folder.resolve("deep/w.safetensors");
        float[] values = {1f, -2.5f, 0f, 1e-8f, 65504f, Float.NEGATIVE_INFINITY};
        SafeTensors.write(path, Map.of("format", "pt", "naïve \"key\"", "日本"), List.of(
                TensorSource.of("bytes", new long[] {3}, new byte[] {0, 127, -1}),
                TensorSource.of("half", new long[] {2, 3}, values, DType.F16),
                TensorSource.of("weight", new long[] {3, 2}, values),
                TensorSource.of("brain", new long[] {6}, values, DType.BF16),
                TensorSource.of("ids", new long[] {2}, new long[] {Long.MIN_VALUE, 7}),
                TensorSource.of("scalar", new long[] {}, new int[] {-42}),
                TensorSource.of("empty", new long[] {0, 4}, new float[0])));
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt", "naïve \"key\"", "日本"));
            // wider types first, otherwise as given; the empty tensor begins where its neighbour does
            assertThat(file.entries().keySet()).containsExactly("ids", "weight", "scalar", "empty", "half", "brain", "bytes");
            assertThat(file.entry("weight").shape()).containsExactly(3, 2);
            assertThat(file.entry("weight").begin()).isEqualTo(16);
            assertThat(file.entry("scalar").shape()).isEmpty();
            assertThat(file.entry("scalar").elements()).isEqualTo(1);
            assertThat(file.floats("weight")).containsExactly(values);
            assertThat(file.floats("half")).containsExactly(1f, -2.5f, 0f, 0f, 65504f, Float.NEGATIVE_INFINITY);
            assertThat(file.floats("brain")[4]).isEqualTo(65536f);
            assertThat(file.floats("empty")).isEmpty();
            assertThat(file.longs("ids")).containsExactly(Long.MIN_VALUE, 7);
            assertThat(file.longs("scalar")).containsExactly(-42);
            assertThat(file.longs("bytes")).containsExactly(0, 127, 255);
            assertThat(file.bytes("empty").remaining()).isZero();
        }
        byte[] written = Files.readAllBytes(path);
        assertThat(ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    }

    @Test
    void bytesAreAPrivateLittleEndianSlice() throws IOException {
        Path path = folder.resolve("w.safetensors");
        SafeTensors.write(path, Map.of(), List.of(
                TensorSource.of("a", new long[] {1}, new float[] {1f}),
                TensorSource.of("b", new long[] {2}, new float[] {2f, 3f})));
        byte[] before = Files.readAllBytes(path);
        ByteBuffer b;
        try (SafeTensors file = SafeTensors.open(path)) {
            b = file.bytes("b");
        }
        assertThat(b.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(b.position()).isZero();
        assertThat(b.isDirect()).isTrue();
        assertThat(b.remaining()).isEqualTo(8);
        assertThat(b.getFloat(4)).isEqualTo(3f);
        try (SafeTensors protectedFile = SafeTensors.open(path, false)) { // copied instead of mapped
            assertThat(protectedFile.bytes("b")).isEqualTo(b).satisfies(copy -> assertThat(copy.isReadOnly()).isFalse());
            assertThat(protectedFile.floats("b")).containsExactly(2f, 3f);
        }
        b.putFloat(4, 99f); // allowed, and not seen by the file
        assertThat(Files.readAllBytes(path)).isEqualTo(before);
    }

    @Test
    void doublesAndBooleans() {
        Path path = file("{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"t\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[8,10]}}   ", new byte[] {0, 0, 0, 0, 0, 0, -16, 63, 1, 0});
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.floats("d")).containsExactly(1f);
            assertThat(file.longs("t")).containsExactly(1, 0);
            assertThatThrownBy(() -> file.floats("t")).isInstanceOf(InputException.class).hasMessageContaining("t BOOL[2]");
            assertThatThrownBy(() -> file.longs("d")).isInstanceOf(InputException.class);
            assertThatThrownBy(() -> file.bytes("x")).isInstanceOf(InputException.class)
                    .hasMessage("no tensor 'x' in " + path);
        }
    }

    @Test
    void tensorsLargerThanOnePieceOfReading() {
        Path path = folder.resolve("w.safetensors");
        float[] values = new float[700_001];
        IntStream.range(0, values.length).forEach(i -> values[i] = i);
        SafeTensors.write(path, Map.of(), List.of(TensorSource.of("a", new long[] {values.length}, values)));
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.floats("a")).isEqualTo(values);
        }
    }

    @Test
    void offsetsBeyondTwoGibibytes() throws IOException {
        Path path = folder.resolve("big.safetensors");
        long big = 5L << 29; // 2.5 GiB of zeros, sparse on the disk
        String header = "{\"big\":{\"dtype\":\"U8\",\"shape\":[" + big + "],\"data_offsets\":[0," + big + "]},"
                + "\"tail\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + big + "," + (big + 8) + "]}}";
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            out.write(prefix(header.length()));
            out.write(header.getBytes(StandardCharsets.UTF_8));
            out.setLength(8 + header.length() + big + 8);
            out.seek(8 + header.length() + big);
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-3f).array());
        }
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.entry("tail").begin()).isEqualTo(big);
            assertThat(file.floats("tail")).containsExactly(1.5f, -3f);
            assertThat(file.bytes("tail").getFloat()).isEqualTo(1.5f);
            assertThatThrownBy(() -> file.bytes("big")).isInstanceOf(InputException.class)
                    .hasMessageContaining("more than one buffer can hold");
            assertThatThrownBy(() -> file.longs("big")).isInstanceOf(InputException.class)
                    .hasMessageContaining("more elements than an array can hold");
        }
    }

    @Test
    void aSourceThatWritesTooLittleLeavesNoFile() {
        SafeTensors.Source lying = new SafeTensors.Source() {
            @Override
            public String name() {
                return "liar";
            }

            @Override
            public DType dtype() {
                return DType.U8;
            }

            @Override
            public long[] shape() {
                return new long[] {4};
            }

            @Override
            public void writeTo(WritableByteChannel channel) throws IOException {
                channel.write(ByteBuffer.allocate(3));
            }
        };
        Path path = folder.resolve("w.safetensors");
        assertThatThrownBy(() -> SafeTensors.write(path, Map.of(), List.of(lying)))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("liar");
        assertThat(folder).isEmptyDirectory();
        TensorSource a = TensorSource.of("a", new long[] {1}, new int[] {1});
        assertThatThrownBy(() -> SafeTensors.write(path, Map.of(), List.of(a, a)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TensorSource.of("a", new long[] {2}, new int[] {1}))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[2]");
    }

    @Test
    void anEmptyFileOfNoTensorsIsFine() {
        try (SafeTensors file = SafeTensors.open(file("{}", new byte[0]))) {
            assertThat(file.entries()).isEmpty();
        }
        Path path = folder.resolve("none.safetensors");
        SafeTensors.write(path, Map.of(), List.of());
        SafeTensors.open(path).close();
    }

    @Test
    void realFilesOfThePublishedLibrary() {
        Path path = gift.Shared.require("parity/preprocess/normalized_00_stride8.safetensors");
        try (SafeTensors file = SafeTensors.open(path)) {
            var entry = file.entries().values().iterator().next();
            assertThat(entry.shape()).containsExactly(3, 28, 28);
            assertThat(file.floats(entry.name())).hasSize(3 * 28 * 28);
        }
    }

    private Path file(String header, byte[] data) {
        return SafeTensorsRulesTest.file(folder, header, data);
    }

    private static byte[] prefix(long length) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }
}
