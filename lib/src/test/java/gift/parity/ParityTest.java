package gift.parity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Shared;
import gift.continual.Training.Shortcuts;
import gift.io.SafeTensors;
import gift.tensor.Devices;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of the published Python code, and that a comparison notices a wrong one. */
class ParityTest {
    private final NDManager manager = Devices.newManager(Device.cpu());
    private final List<ParityCase> cases = new ArrayList<>();

    @AfterEach
    void close() {
        manager.close();
    }

    private void assertAllPassed(int least) {
        assertThat(cases).hasSizeGreaterThanOrEqualTo(least).allMatch(ParityCase::passed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip_vit", "clip_resnet"})
    void towers(String folder) {
        ClipParity.run(Shared.require("parity/" + folder), manager, cases::add);
        assertAllPassed(6);
    }

    @Test
    void checkpoints() {
        CheckpointParity.run(Shared.require("parity/checkpoints"), cases::add);
        assertAllPassed(18);
    }

    @Test
    void runsWithShortcuts() {
        new StepParity(Shared.require("parity/steps"), manager).run(Shortcuts.ALL, cases::add);
        assertAllPassed(2 * 29);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gift", "gift_image_only_plain_l2", "gift_static_fisher_4", "gift_weight_decay_0.1", "zscl", "lwf"})
    void runsWithoutShortcuts(String name) {
        new StepParity(Shared.require("parity/steps"), manager).run(name, Shortcuts.NONE, cases::add);
        assertAllPassed(2);
    }

    // ---- a wrong reference is noticed

    /** Copies some files of a folder and adds 1 to the first number of a tensor. */
    private static void copyAndAlter(Path from, Path to, List<String> files, String file, String tensor)
            throws IOException {
        for (String name : files) {
            Files.write(to.resolve(name), Files.readAllBytes(from.resolve(name))); // writable, unlike the original
        }
        Path altered = to.resolve(file);
        long offset;
        float value;
        try (SafeTensors content = SafeTensors.open(altered)) {
            offset = content.entry(tensor).begin();
            value = content.floats(tensor)[0];
        }
        try (RandomAccessFile bytes = new RandomAccessFile(altered.toFile(), "rw")) {
            byte[] length = new byte[8];
            bytes.readFully(length);
            long header = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            bytes.seek(8 + header + offset);
            bytes.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value + 1).array());
        }
    }

    private List<String> failed() {
        return cases.stream().filter(c -> !c.passed()).map(ParityCase::name).toList();
    }

    @Test
    void aWrongFeatureFails(@TempDir Path folder) throws IOException {
        copyAndAlter(Shared.require("parity/clip_vit"), folder,
                List.of("config.json", "weights.openai.safetensors", "io.safetensors", "grads.safetensors"),
                "io.safetensors", "image_features");
        ClipParity.run(folder, manager, cases::add);
        assertThat(failed()).containsExactly(folder.getFileName() + "/openai/image_features");
    }

    @Test
    void aWrongGradientFails(@TempDir Path folder) throws IOException {
        copyAndAlter(Shared.require("parity/clip_vit"), folder,
                List.of("config.json", "weights.openai.safetensors", "io.safetensors", "grads.safetensors"),
                "grads.safetensors", "visual.proj");
        ClipParity.run(folder, manager, cases::add);
        assertThat(failed()).containsExactly(folder.getFileName() + "/openai/gradients");
    }

    @Test
    void aWrongWeightFails(@TempDir Path folder) throws IOException {
        copyAndAlter(Shared.require("parity/steps"), folder,
                List.of("manifest.json", "batches.safetensors", "pretrained.safetensors",
                        "previous_task.safetensors", "gift.safetensors"),
                "gift.safetensors", "visual.proj");
        new StepParity(folder, manager).run("gift", Shortcuts.ALL, cases::add);
        assertThat(failed()).containsExactly("steps/gift/weights");
    }
}
