package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.continual.Method.Averaging;
import gift.continual.Method.DistillationKind;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Method.Towers;
import gift.io.InputException;
import gift.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
    private static Method method(Teacher teacher, double alpha, Towers towers, double beta, Penalty penalty,
            double lambda, int fisherUpdates) {
        return new Method(teacher, alpha, DistillationKind.CONTRASTIVE, towers, beta, 2, penalty, lambda,
                fisherUpdates, Averaging.NONE, 100, 0.9);
    }

    private static void assertRefused(Runnable maker, String message) {
        assertThatThrownBy(maker::run).isInstanceOf(InputException.class).hasMessage(message);
    }

    @Test
    void publishedDefaults() {
        assertThat(Method.GIFT.distillation()).isEqualTo(1);
        assertThat(Method.GIFT.alignment()).isEqualTo(0.25);
        assertThat(Method.GIFT.penaltyWeight()).isEqualTo(1);
        assertThat(Method.GIFT.temperature()).isEqualTo(2);
        assertThat(Method.GIFT.usesReference()).isTrue();
        assertThat(Method.FINETUNE.usesReference()).isFalse();
    }

    @Test
    void alignmentNeedsReferencePairsButNoTeacher() {
        Method aligned = method(null, 0, Towers.BOTH, 0.25, Penalty.FISHER, 1, 0);
        assertThat(aligned.usesReference()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN})
    void weightsAreNotNegative(double weight) {
        String message = "loss weights must not be negative";
        assertRefused(() -> method(Teacher.PREVIOUS, weight, Towers.BOTH, 0.25, Penalty.NONE, 0, 0), message);
        assertRefused(() -> method(Teacher.PREVIOUS, 1, Towers.BOTH, weight, Penalty.NONE, 0, 0), message);
        assertRefused(() -> method(Teacher.PREVIOUS, 1, Towers.BOTH, 0.25, Penalty.L2, weight, 0), message);
    }

    @Test
    void distillationNeedsATeacher() {
        String message = "a method that distils needs a teacher: previous, initial or merge:r";
        assertRefused(() -> method(null, 1, Towers.BOTH, 0, Penalty.NONE, 0, 0), message);
        assertRefused(() -> method(null, 0, Towers.IMAGE, 0.25, Penalty.NONE, 0, 0), message);
    }

    @Test
    void aFisherNeedsGradientsAndAStaticOneUpdates() {
        assertRefused(() -> method(Teacher.PREVIOUS, 0, Towers.BOTH, 0, Penalty.FISHER, 1, 0),
                "a Fisher penalty needs distillation or alignment, whose gradients it is made of");
        assertRefused(() -> method(Teacher.PREVIOUS, 1, Towers.BOTH, 0, Penalty.STATIC_FISHER, 1, 0),
                "a static Fisher needs fisher_updates of at least 1");
        assertRefused(() -> method(Teacher.PREVIOUS, 1, Towers.BOTH, 0, Penalty.STATIC_FISHER_AS_PUBLISHED, 1, 0),
                "a static Fisher needs fisher_updates of at least 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0  |100|0.9|temperature 0.0 must be positive",
        "NaN|100|0.9|temperature NaN must be positive",
        "2  |0  |0.9|average_every 0 must be at least 1",
        "2  |100|1.5|average_decay 1.5 must be between 0 and 1",
        "2  |100|NaN|average_decay NaN must be between 0 and 1"})
    void temperatureAndAveraging(double temperature, int every, double decay, String message) {
        assertRefused(() -> new Method(Teacher.PREVIOUS, 1, DistillationKind.CONTRASTIVE, Towers.BOTH, 0.25,
                temperature, Penalty.NONE, 0, 0, Averaging.MOVING, every, decay), message);
    }

    // ---- teachers

    @ParameterizedTest
    @CsvSource({"previous, 0", "initial, 1", "merge:0.3, 0.3", "merge:.25, 0.25", "merge:0, 0", "merge:1, 1"})
    void teachersByName(String name, double share) {
        assertThat(Teacher.parse(name)).isEqualTo(new Teacher(share));
    }

    @ParameterizedTest
    @CsvSource({"previous", "initial", "merge:0.3"})
    void teachersAreWrittenAsTheyAreRead(String name) {
        assertThat(Teacher.parse(name)).hasToString(name);
        String json = Json.write(Teacher.parse(name)).strip();
        assertThat(json).isEqualTo('"' + name + '"');
        assertThat(Json.convert("x", Json.parse("x", json), Teacher.class)).isEqualTo(Teacher.parse(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Previous", "merge:", "merge:x", "merge:-0.1", "merge:0.5x"})
    void otherTeachersAreRefused(String name) {
        assertRefused(() -> Teacher.parse(name),
                "unknown teacher '" + name + "': use previous, initial or merge:r");
    }

    @Test
    void sharesLieBetweenZeroAndOne() {
        assertRefused(() -> Teacher.parse("merge:1.5"), "teacher merge:1.5: the share must be between 0 and 1");
        assertRefused(() -> new Teacher(Double.NaN), "teacher merge:NaN: the share must be between 0 and 1");
    }
}
