package gift.continual;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static java.lang.Math.exp;
import static java.lang.Math.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The equations on numbers small enough for a pencil. Single precision: six digits. */
class LossesTest {
    private static final double SIX_DIGITS = 2e-6;

    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        manager.close();
    }

    private NDArray matrix(int columns, float... values) {
        return manager.create(values, new Shape(values.length / columns, columns));
    }

    private static void assertValue(NDArray loss, double expected) {
        assertThat(loss.getShape()).isEqualTo(new Shape());
        assertThat((double) loss.getFloat()).isCloseTo(expected, within(SIX_DIGITS * Math.max(1, Math.abs(expected))));
    }

    private float[] gradient(UnaryOperator<NDArray> loss, NDArray at) {
        at.setRequiresGradient(true);
        try (Gradients recording = Gradients.record()) {
            recording.backward(loss.apply(at));
            return at.getGradient().toFloatArray();
        }
    }

    // ---- equation 1

    /** 10 (1, 0) (0.6, 0.8) = 6; 10 (0, 1) (0.6, 0.8) = 8; and with (1, 0): 10, 0. */
    @Test
    void similarity() {
        NDArray m = Losses.similarity(matrix(2, 1, 0, 0, 1), matrix(2, 0.6f, 0.8f, 1, 0, 0, -1), manager.create(10f));
        assertThat(m.getShape()).isEqualTo(new Shape(2, 3));
        assertThat(m.toFloatArray()).containsExactly(new float[] {6, 10, 0, 8, 0, -10}, within(1e-5f));
    }

    // ---- equation 2

    /**
     * Rows (log 1, log 3) and (log 4, log 1) have softmax (1/4, 3/4) and (4/5, 1/5). Labels 1 and 0:
     * (-log 3/4 - log 4/5) / 2. With e = 0.2 the targets are (0.1, 0.9) and (0.9, 0.1).
     */
    @Test
    void crossEntropy() {
        NDArray logits = matrix(2, 0, (float) log(3), (float) log(4), 0);
        NDArray labels = manager.create(new long[] {1, 0});
        assertValue(Losses.crossEntropy(logits, labels, 0), -(log(0.75) + log(0.8)) / 2);
        assertValue(Losses.crossEntropy(logits, labels, 0.2),
                -(0.1 * log(0.25) + 0.9 * log(0.75) + 0.9 * log(0.8) + 0.1 * log(0.2)) / 2);
    }

    // ---- equation 3

    /**
     * T = 2. The teacher's row (2 log 3, 0) has softmax (3/4, 1/4) at T, the student's (0, 2 log 4) has (1/5, 4/5):
     * 4 (-(3/4) log(1/5) - (1/4) log(4/5)). At T = 1 softmaxes are (9/10, 1/10) and (1/17, 16/17), factor 1.
     */
    @Test
    void distillation() {
        NDArray student = matrix(2, 0, (float) (2 * log(4)));
        NDArray teacher = matrix(2, (float) (2 * log(3)), 0);
        assertValue(Losses.distillation(student, teacher, 2), -4 * (0.75 * log(0.2) + 0.25 * log(0.8)));
        assertValue(Losses.distillation(student, teacher, 1), -(0.9 * log(1 / 17.0) + 0.1 * log(16 / 17.0)));
    }

    @Test
    void distillationIsTheMeanOverRows() {
        NDArray student = matrix(2, 0, 3, 1, -1);
        NDArray teacher = matrix(2, 2, 0, 0, 1);
        double first = Losses.distillation(student.get("0:1"), teacher.get("0:1"), 2).getFloat();
        double second = Losses.distillation(student.get("1:2"), teacher.get("1:2"), 2).getFloat();
        assertValue(Losses.distillation(student, teacher, 2), (first + second) / 2);
    }

    /** The derivative with respect to the student is T (softmax(M / T) - softmax(M' / T)) / B. */
    @Test
    void distillationDoesNotPullAtAStudentThatEqualsItsTeacher() {
        NDArray teacher = normal(manager, "teacher", 4, 5);
        UnaryOperator<NDArray> loss = student -> Losses.distillation(student, teacher, 2);
        assertThat(gradient(loss, normal(manager, "teacher", 4, 5))).usingComparatorWithPrecision(1e-6f).containsOnly(0);
        float[] elsewhere = gradient(loss, normal(manager, "student", 4, 5));
        float[] expected = normal(manager, "student", 4, 5).div(2f).softmax(1).sub(teacher.div(2f).softmax(1))
                .mul(2f / 4).toFloatArray();
        assertThat(difference(elsewhere, expected)).isLessThan(SIX_DIGITS);
    }

    /** Softmaxes as above, student first: 4 ((1/5) log((1/5) / (3/4)) + (4/5) log((4/5) / (1/4))). */
    @Test
    void reverseKl() {
        NDArray student = matrix(2, 0, (float) (2 * log(4)));
        NDArray teacher = matrix(2, (float) (2 * log(3)), 0);
        assertValue(Losses.reverseKl(student, teacher, 2),
                4 * (0.2 * log(0.2 / 0.75) + 0.8 * log(0.8 / 0.25)));
    }

    @Test
    void reverseKlIsZeroAtEquality() {
        NDArray m = normal(manager, "m", 4, 5);
        assertThat(Losses.reverseKl(m, m, 2).getFloat()).isZero();
        assertThat(gradient(student -> Losses.reverseKl(student, m, 2), normal(manager, "m", 4, 5)))
                .usingComparatorWithPrecision(1e-6f).containsOnly(0);
    }

    /** (1^2 + 2^2 + 0 + 3^2) / 4. */
    @Test
    void featureError() {
        assertValue(Losses.featureMse(matrix(2, 1, 2, 3, 4), matrix(2, 0, 0, 3, 1)), 14 / 4.0);
    }

    /**
     * Ten times the products of three images: 0 (first and second), 6 (first and third), 8 (second and third). For
     * the teacher all others are equally near, so that each row's cross-entropy is the mean of log(1 + e^d) and
     * log(1 + e^-d), d the difference of its two.
     */
    @Test
    void imageDistillationLeavesOutEachImageItself() {
        NDArray student = matrix(2, 1, 0, 0, 1, 0.6f, 0.8f);
        NDArray teacher = matrix(2, 1, 0, 1, 0, 1, 0);
        double rows = IntStream.of(6, 8, 2).mapToDouble(d -> (log(1 + exp(d)) + log(1 + exp(-d))) / 2).sum();
        assertValue(Losses.imageDistillation(student, teacher, manager.create(10f), 1), rows / 3);
    }

    // ---- equation 4

    /** Diagonal log 3 and 0 elsewhere: every row's softmax is 3/5 at its own text and 1/5 at the two others. */
    @Test
    void alignment() {
        float d = (float) log(3);
        NDArray m = matrix(3, d, 0, 0, 0, d, 0, 0, 0, d);
        assertValue(Losses.alignment(m, 0), -log(0.6));
        // e = 0.3: target 0.8 at the own text, 0.1 at each other
        assertValue(Losses.alignment(m, 0.3), -0.8 * log(0.6) - 0.2 * log(0.2));
    }

    /**
     * Pairs 0 and 1 have the same text, so columns 0 and 1 are equal. The published code shares their target mass:
     * targets (1/2, 1/2, 0), (1/2, 1/2, 0), (0, 0, 1) for rows, the same for columns. Rows: log softmax is equal at
     * columns 0 and 1, so half of each is one of them. Columns: both are the same distribution over images, and
     * together they ask for one unit at image 0 and one at image 1 either way.
     */
    @Test
    void sharingTheTargetAmongIdenticalTextsChangesNothing() {
        double[][] m = {{2, 2, -1}, {0.5, 0.5, 3}, {1, 1, 0}};
        double[][] shared = {{0.5, 0.5, 0}, {0.5, 0.5, 0}, {0, 0, 1}};
        double[][] transposed = {{2, 0.5, 1}, {2, 0.5, 1}, {-1, 3, 0}};
        NDArray matrix = matrix(3, 2, 2, -1, 0.5f, 0.5f, 3, 1, 1, 0);
        for (double smoothing : new double[] {0, 0.2}) {
            assertValue(Losses.alignment(matrix, smoothing), softCrossEntropy(m, shared, smoothing));
            assertValue(Losses.alignment(matrix.transpose(), smoothing),
                    softCrossEntropy(transposed, shared, smoothing));
        }
    }

    private static double softCrossEntropy(double[][] logits, double[][] targets, double smoothing) {
        double loss = 0;
        for (int i = 0; i < logits.length; i++) {
            double sum = 0;
            for (double x : logits[i]) {
                sum += exp(x);
            }
            for (int j = 0; j < logits.length; j++) {
                double target = (1 - smoothing) * targets[i][j] + smoothing / logits.length;
                loss -= target * (logits[i][j] - log(sum));
            }
        }
        return loss / logits.length;
    }

    // ---- equations 5 and 6

    /** Squares 1, 4, 0, 9 with mean 3.5. */
    @Test
    void fisher() {
        float[] f = Losses.fisher(manager.create(new float[] {1, -2, 0, 3})).toFloatArray();
        assertThat(f).containsExactly(new float[] {1 / 3.5f, 4 / 3.5f, 0, 9 / 3.5f}, within(1e-6f));
    }

    @Test
    void fisherOfNoGradientIsZero() {
        assertThat(Losses.fisher(manager.zeros(new Shape(2, 2))).toFloatArray()).containsOnly(0);
    }

    /** Differences 1, -2, 3: 1 + 4 + 9 = 14; with F = (2, 1/2, 0): 2 + 2 + 0 = 4; gradient 2 F d = (4, -2, 0). */
    @Test
    void penalty() {
        NDArray anchor = manager.create(new float[] {1, 1, 1});
        NDArray fisher = manager.create(new float[] {2, 0.5f, 0});
        assertValue(Losses.penalty(manager.create(new float[] {2, -1, 4}), anchor, null), 14);
        assertValue(Losses.penalty(manager.create(new float[] {2, -1, 4}), anchor, fisher), 4);
        assertThat(gradient(theta -> Losses.penalty(theta, anchor, fisher), manager.create(new float[] {2, -1, 4})))
                .containsExactly(4, -2, 0);
    }

    // ---- factors

    /**
     * DJL's x.mul(number) makes an array of the number in a Java buffer and closes it at once, while the recorded graph
     * still reads it in backward: after a garbage collection the gradient is made of freed memory. The losses
     * therefore multiply by {@link NativeOps#scale}.
     */
    @Test
    void gradientsDoNotDependOnTheGarbageCollector() throws InterruptedException {
        NDArray teacher = normal(manager, "teacher", 4, 5);
        for (int i = 0; i < 5; i++) {
            NDArray student = normal(manager, "student", 4, 5);
            student.setRequiresGradient(true);
            float[] expected = normal(manager, "student", 4, 5).div(2f).softmax(1).sub(teacher.div(2f).softmax(1))
                    .mul(2f / 4).toFloatArray();
            try (Gradients recording = Gradients.record()) {
                NDArray loss = Losses.distillation(student, teacher, 2);
                System.gc();
                Thread.sleep(20); // freed on another thread
                List<ByteBuffer> others = IntStream.range(0, 1000).mapToObj(k -> ByteBuffer.allocateDirect(4)
                        .order(ByteOrder.nativeOrder()).putFloat(Float.NaN)).toList();
                recording.backward(loss);
                assertThat(others).hasSize(1000);
                assertThat(difference(student.getGradient().toFloatArray(), expected)).isLessThan(SIX_DIGITS);
            }
        }
    }
}
