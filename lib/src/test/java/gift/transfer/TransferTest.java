package gift.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.Numbers;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.imagine.HeadConfig;
import gift.io.InputException;
import gift.mini.World;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.train.Trainer;
import gift.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loss of DINO by hand; trainings of a tiny tower that are stopped and resumed; which images are taken. */
class TransferTest {
    private static final VisionConfig TINY = new VisionConfig(12, 32, List.of(1), 16, 16, 2, Activation.QUICK_GELU);
    private static final ClassSettings CLASSES = new ClassSettings(9, 6, 1e-3, 2, 0.05, 0.1, 0.5, true, 1);
    private static final DinoSettings DINO = new DinoSettings(9, 3, 1e-3, 1e-5, 2, 0.04, 0.4, 0.9, 1, 0.04, 0.07, 5, 2, 3, 2, 0.05,
            0.4, new HeadConfig(10, 8, 6));

    private final NDManager manager = Devices.newManager(Device.cpu());
    private final ChosenImages images = ChosenImages.perClass(World.open("land").train(), 2, 3);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    /**
     * One image in two global crops and a local one. The teacher gives prototype 1 for the first, prototype 2 for the second.
     * Divided by the temperature the student's cosines are (0, 0), (0, 1), (1, 0): first target with crops 2 and 3
     * ln(1 + e) and ln(1 + e) - 1, second target with crops 1 and 3 ln 2 and ln(1 + e).
     */
    @Test
    void lossOfThreeCrops() {
        NDArray student = manager.create(new float[] {0, 0, 0, 0.1f, 0.1f, 0}, new Shape(3, 2));
        NDArray teacher = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
        assertThat((double) MultiCrop.loss(student, teacher, 1).getFloat())
                .isCloseTo((3 * Math.log(1 + Math.E) - 1 + Math.log(2)) / 4, within(1e-6));
    }

    /** What a kill looks like to the loop: an update that fails, once. */
    private static final class Killed extends RuntimeException {}

    private record Stopping(Trainer of, int at) implements Trainer {
        @Override
        public Map<String, Double> update(int i) {
            if (i == at) {
                throw new Killed();
            }
            return of.update(i);
        }

        @Override
        public Map<String, NDArray> state() {
            return of.state();
        }

        @Override
        public void restore(Map<String, NDArray> state, int next) {
            of.restore(state, next);
        }
    }

    private ImageTower tower() {
        return ImageTower.random(TINY, manager, 4);
    }

    private DinoTrainer dino(ImageTower tower) {
        return new DinoTrainer(tower, DINO, 5, i -> MultiCrop.crops(new int[] {i, i + 1, i + 2}, images::image, 32, DINO, 5, i),
                note -> { });
    }

    private void train(Path own, int at, Trainer trainer, Supplier<ImageTower> result) {
        TrainingLoop.of("test", own, "test", 9).withCheckpointEvery(2).run(new Stopping(trainer, at), manager);
        result.get().save(own.resolve("tower.safetensors"));
    }

    private void supervised(Path own, int at) {
        try (ImageTower tower = tower(); ClassTraining training = new ClassTraining(tower, images, CLASSES, 5)) {
            train(own, at, training.trainer(), () -> tower);
        }
    }

    private void dino(Path own, int at) {
        try (ImageTower tower = tower(); DinoTrainer trainer = dino(tower)) {
            train(own, at, trainer, trainer::teacher);
        }
    }

    @Test
    void stoppedTwiceBothEndInTheSameBytes() throws IOException {
        for (String kind : List.of("supervised", "dino")) {
            for (int at : new int[] {5, 8, -1}) {
                Path own = folder.resolve(kind + " stopped");
                Runnable work = () -> {
                    if (kind.equals("dino")) {
                        dino(own, at);
                    } else {
                        supervised(own, at);
                    }
                };
                if (at < 0) {
                    work.run();
                } else {
                    assertThatThrownBy(work::run).isInstanceOf(Killed.class);
                }
            }
        }
        supervised(folder.resolve("supervised"), -1);
        dino(folder.resolve("dino"), -1);
        for (String file : List.of("supervised%s/tower.safetensors", "supervised%s/losses.csv", "dino%s/tower.safetensors",
                "dino%s/losses.csv")) {
            assertThat(folder.resolve(file.formatted(" stopped"))).hasSameBinaryContentAs(folder.resolve(file.formatted("")));
        }
        try (ImageTower saved = ImageTower.load(folder.resolve("dino/tower.safetensors"), manager); ImageTower start = tower()) {
            assertThat(saved.config()).isEqualTo(TINY);
            assertThat(saved.parameters().names()).isEqualTo(start.parameters().names());
            assertThat(saved.parameters().get("visual.proj").toFloatArray())
                    .isNotEqualTo(start.parameters().get("visual.proj").toFloatArray());
        }
    }

    /** Prototypes are frozen in the first updates, all else is trained; no update leaves arrays open. */
    @Test
    void updatesOfDino() {
        try (ImageTower tower = tower(); DinoTrainer trainer = dino(tower)) {
            Map<String, float[]> before = values(trainer);
            trainer.update(0);
            assertThat(changed(before, values(trainer))).doesNotContain("head.last_layer.weight_v")
                    .contains("head.mlp.0.weight", "visual.conv1.weight", "visual.positional_embedding");
            trainer.update(1);
            trainer.update(2);
            assertThat(changed(before, values(trainer))).contains("head.last_layer.weight_v");
            int open = 0;
            for (int i = 0; i < 27; i++) {
                assertThat(trainer.update(i % 9)).containsOnlyKeys("loss", "teacher_entropy", "norm_tower", "norm_head");
                open = i == 8 ? Numbers.openArrays(manager) : open; // numbers that are kept for reuse among them
            }
            assertThat(Numbers.openArrays(manager)).isEqualTo(open);
        }
    }

    private static Map<String, float[]> values(DinoTrainer trainer) {
        return trainer.state().entrySet().stream().filter(entry -> entry.getKey().startsWith("parameters."))
                .collect(Collectors.toMap(entry -> entry.getKey().substring("parameters.".length()),
                        entry -> entry.getValue().toFloatArray()));
    }

    private static Stream<String> changed(Map<String, float[]> before, Map<String, float[]> after) {
        return before.keySet().stream().filter(name -> !Arrays.equals(before.get(name), after.get(name)));
    }

    /** A tower that learns its training images knows them. */
    @Test
    void classesAreLearnt() {
        ClassSettings settings = new ClassSettings(80, 15, 3e-3, 5, 0, 0, 1, false, 1);
        try (ImageTower tower = tower(); ClassTraining training = new ClassTraining(tower, images, settings, 1)) {
            assertThat(training.accuracy(images)).isCloseTo(20, within(1e-9)); // W = 0: all images get the first of five classes
            training.run(TrainingLoop.of("test", folder, "test", 80));
            assertThat(training.accuracy(images)).isGreaterThan(80);
        }
    }

    @Test
    void oneClassInTwoAndTheFirstImages() {
        List<String> names = World.open("land").classNames();
        assertThat(images.classNames()).containsExactly(names.get(0), names.get(2), names.get(4), names.get(6), names.get(8));
        assertThat(images.size()).isEqualTo(15);
        assertThat(images.labels()).startsWith(0, 1, 2, 3, 4, 0);
        assertThat(images.source(1)).isEqualTo(World.open("land").train().source(2));
        assertThatThrownBy(() -> ChosenImages.perClass(World.open("land").train(), 1, 61)).isInstanceOf(InputException.class)
                .hasMessageContaining("has 60 images, not the 61 that pretraining asks for");
    }
}
