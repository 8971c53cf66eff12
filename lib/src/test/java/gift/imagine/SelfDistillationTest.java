package gift.imagine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.image.augment.BlockMasks;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The equations of pretraining by hand. */
class SelfDistillationTest {
    private static final Offset<Float> CLOSE = within(1e-6f);

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray rows(int columns, float... values) {
        return manager.create(values, new Shape(values.length / columns, columns));
    }

    /**
     * Patches 0, 0, 3 of one channel: mean 1, variance (1 + 1 + 4) / 3 = 2, third moment (-1 - 1 + 8) / 3 = 2. The other
     * channel is 5 throughout: deviation sqrt(1e-5), third moment 0.
     */
    @Test
    void momentsOfThreePatches() {
        NDArray tokens = manager.create(new float[] {7, 8, 0, 5, 0, 5, 3, 5}, new Shape(1, 4, 2));
        assertThat(Moments.pool(tokens).toFloatArray()).containsExactly(new float[] {7, 8, 1, 5,
            (float) Math.sqrt(2.00001), (float) Math.sqrt(1e-5), (float) Math.cbrt(2.00001), 0}, CLOSE);
    }

    /** Both epsilons: m3 = -8e-6 becomes -(1.8e-5)^(1/3), not -0.02. */
    @Test
    void aTinyThirdMomentIsNotTiny() {
        float a = (float) Math.cbrt(8e-6 / 2);          // patches -2 a, a, a: mean 0, m3 = (-8 + 2) a^3 / 3 = -2 a^3
        NDArray tokens = manager.create(new float[] {0, -2 * a, a, a}, new Shape(1, 4, 1));
        assertThat(Moments.pool(tokens).toFloatArray()[3]).isCloseTo((float) -Math.cbrt(1.8e-5), within(1e-5f));
    }

    /** Student (0, 0.1) / 0.1 = (0, 1): -log softmax is ln(1 + e) and ln(1 + e) - 1; with p = (1/4, 3/4) ln(1 + e) - 3/4. */
    @Test
    void crossEntropyOfARow() {
        float expected = (float) (Math.log(1 + Math.E) - 0.75);
        NDArray student = rows(2, 0, 0.1f);
        NDArray teacher = rows(2, 0.25f, 0.75f);
        assertThat(SelfDistillation.crossEntropy(student, teacher).toFloatArray()).containsExactly(new float[] {expected}, CLOSE);
        assertThat(SelfDistillation.ofImages(List.of(student, student), List.of(teacher)).getFloat())
                .isCloseTo(2 * expected, CLOSE);
        NDArray weights = manager.create(new float[] {0.5f});
        assertThat(SelfDistillation.ofPatches(student, teacher, weights, 4).getFloat()).isCloseTo(expected / 8, CLOSE);
    }

    /** The first update has centre 0; the second 0.1 times the mean of the first, and so on: the centre is a step behind. */
    @Test
    void theCentreIsAStepBehind() {
        TeacherCenter center = new TeacherCenter(manager, 2);
        float t = (float) Math.log(3);
        assertThat(center.probabilities(rows(2, t, 0), 1).toFloatArray()).containsExactly(new float[] {0.75f, 0.25f}, CLOSE);
        assertThat(center.values().toFloatArray()).containsExactly(new float[] {0.1f * t, 0}, CLOSE);
        float second = (float) (1 / (1 + Math.exp(-0.9 * t)));
        assertThat(center.probabilities(rows(2, t, 0), 1).toFloatArray()).containsExactly(new float[] {second, 1 - second}, CLOSE);
        assertThat(center.values().toFloatArray()).containsExactly(new float[] {0.19f * t, 0}, CLOSE);
    }

    /** exp(t) = ((2, 1), (1, 2)) is balanced already: rows sum to 1 with 2/3 and 1/3. */
    @Test
    void sinkhornLeavesWhatIsBalanced() {
        float t = (float) Math.log(2);
        assertThat(SelfDistillation.sinkhorn(rows(2, t, 0, 0, t), 1).toFloatArray())
                .containsExactly(new float[] {2 / 3f, 1 / 3f, 1 / 3f, 2 / 3f}, CLOSE);
    }

    /** The entropy of the mean output after an update of two rows. */
    private double see(Collapse collapse, int update, float... probabilities) {
        Collapse.Seen seen = Scopes.notRecording(() -> collapse.see(rows(4, probabilities), update));
        double ofMean = seen.ofMean().getFloat();
        collapse.judge(update, ofMean, seen.ofSingle().getFloat());
        return ofMean;
    }

    /** The state noted last is among the values, as a checkpoint holds it: what goes on from there says it no second time. */
    @Test
    void collapseIsNoticedAndNamed() {
        List<String> notes = new ArrayList<>();
        Collapse collapse = new Collapse(manager, 4, notes::add);
        for (int i = 0; i < 30; i++) {
            assertThat(see(collapse, i, 1, 0, 0, 0, 0, 0, 1, 0)).isCloseTo(Math.log(2), within(1e-5));
        }
        assertThat(notes).isEmpty();
        for (int i = 30; i < 130; i++) {
            see(collapse, i, 0, 1, 0, 0, 0, 1, 0, 0);
        }
        assertThat(notes).hasSize(1).first().asString()
                .matches("update 1\\d\\d: the teacher has collapsed, nearly all images go to one prototype: .* of at most 1.386 nats; .*");
        assertThat(collapse.values().toFloatArray()).hasSize(6).endsWith(Collapse.State.ONE_PROTOTYPE.ordinal());
        collapse.restored();
        see(collapse, 130, 0, 1, 0, 0, 0, 1, 0, 0);
        assertThat(notes).hasSize(1);
        assertThat(Collapse.state(Math.log(4), Math.log(4), 4)).isEqualTo(Collapse.State.UNIFORM);
        assertThat(Collapse.state(Math.log(4), 1, 4)).isEqualTo(Collapse.State.NONE);
    }

    // ---- masks

    @Test
    void halfOfTheCropsAreMaskedEachFromItsOwnSlice() {
        BlockMasks blocks = new BlockMasks(14, 14);
        MaskedPatches masks = MaskedPatches.draw(8, blocks, 0.5, 0.1, 0.5, RandomStream.of(1, "test"));
        assertThat(masks.maskedCrops()).hasSize(4);
        assertThat(masks.wholeCrops()).hasSize(4);
        assertThat(masks.indices()).hasSameSizeAs(masks.weights()).isSorted();
        assertThat(MaskedPatches.bound(1, 4, 0.1, 0.5)).isCloseTo(0.2, within(1e-12));
        float sum = 0;
        for (float weight : masks.weights()) {
            sum += weight;
        }
        assertThat(sum).isCloseTo(4, within(1e-4f)); // 1 for each masked crop
        MaskedPatches by = new MaskedPatches(new boolean[][] {{false, false}, {true, false}, {true, true}});
        assertThat(by.indices()).containsExactly(2, 4, 5);
        assertThat(by.indicesAmongMasked()).containsExactly(0, 2, 3);
        assertThat(by.weights()).containsExactly(1, 0.5f, 0.5f);
    }
}
