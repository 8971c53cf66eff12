package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.io.Json;
import gift.continual.RunCost.Passes;
import gift.continual.RunCost.Sizes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Costs of a study of two tasks with ten updates each, worked out by hand. */
class RunCostTest {
    private static final Training TRAINING = new Training(9, 4, 3, 1e-3, 0, 0, 0, 0.999, 100, Training.Shortcuts.ALL);

    private static RunCost of(Method method) {
        return new RunCost(method, List.of(TRAINING, TRAINING));
    }

    @Test
    void passesOfAnUpdate() {
        Sizes sizes = new Sizes(100, 7, 50, 40);
        assertThat(of(Methods.FINETUNE).passes(0, sizes)).isEqualTo(new Passes(4, 7, 0, 0, 0, 0, 0, 0));
        assertThat(of(Methods.FINETUNE).passes(0, new Sizes(2, 7, 0, 0)).images()).isEqualTo(2);
        // 3 pairs, each with its own text, through both towers; the teacher sees all 50 images and 40 texts once
        assertThat(of(Methods.GIFT).passes(0, sizes)).isEqualTo(new Passes(4, 7, 3, 3, 0, 0, 50, 40));
        // the image tower alone; other crops in every update, compared with all texts, which the teacher knows
        assertThat(of(Methods.LWF).passes(0, sizes)).isEqualTo(new Passes(4, 7, 3, 0, 3, 0, 0, 40));
        assertThat(of(Methods.ICARL).passes(0, new Sizes(100, 7, 0, 7))).isEqualTo(new Passes(4, 7, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void theTeacherWithoutItsCache() {
        Training plain = Json.replace(TRAINING, "shortcuts", Training.Shortcuts.NONE);
        assertThat(new RunCost(Methods.GIFT, List.of(plain)).passes(0, new Sizes(100, 7, 50, 40)))
                .isEqualTo(new Passes(4, 7, 3, 3, 3, 3, 0, 0));
    }

    @Test
    void aPassOfTheStudent() {
        Training parts = Json.replace(TRAINING, "accumulation", 2);
        RunCost cost = new RunCost(Methods.FINETUNE, List.of(TRAINING, parts, Json.replace(parts, "checkpointing", true)));
        assertThat(cost.studentPass(0)).isEqualTo(3);
        assertThat(cost.studentPass(1)).isEqualTo(4);
        assertThat(cost.studentPass(2)).isEqualTo(5);
    }

    @Test
    void runsInUpdatesOfFineTuning() {
        // two times 10 updates, three evaluations of half as many as a task's
        assertThat(of(Methods.FINETUNE).inUpdates()).isEqualTo(20 + 15);
        assertThat(of(Methods.ZEROSHOT).inUpdates()).isEqualTo(10);
        // two times 9 updates, evaluated before and after
        assertThat(of(Methods.JOINT).inUpdates()).isEqualTo(18 + 10);
        // 4 + 3 images in place of 4, and 3 texts
        assertThat(of(Methods.GIFT).inUpdates()).isCloseTo(20 * 7.3 / 4 + 15, within(1e-9));
        // and the teacher's forward pass of the 3: 3 x 7 + 3 in place of 3 x 4
        assertThat(of(Methods.LWF).inUpdates()).isEqualTo(20 * 2 + 15);
        // 200 images one by one at the second task: 3 passes each, in updates of 3 x 4
        assertThat(of(Methods.EWC).fisherImages(0)).isZero();
        assertThat(of(Methods.EWC).fisherImages(1)).isEqualTo(200);
        assertThat(of(Methods.EWC).inUpdates()).isEqualTo(20 + 50 + 15);
        // exemplars from the second task on
        assertThat(of(Methods.ICARL).inUpdates()).isEqualTo(10 + 10 * 1.75 + 15);
    }
}
