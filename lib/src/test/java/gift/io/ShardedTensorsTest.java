package gift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedTensorsTest {
    @TempDir
    private Path folder;

    private Path index(String name, String... map) throws IOException {
        return Files.writeString(folder.resolve(name), "{\"metadata\": {}, \"weight_map\": {" + String.join(", ", map) + "}}");
    }

    private static TensorSource tensor(String name, float value) {
        return TensorSource.of(name, new long[] {1}, new float[] {value});
    }

    @Test
    void tensorsOfAllFiles() throws IOException {
        SafeTensors.write(folder.resolve("m-1.safetensors"), Map.of(), List.of(tensor("a", 1), tensor("b", 2)));
        SafeTensors.write(folder.resolve("m-2.safetensors"), Map.of(), List.of(TensorSource.of("c", new long[] {1}, new long[] {3})));
        TorchWriter.write(folder.resolve("m-1.bin"), Map.of(), List.of(tensor("a", 1), tensor("b", 2)));
        TorchWriter.write(folder.resolve("m-2.bin"), Map.of(), List.of(TensorSource.of("c", new long[] {1}, new long[] {3})));
        for (String kind : List.of("safetensors", "bin")) {
            String one = "m-1." + kind + "\"";
            Path index = index("m." + kind + ".index.json", "\"a\": \"" + one, "\"b\": \"" + one, "\"c\": \"m-2." + kind + "\"");
            try (TensorFile tensors = TensorFile.open(index)) {
                assertThat(tensors.entries().keySet()).containsExactly("a", "b", "c");
                assertThat(tensors.floats("b")).containsExactly(2);
                assertThat(tensors.longs("c")).containsExactly(3);
                assertThatThrownBy(() -> tensors.floats("d")).isInstanceOf(InputException.class)
                        .hasMessage("no tensor 'd' in the files of " + index);
            }
        }
    }

    @Test
    void damagedOnesAreRefused() throws IOException {
        SafeTensors.write(folder.resolve("m-1.safetensors"), Map.of(), List.of(tensor("a", 1)));
        SafeTensors.write(folder.resolve("m-2.safetensors"), Map.of(), List.of(tensor("a", 1)));
        refused("'weight_map' must say", index("m.safetensors.index.json"));
        refused("1 of the 2 weight files that", index("m.safetensors.index.json", "\"a\": \"m-1.safetensors\"",
                "\"b\": \"m-9.safetensors\""));
        refused("tensor 'a' is twice", index("m.safetensors.index.json", "\"a\": \"m-1.safetensors\"",
                "\"b\": \"m-2.safetensors\""));
        refused("'weight_map' must say", index("m.safetensors.index.json", "\"a\": \"../m-1.safetensors\""));
        refused("which .bin file", index("m.bin.index.fp16.json", "\"a\": \"m-1.safetensors\""));
    }

    private static void refused(String message, Path index) {
        assertThatThrownBy(() -> TensorFile.open(index)).isInstanceOf(InputException.class).hasMessageContaining(message);
    }
}
