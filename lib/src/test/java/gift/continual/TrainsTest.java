package gift.continual;

import static gift.continual.TinyTask.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.continual.Method.Probe;
import gift.continual.Method.Teacher;
import gift.continual.Method.Trains;
import gift.continual.Training.Shortcuts;
import gift.io.Json;
import gift.tensor.Devices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a model is trained, by what classifier, and a teacher from elsewhere. */
class TrainsTest {
    private static final Training TRAINING = new Training(12, 6, 6, 1e-3, 3, 0.2, 0, 0.999, 100, Shortcuts.ALL);

    private final NDManager manager = Devices.newManager(Device.cpu());
    private Clip start;

    @BeforeEach
    void model() {
        start = Clip.random(TinyTask.CONFIG, manager, 1);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** The weights that training ends with; the losses of all updates go to a list. */
    private Map<String, float[]> train(Method method, Training training, Clip given, List<Double> losses) {
        try (Clip student = start.copy();
                TaskTrainer trainer = new TaskTrainer(student, start, method, training, new TinyTask(), new TinyTask.Pairs(),
                        null, given)) {
            for (int i = 0; i < trainer.updates(); i++) {
                losses.add(trainer.update(i).get("cross_entropy"));
            }
            return values(student);
        }
    }

    private Map<String, float[]> train(Method method, Training training) {
        return train(method, training, null, new ArrayList<>());
    }

    /** The tensors that differ from the start's. */
    private Set<String> changed(Map<String, float[]> values) {
        Set<String> changed = new TreeSet<>();
        values(start).forEach((name, before) -> {
            if (!Arrays.equals(before, values.get(name))) {
                changed.add(name);
            }
        });
        return changed;
    }

    @ParameterizedTest
    @EnumSource(value = Trains.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void onlyWhatItNamesIsChanged(Trains trains) {
        Predicate<String> wanted = trains.names();
        assertThat(changed(train(Methods.GIFT.withTrains(trains), TRAINING))).isNotEmpty()
                .allMatch(wanted).anyMatch(name -> trains.images() == name.startsWith("visual."));
    }

    /** Accumulation and checkpointing leave out the tower that is not trained. */
    @ParameterizedTest
    @EnumSource(value = Trains.class, names = {"IMAGE", "TEXT", "LAST_LAYER"})
    void inPartsAsInOne(Trains trains) {
        Method method = Methods.GIFT.withTrains(trains);
        Map<String, float[]> whole = train(method, TRAINING);
        Map<String, float[]> parts = train(method, Json.replace(Json.replace(TRAINING, "accumulation", 3), "checkpointing", true));
        assertThat(TinyTask.difference(parts, whole, values(start))).isLessThan(1e-4);
    }

    /** A classifier that starts with the class prompts' features gives the prompts' logits; one of zeros a loss of ln 5. */
    @Test
    void aProbeStartsWithThePromptsOrWithZeros() {
        List<Double> prompts = new ArrayList<>();
        List<Double> probe = new ArrayList<>();
        List<Double> zeros = new ArrayList<>();
        train(Methods.FINETUNE, TRAINING, null, prompts);
        train(PublishedSwitches.trainMode(Methods.FINETUNE, "fc", true), TRAINING, null, probe);
        train(PublishedSwitches.trainMode(Methods.FINETUNE, "fc", false), TRAINING, null, zeros);
        assertThat(probe.get(0)).isCloseTo(prompts.get(0), within(1e-5));
        assertThat(zeros.get(0)).isCloseTo(Math.log(5), within(1e-6));
    }

    /** On a frozen model nothing but the classifier learns; a higher rate, since zeros are far away. */
    @Test
    void aLinearProbeLeavesTheModel() {
        Method method = Methods.FINETUNE.with(Map.of("trains", Trains.NONE, "probe", Probe.ZEROS));
        try (Clip student = start.copy(); TaskTrainer trainer = new TaskTrainer(student, start, method,
                Json.replace(TRAINING, "learning_rate", 0.5), new TinyTask(), null)) {
            for (int i = 0; i < trainer.updates(); i++) {
                trainer.update(i);
            }
            assertThat(changed(values(student))).isEmpty();
            assertThat(trainer.classifier().weight().toFloatArray()).hasSize(5 * 16).isNotEqualTo(new float[5 * 16]);
            assertThat(trainer.state()).containsKeys("probe.weight", "probe_adamw.m.bias");
        }
    }

    /** A teacher from a file that holds the previous model is the previous model. */
    @Test
    void aTeacherFromAFile() {
        Method method = Methods.GIFT.withTeacher(Teacher.parse("weights:somewhere/DTD.pth"));
        try (Clip same = start.copy(); Clip other = Clip.random(TinyTask.CONFIG, manager, 2)) {
            Map<String, float[]> previous = train(Methods.GIFT, TRAINING);
            train(method, TRAINING, same, new ArrayList<>()).forEach((name, values) ->
                    assertThat(values).as(name).isEqualTo(previous.get(name)));
            assertThat(train(method, TRAINING, other, new ArrayList<>()).get("visual.proj"))
                    .isNotEqualTo(previous.get("visual.proj"));
        }
    }
}
