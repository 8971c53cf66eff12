package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.diffusion.Denoising;
import gift.diffusion.Watcher;
import gift.diffusion.glide.DiffusionProcess;
import gift.diffusion.glide.Reverse;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.tensor.Devices;
import gift.tensor.HostImages;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often the host would wait for a GPU: counted where it reads or writes an array. */
class TransfersTest {
    /** Files that run in every update or sampler step, and what in them would pass by the counter. */
    private static final List<String> EVERY_STEP = List.of("continual/TaskTrainer.java", "continual/GradCache.java",
            "continual/Inputs.java", "continual/Losses.java", "continual/LossTerms.java",
            "continual/WeightPenalty.java", "clip/TextTower.java", "clip/TokenRows.java", "clip/VisionTransformer.java",
            "clip/Clip.java", "diffusion/Denoising.java", "diffusion/UNet.java", "diffusion/glide/Reverse.java",
            "diffusion/glide/DiffusionProcess.java", "diffusion/glide/GlideUNet.java", "tensor/HostImages.java",
            "tensor/PackedNumbers.java", "tensor/FiniteCheck.java", "tensor/GradientClipping.java", "train/LossValues.java",
            "train/LateLosses.java", "pretrain/RecipeTraining.java", "pretrain/Pretraining.java",
            "pretrain/AutoencoderTraining.java", "pretrain/DiffusionTraining.java", "pretrain/Latents.java",
            "imagine/ImagineTrainer.java", "imagine/ImagineModel.java", "imagine/StudentAndTeacher.java",
            "imagine/SelfDistillation.java", "imagine/TeacherCenter.java", "imagine/Collapse.java", "imagine/Adapter.java",
            "imagine/FewShotTrainer.java", "imagine/ViewTokens.java", "transfer/DinoTrainer.java", "transfer/MultiCrop.java",
            "recognition/ClassifierTrainer.java", "recognition/Objective.java", "recognition/TuningLosses.java",
            "recognition/KnownFeatures.java", "recognition/EncodedImages.java");
    private static final Pattern UNCOUNTED = Pattern.compile("\\.(toFloatArray|toLongArray|toArray\\(\\)|getFloat|getLong|toByteBuffer)\\("
            + "|(manager|manager\\(\\)|getManager\\(\\))\\.create\\(");

    private final NDManager manager = Devices.newManager(Device.cpu());

    /** Images and numbers go up, losses come down: whatever the method, the batch or the kind of images. */
    @ParameterizedTest
    @CsvSource({"gift, true, 1", "gift, false, 1", "gift, true, 3", "zscl, true, 1", "lwf, false, 1", "finetune, true, 1"})
    void anUpdateReadsOnceAndWritesTwice(String method, boolean bytes, int accumulation) {
        Training training = new Training(4, 6, 6, 1e-3, 1, 0.2, 0, 0.999, 100, Training.Shortcuts.ALL, Precision.FP32,
                accumulation, false);
        TaskBatches task = bytes ? new ByteTask() : new TinyTask();
        ReferencePairs pairs = bytes ? new BytePairs() : new TinyTask.Pairs();
        long reads;
        long writes;
        try (Clip model = Clip.random(TinyTask.CONFIG, manager, 1);
                TaskTrainer trainer = new TaskTrainer(model, model, Methods.byName().get(method), training, task, pairs)) {
            reads = Transfers.reads();
            writes = Transfers.writes();
            for (int i = 0; i < trainer.updates(); i++) {
                trainer.update(i);
            }
        }
        assertThat(Transfers.reads() - reads).isEqualTo(5);
        assertThat(Transfers.writes() - writes).isEqualTo(10);
    }

    private static HostImages images(int count, String name, long number) {
        return HostImages.of(count, i -> {
            byte[] rgb = new byte[3 * 16 * 16];
            RandomStream random = RandomStream.of(1, name, number, i);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) random.nextInt(256);
            }
            return new Image(16, 16, rgb);
        });
    }

    /** {@link TinyTask} with images of bytes. */
    private static final class ByteTask implements TaskBatches {
        private final TinyTask values = new TinyTask();

        @Override
        public Batch batch(int iteration) {
            return new Batch(images(6, "bytes", iteration), values.batch(iteration).labels());
        }

        @Override
        public long[][] classTokens(int iteration) {
            return values.classTokens(iteration);
        }
    }

    /** {@link TinyTask.Pairs} with images of bytes. */
    private static final class BytePairs implements ReferencePairs {
        private final TinyTask.Pairs values = new TinyTask.Pairs();

        @Override
        public int size() {
            return values.size();
        }

        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] image(int i, int iteration) {
            return images(new int[] {i}, iteration).values();
        }

        @Override
        public HostImages images(int[] numbers, int iteration) {
            return TransfersTest.images(numbers.length, "reference bytes", 0);
        }

        @Override
        public long[][] texts() {
            return values.texts();
        }

        @Override
        public int text(int i) {
            return values.text(i);
        }

        @Override
        public int[] batch(int iteration) {
            return values.batch(iteration);
        }
    }

    @Test
    void aStepOfGlideReadsOnce() {
        Scopes.withoutGradients(() -> {
            DiffusionProcess process = DiffusionProcess.cosine("5");
            long reads = Transfers.reads();
            long writes = Transfers.writes();
            new Reverse(process, (x, t) -> x.concat(x, 1)).ancestral(
                    manager.ones(new Shape(2, 3, 4, 4)), 5, t -> manager.ones(new Shape(2, 3, 4, 4)), Watcher.NONE);
            assertThat(Transfers.reads() - reads).isEqualTo(5);
            assertThat(Transfers.writes() - writes).isZero();
        });
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
