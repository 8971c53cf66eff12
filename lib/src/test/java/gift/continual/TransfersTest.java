package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.diffusion.Denoising;
import gift.diffusion.Watcher;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.tensor.Devices;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How often the host would wait for a GPU: counted where it reads or writes an array. */
class TransfersTest {
    /** Files that run in every update or sampler step, and what in them would pass by the counter. */
    private static final List<String> EVERY_STEP = List.of("continual/TaskTrainer.java", "continual/GradCache.java",
            "continual/Losses.java", "continual/LossTerms.java", "continual/WeightPenalty.java", "clip/TextTower.java",
            "clip/VisionTransformer.java", "clip/Clip.java", "diffusion/Denoising.java", "diffusion/UNet.java", "tensor/Images.java");
    private static final Pattern UNCOUNTED = Pattern.compile("\\.(toFloatArray|toLongArray|toArray\\(\\)|getFloat|getLong|toByteBuffer)\\("
            + "|(manager|manager\\(\\)|getManager\\(\\))\\.create\\(|\\.(mul|div|add|sub)\\((\\d|Math\\.)");

    private final NDManager manager = Devices.newManager(Device.cpu());

    @Test
    void anUpdateReadsAtMostTwice() {
        Training training = new Training(4, 6, 6, 1e-3, 1, 0.2, 0, 0.999, 100, Training.Shortcuts.ALL);
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1);
                TaskTrainer trainer = new TaskTrainer(model, model, Methods.GIFT, training, new TinyTask(), new TinyTask.Pairs())) {
            trainer.update(0);
            long reads = Transfers.reads();
            long writes = Transfers.writes();
            trainer.update(1);
            assertThat(Transfers.reads() - reads).isLessThanOrEqualTo(2);
            // images, labels, class prompts and their ends; pairs, their texts and ends, rows of the teacher's features twice
            assertThat(Transfers.writes() - writes).isLessThanOrEqualTo(9);
        }
    }

    @Test
    void aStepOfASamplerReadsOnce() {
        for (SchedulerKind kind : SchedulerKind.values()) {
            Scopes.withoutGradients(() -> {
                try (Scheduler scheduler = SchedulerConfig.STABLE_DIFFUSION.create(kind, 6, 6, 0)) {
                    NDArray text = manager.ones(new Shape(2, 1, 1));
                    long reads = Transfers.reads();
                    long writes = Transfers.writes();
                    int steps = scheduler.timesteps().length;
                    new Denoising((x, t, context) -> x, text, manager.zeros(new Shape(1, 1, 1)), 3).run(scheduler,
                            scheduler.begin(manager.ones(new Shape(2, 4, 2, 2))), step -> manager.ones(new Shape(2, 4, 2, 2)),
                            Watcher.NONE);
                    assertThat(Transfers.reads() - reads).as(kind.toString()).isEqualTo(steps);
                    assertThat(Transfers.writes() - writes).as(kind.toString()).isEqualTo(1);
                }
            });
        }
    }

    @Test
    void nothingPassesByTheCounter() throws IOException {
        Path root = Path.of("src/main/java/gift");
        List<Path> files = new ArrayList<>(EVERY_STEP.stream().map(root::resolve).toList());
        for (String folder : List.of("nn", "diffusion/schedulers")) {
            try (Stream<Path> some = Files.list(root.resolve(folder))) {
                some.filter(file -> !file.endsWith("NoiseSchedule.java") && !file.endsWith("LinearProbe.java")
                        && !file.endsWith("LowRank.java")).forEach(files::add);
            }
        }
        for (Path file : files) {
            assertThat(UNCOUNTED.matcher(Files.readString(file)).results().map(found -> found.group())).as(file.toString()).isEmpty();
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        NDArray array = Transfers.write(manager, new float[] {1, 2.5f}, new Shape(2));
        assertThat(Transfers.read(array)).containsExactly(1, 2.5f);
        assertThat(Transfers.write(manager, new long[] {3, 4}).toLongArray()).containsExactly(3, 4);
    }
}
