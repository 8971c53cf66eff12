package gift.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.clip.ClipConfig;
import gift.io.Json;
import gift.nn.Activation;
import gift.study.StudyConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimates of a study of two tasks, worked out by hand. */
class HoursTest {
    private static final ClipConfig CLIP = new ClipConfig(6, 4, List.of(1), 8, 2, 2, 7, 20, 4, 2, 1, Activation.QUICK_GELU);
    private static final double IMAGE = Flops.image(CLIP);
    private static final double TEXT = Flops.text(CLIP, 5);

    @TempDir
    Path folder;

    private Hours.Run run(String method) throws Exception {
        return run(method, Map.of());
    }

    private Hours.Run run(String method, Map<String, Object> more) throws Exception {
        Map<String, Object> training = new HashMap<>(Map.of("iterations", 9, "batch_size", 4, "reference_batch_size", 3));
        training.putAll(more);
        Path file = Files.writeString(folder.resolve("study.json"), Json.write(Map.of("tasks", List.of("A", "B"), "seeds", List.of(1, 2),
                "references", Map.of("synthetic", Map.of("set", "x")), "methods", Map.of(method, Map.of()),
                "training", training)));
        StudyConfig study = StudyConfig.read(file);
        Hours.TaskSize a = new Hours.TaskSize(0, 2, 3, 5, 100, 10, 0, 0);
        Hours.TaskSize b = new Hours.TaskSize(1, 7, 1, 5, 100, 20, 0, 0);
        Throughput speed = new Throughput(3, 2, 6, 4, Double.POSITIVE_INFINITY);
        return new Hours(study, CLIP, speed, List.of(a, b), List.of(), Map.of("synthetic", new Hours.Pairs(50, 40, 5, 0)))
                .of(study.resolved("test").get(0));
    }

    @Test
    void finetuning() throws Exception {
        Hours.Run run = run("finetune");
        // 10 updates a task: 4 images at 3 times the forward pass over 3 a second, the class prompts over 6
        assertThat(run.training()).isCloseTo(2 * 10 * 4 * IMAGE + 10 * (2 + 7) * TEXT / 2, within(1e-6 * run.training()));
        // before training and after both tasks: 30 images over 2, 2 x 3 + 7 prompts over 4
        assertThat(run.evaluation()).isCloseTo(3 * (30 * IMAGE / 2 + 13 * TEXT / 4), within(1e-6 * run.evaluation()));
        assertThat(run.total()).isEqualTo(2 * (run.training() + run.evaluation()));
    }

    @Test
    void gift() throws Exception {
        double more = run("gift").training() - run("finetune").training();
        // 3 pairs an update, learnt by both towers; the teacher's 50 images and 40 texts once a task
        assertThat(more).isCloseTo(2 * (10 * 3 * (IMAGE + TEXT / 2) + 50 * IMAGE / 2 + 40 * TEXT / 4), within(1e-6 * more));
    }

    @Test
    void ewc() throws Exception {
        double more = run("ewc").training() - run("finetune").training();
        // 200 images of the first task, each with the prompts of its 2 classes
        assertThat(more).isCloseTo(200 * (IMAGE + 2 * TEXT / 2), within(1e-6 * more));
    }

    @Test
    void lessMemoryTakesLonger() throws Exception {
        double plain = run("finetune").training();
        assertThat(run("finetune", Map.of("accumulation", 2)).training()).isCloseTo(plain * 4 / 3, within(1e-6 * plain));
        assertThat(run("finetune", Map.of("checkpointing", true)).training()).isCloseTo(plain * 4 / 3, within(1e-6 * plain));
        assertThat(run("finetune", Map.of("accumulation", 2, "checkpointing", true)).training())
                .isCloseTo(plain * 5 / 3, within(1e-6 * plain));
    }

    @Test
    void theOthers() throws Exception {
        assertThat(run("zeroshot").training()).isZero();
        assertThat(run("zeroshot").evaluation()).isCloseTo(run("finetune").evaluation() * 2 / 3, within(1e-6));
        assertThat(run("joint").training()).isCloseTo(run("finetune").training() * 9 / 10, within(1e-6));
        double lwf = run("lwf").training() - run("finetune").training();
        // the image tower learns from 3 more images, the teacher sees them at every update, and the class prompts once
        assertThat(lwf).isCloseTo(2 * 10 * 3 * (IMAGE + IMAGE / 2) + 9 * TEXT / 4, within(1e-6 * lwf));
    }
}
