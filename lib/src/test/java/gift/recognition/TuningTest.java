package gift.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Curve;
import gift.tensor.Devices;
import gift.tensor.Schedule;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Equations by hand, the schedule, the named settings, the filter, the draw of few images. */
class TuningTest {
    private static final float LN3 = (float) Math.log(3);

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray row(float... values) {
        return manager.create(values, new Shape(1, values.length));
    }

    /** Student (1/4, 3/4). Teacher's logits (0, ln 9) at T = 2 are (0, ln 3), so its soft label is (1/4, 3/4) too. */
    @Test
    void lossesByHand() {
        NDArray student = row(0, LN3);
        NDArray teacher = row(0, 2 * LN3);
        float soft = TuningLosses.softLabels(student, teacher, 2).getFloat();
        assertThat(soft).isCloseTo((float) -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), within(1e-6f));
        assertThat(TuningLosses.pseudoLabels(student, teacher).getFloat()).isCloseTo((float) -Math.log(0.75), within(1e-6f));
        NDArray one = manager.create(1f);
        NDArray two = manager.create(2f);
        assertThat(TuningLosses.synthetic(one, two, 0.25).getFloat()).isEqualTo(1.75f);
        assertThat(TuningLosses.mixed(one, two, 3, 0.5).getFloat()).isEqualTo(4f);
    }

    /** Texts (3, 4) and (0, 2) of one class: the mean of (0.6, 0.8) and (0, 1) is (0.3, 0.9), its length sqrt(0.9). */
    @Test
    void theHeadByHand() {
        NDArray weight = Head.zeroShotWeight(manager.create(new float[] {3, 4, 0, 2}, new Shape(1, 2, 2)), 2);
        float length = (float) Math.sqrt(0.9);
        assertThat(weight.toFloatArray()).containsExactly(new float[] {0.6f / length, 1.8f / length}, within(1e-6f));
        try (Head head = Head.of(manager, weight); Head copy = head.copy()) {
            head.parameters().get("bias").addi(1);
            assertThat(head.logits(row(10, 0)).getFloat()).isCloseTo(0.6f / length + 1, within(1e-6f));
            assertThat(copy.logits(row(10, 0)).getFloat()).isCloseTo(0.6f / length, within(1e-6f));
            assertThat(head.parameters().trained().keySet()).containsExactly("weight", "bias");
        }
    }

    @Test
    void theScheduleIsOneCosineAndAsPublishedSaws() {
        Curve right = TuningSettings.FEW_SHOT.rates(2048); // 4 batches of 512
        Curve plain = new Schedule(1e-3, 0, 120);
        Curve saw = TuningSettings.FEW_SHOT_AS_PUBLISHED.rates(2048); // 16 batches of 128, of which it counts 4
        assertThat(IntStream.range(0, 120)).allMatch(i -> right.at(i) == plain.at(i));
        assertThat(TuningSettings.FEW_SHOT_AS_PUBLISHED.updates(2048)).isEqualTo(480);
        assertThat(saw.at(15)).isLessThan(saw.at(16)); // falls back at the next epoch
        assertThat(saw.at(16)).isEqualTo(plain.at(4));
        assertThat(saw.at(479)).isGreaterThan(saw.at(468)).isEqualTo(plain.at(131)); // past the end it rises
    }

    @Test
    void publishedSettingsHaveNames() {
        TuningSettings settings = TuningSettings.of("file", Json.parse("", "{\"base\": \"argument_defaults\", \"epochs\": 3}"),
                TuningSettings.ZERO_SHOT);
        assertThat(settings).isEqualTo(TuningSettings.ARGUMENT_DEFAULTS.withEpochs(3));
        assertThat(settings.warmup()).isEqualTo(500);
        assertThatThrownBy(() -> TuningSettings.of("file, zero_shot", Json.parse("", "{\"base\": \"few\"}"), TuningSettings.ZERO_SHOT))
                .isInstanceOf(InputException.class).hasMessageContaining("file, zero_shot: no settings 'few'").hasMessageContaining("few_shot");
        assertThatThrownBy(() -> TuningSettings.of("file", Json.parse("", "{\"soft_share\": 2}"), TuningSettings.ZERO_SHOT))
                .isInstanceOf(InputException.class).hasMessageContaining("soft_share 2.0 must be between 0 and 1");
    }

    @Test
    void realBatchesStartOverAtEveryEpochAndWhenUsedUp() {
        TuningBatches batches = TuningBatches.shuffled(1, 40, 8, 12, 4); // 5 updates an epoch, 3 real batches
        for (int epoch = 0; epoch < 2; epoch++) {
            int first = 5 * epoch;
            int[] pass = IntStream.range(first, first + 3).flatMap(i -> IntStream.of(batches.second(i))).sorted().toArray();
            assertThat(pass).containsExactly(IntStream.range(0, 12).toArray());
            assertThat(batches.second(first + 3)).isNotEqualTo(batches.second(first)); // shuffled anew
        }
        assertThat(batches.second(5)).isNotEqualTo(batches.second(0));
    }

    // ---- filter

    /** Of four classes: 0.25 itself does not pass. */
    @Test
    void theFilterPassesStrictlyAboveChance() {
        float[] confidences = {0.25f, 0.9f, 0.1f, 0.3f, 0.26f};
        ClipFilter published = new ClipFilter(ClipFilter.Rule.FILL_UP_AS_PUBLISHED, 4, 0);
        ClipFilter.Selection few = published.select(confidences, "dog", 0, 4);
        assertThat(few.kept()).containsExactly(1, 3, 4, 0); // by falling confidence, the last one filled up
        assertThat(few.passing()).containsExactly(1, 3, 4);
        assertThat(few.filledUp()).containsExactly(0);
        assertThat(few.dropped()).containsExactly(2);
        ClipFilter.Selection drawn = new ClipFilter(ClipFilter.Rule.FILL_UP_AS_PUBLISHED, 2, 0).select(confidences, "dog", 0, 4);
        assertThat(drawn.kept()).hasSize(2).doesNotHaveDuplicates().isSubsetOf(1, 3, 4);
        assertThat(new ClipFilter(ClipFilter.Rule.THRESHOLD, 4, 0).select(confidences, "dog", 0, 4).kept()).containsExactly(1, 3, 4);
    }

    @Test
    void aFilterThatLeavesNothingSaysSo() {
        ClipFilter filter = new ClipFilter(ClipFilter.Rule.THRESHOLD, 0, 0);
        assertThatThrownBy(() -> filter.select(new float[] {0.1f, 0.2f}, "dog", 0, 4)).isInstanceOf(InputException.class)
                .hasMessageContaining("leaves no image of the class 'dog': of 2 none is above 1/4");
    }

    // ---- few shots

    @Test
    void moreShotsHoldFewerAndValidationIsApart() {
        int[] labels = IntStream.range(0, 60).map(i -> i % 3).toArray();
        List<String> names = List.of("a", "b", "c");
        FewShots one = FewShots.draw(labels, names, 1, 4, 7);
        FewShots many = FewShots.draw(labels, names, 16, 4, 7);
        assertThat(many.shots()).hasSize(48).contains(one.shots()).doesNotContain(many.validation());
        assertThat(many.validation()).containsExactlyInAnyOrder(one.validation());
        assertThat(IntStream.of(many.shots()).map(i -> labels[i]).sum()).isEqualTo(48);
        assertThat(FewShots.draw(labels, names, 1, 4, 8).shots()).isNotEqualTo(one.shots());
        assertThatThrownBy(() -> FewShots.draw(labels, names, 17, 4, 7)).isInstanceOf(InputException.class)
                .hasMessage("the class 'a' has 20 images, not the 17 shots and 4 for validation that are asked for");
    }
}
