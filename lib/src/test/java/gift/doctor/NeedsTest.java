package gift.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import gift.clip.ClipConfig;
import gift.data.Task;
import gift.io.Json;
import gift.mini.World;
import gift.nn.Activation;
import gift.study.StudyConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory of a step, worked out by hand. */
class NeedsTest {
    private static final ClipConfig CLIP = new ClipConfig(6, 4, List.of(2), 8, 2, 2, 7, 20, 4, 2, 3, Activation.QUICK_GELU);
    private static final int IMAGE = (2 * 2 + 1) * 8; // values of one width for all tokens
    private static final int TEXT = 7 * 4;

    @TempDir
    Path folder;

    /** Bytes beyond seven copies of the weights: initial, student, start, gradients, two of AdamW, teacher. */
    private long kept(Map<String, Object> more) throws Exception {
        Map<String, Object> training = new HashMap<>(Map.of("batch_size", 8, "reference_batch_size", 12));
        training.putAll(more);
        Path file = Files.writeString(folder.resolve("study.json"), Json.write(Map.of("tasks", List.of("A"),
                "references", Map.of("synthetic", Map.of("set", "x")), "methods", Map.of("gift", Map.of()), "training", training)));
        Task tenClasses = World.open("digits");
        return Needs.device(CLIP, StudyConfig.read(file).resolved("test").get(0), List.of(tenClasses)) - 7 * Needs.weights(CLIP);
    }

    @Test
    void gift() throws Exception {
        // 12 pairs keep more than 8 images and 10 prompts: 30 widths in each of 2 and of 3 blocks
        assertThat(kept(Map.of())).isEqualTo(4 * 12 * (2 * 30 * IMAGE + 3 * 30 * TEXT));
    }

    @Test
    void accumulationKeepsOnePart() throws Exception {
        assertThat(kept(Map.of("accumulation", 5))).isEqualTo(4 * 3 * 3 * 30 * TEXT);
    }

    @Test
    void checkpointingKeepsOneBlockAndTheInputsOfAll() throws Exception {
        assertThat(kept(Map.of("checkpointing", true))).isEqualTo(4 * 12 * (2 * IMAGE + 3 * TEXT + 30 * IMAGE));
    }
}
