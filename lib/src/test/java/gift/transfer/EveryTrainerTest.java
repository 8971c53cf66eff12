package gift.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Numbers;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.image.Image;
import gift.image.augment.BlockMasks;
import gift.imagine.AdapterConfig;
import gift.imagine.FewShotModel;
import gift.imagine.FewShotTrainer;
import gift.imagine.HeadConfig;
import gift.imagine.ImagineConfig;
import gift.imagine.ImagineModel;
import gift.imagine.ImagineTrainer;
import gift.imagine.MaskedPatches;
import gift.imagine.PretrainingSettings;
import gift.imagine.PretrainingSettings.Centering;
import gift.imagine.TuningSettings;
import gift.io.Hashes;
import gift.mini.World;
import gift.nn.Activation;
import gift.pretrain.AutoencoderTraining;
import gift.pretrain.DiffusionTraining;
import gift.pretrain.Pretraining;
import gift.pretrain.RecipeTraining;
import gift.recognition.ClassifierTrainer;
import gift.recognition.FeatureSet;
import gift.recognition.Head;
import gift.recognition.KnownFeatures;
import gift.recognition.Objective;
import gift.recognition.TuningBatches;
import gift.tensor.AdamW;
import gift.tensor.Compute;
import gift.tensor.Curve;
import gift.tensor.Devices;
import gift.tensor.GradientHandles;
import gift.tensor.HostImages;
import gift.tensor.Kernel;
import gift.tensor.Optimizer;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Sgd;
import gift.tensor.Transfers;
import gift.train.Trainer;
import gift.train.UpdateLosses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every trainer does in an update, whatever it trains: one read of the host, so many writes, no new handle of a gradient, and
 * losses that may be read one update late with the same results. {@code TransfersTest} says the same of {@code TaskTrainer}.
 */
class EveryTrainerTest {
    private static final VisionConfig TINY = new VisionConfig(16, 32, List.of(1), 24, 8, 2, Activation.QUICK_GELU);
    private static final HeadConfig HEAD = new HeadConfig(12, 8, 6);
    private static final ImagineConfig ADAPTED = new ImagineConfig(24, new AdapterConfig(16, 12, 1, 3, 2),
            ImagineConfig.Pooling.MOMENTS, HEAD, HEAD);
    private static final int UPDATES = 8;

    private final NDManager manager = Devices.newManager(Device.cpu());

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private static HostImages images(int count, int update) {
        return HostImages.of(count, i -> {
            byte[] rgb = new byte[3 * 32 * 32];
            RandomStream random = RandomStream.of(1, "images", update, i);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) (random.nextInt(120) + 60 * (i % 3));
            }
            return new Image(32, 32, rgb);
        });
    }

    // ---- the trainers

    /** Gives a new trainer of a kind to some work, and closes all that it is made of. */
    private void with(String kind, Consumer<Trainer> work) throws Exception {
        try (ImageTower tower = ImageTower.random(TINY, manager, 3)) {
            switch (kind) {
                case "imagine" -> imagine(tower, Centering.CENTER, work);
                case "imagine, sinkhorn" -> imagine(tower, Centering.SINKHORN, work);
                case "dino" -> dino(tower, work);
                case "classes" -> classes(tower, work);
                case "few shots" -> fewShots(tower, Compute.FP32, work);
                case "few shots, fp16" -> fewShots(tower, Compute.FP16, work);
                case "head" -> head(model -> new AdamW(model, AdamW.Settings.DEFAULT), work);
                default -> head(model -> new Sgd(model, 0.9, 1e-3), work);
            }
        }
    }

    private void imagine(ImageTower tower, Centering centering, Consumer<Trainer> work) {
        PretrainingSettings settings = new PretrainingSettings(5, 4, UPDATES / 4, 3, 0.1, 0.001, 0.04, 0.4, 0.9, 1, 0.04, 0.07,
                2, 1, 3, 0.3, centering, 1, 1, 0.5, 0.1, 0.5);
        BlockMasks blocks = new BlockMasks(4, 4);
        try (Parameters start = ImagineModel.initial(manager, ADAPTED, 5);
                ImagineTrainer trainer = new ImagineTrainer(tower, start, ADAPTED, settings, i -> new ImagineTrainer.Batch(
                        images(6, i), MaskedPatches.draw(6, blocks, 0.5, 0.1, 0.5, RandomStream.of(5, "masks", i))), note -> { })) {
            work.accept(trainer);
        }
    }

    private void dino(ImageTower tower, Consumer<Trainer> work) {
        DinoSettings settings = new DinoSettings(UPDATES, 2, 1e-3, 1e-5, 2, 0.04, 0.4, 0.9, 1, 0.04, 0.07, 5, 2, 3, 1, 0.05, 0.4,
                HEAD);
        try (DinoTrainer trainer = new DinoTrainer(tower, settings, 5, i -> images(6, i), note -> { })) {
            work.accept(trainer);
        }
    }

    private void classes(ImageTower tower, Consumer<Trainer> work) {
        ChosenImages images = ChosenImages.perClass(World.open("land").train(), 2, 3);
        ClassSettings settings = new ClassSettings(UPDATES, 4, 1e-3, 2, 0.05, 0.1, 0.5, true, 1);
        try (ClassTraining training = new ClassTraining(tower, images, settings, 5)) {
            work.accept(training.trainer());
        }
    }

    private void fewShots(ImageTower tower, Compute compute, Consumer<Trainer> work) {
        TuningSettings settings = new TuningSettings(1, 4, 4, 1e-3, 10, 0.2, 0.8, 1, 1e-4, 0, null).withCompute(compute);
        float[] texts = new float[3 * 16];
        IntStream.range(0, 3).forEach(c -> texts[17 * c] = 1);
        try (Parameters adapter = ImagineModel.initial(manager, ADAPTED, 5);
                FewShotModel model = FewShotModel.create(manager, ADAPTED.adapter(), adapter, texts, true, 1);
                FewShotTrainer trainer = new FewShotTrainer(model,
                        (images, half) -> tower.projectedTokenChain(images.values().apply(manager)).forward(), tower.parameters(),
                        null, settings, 4 * UPDATES, i -> new FewShotTrainer.Batch(shots(2 * i), shots(2 * i + 1)))) {
            work.accept(trainer);
        }
    }

    private static FewShotTrainer.Images shots(int number) {
        return new FewShotTrainer.Images(images(4, number)::on, new int[] {0, 1, 2, 0});
    }

    private void head(Function<Parameters, Optimizer> optimizer, Consumer<Trainer> work) {
        try (Head student = Head.zeros(manager, 6, 3); Head teacher = student.copy();
                KnownFeatures synthetic = new KnownFeatures(features(30), manager);
                KnownFeatures real = new KnownFeatures(features(9), manager);
                ClassifierTrainer trainer = new ClassifierTrainer(List.of(student.parameters()), optimizer,
                        Objective.tuning(student, teacher, synthetic, real, TuningBatches.shuffled(1, 30, 8, 9, 3),
                                gift.recognition.TuningSettings.FEW_SHOT), new Curve.Constant(1e-2), 1)) {
            work.accept(trainer);
        }
    }

    private static FeatureSet features(int count) {
        int[] labels = IntStream.range(0, count).map(i -> i % 3).toArray();
        float[] values = RandomStream.of(1, "features").normals(6 * count, 1);
        IntStream.range(0, count).forEach(i -> values[6 * i + labels[i]] += 3);
        return new FeatureSet(values, labels, 6);
    }

    // ---- what an update does

    /** Images go up as bytes, whole numbers together; all losses come down together. */
    @ParameterizedTest
    @CsvSource({"'imagine', 2", "'imagine, sinkhorn', 2", "'dino', 1", "'classes', 2", "'few shots', 3", "'few shots, fp16', 3",
            "'head', 5", "'head, sgd', 5"})
    void anUpdateReadsOnceAndMakesNoHandle(String kind, int writes) throws Exception {
        with(kind, trainer -> {
            trainer.update(0);
            trainer.update(1);
            long reads = Transfers.reads();
            long written = Transfers.writes();
            long handles = GradientHandles.made();
            int open = Numbers.openArrays(manager);
            for (int i = 2; i < UPDATES; i++) {
                trainer.update(i);
            }
            assertThat(Transfers.reads() - reads).isEqualTo(UPDATES - 2);
            assertThat(Transfers.writes() - written).isEqualTo((long) writes * (UPDATES - 2));
            assertThat(GradientHandles.made() - handles).isZero();
            assertThat(Numbers.openArrays(manager)).isEqualTo(open);
        });
    }

    /** Losses and state after some updates. */
    private record Result(List<Map<String, Double>> losses, Map<String, float[]> state) {}

    private Result train(String kind, boolean late) throws Exception {
        List<Map<String, Double>> losses = new ArrayList<>();
        Map<String, float[]> state = new LinkedHashMap<>();
        with(kind, trainer -> {
            UpdateLosses before = null;
            for (int i = 0; i < UPDATES; i++) {
                UpdateLosses now = trainer.begin(i);
                assertThat(now.known()).isEqualTo(!late || kind.equals("head, sgd")); // which cannot skip an update
                if (before != null) {
                    losses.add(before.read());
                }
                before = now;
            }
            losses.add(before.read());
            trainer.state().forEach((name, array) -> state.put(name, array.toFloatArray()));
        });
        return new Result(losses, state);
    }

    @ParameterizedTest
    @CsvSource({"'imagine'", "'imagine, sinkhorn'", "'dino'", "'classes'", "'few shots'", "'few shots, fp16'", "'head'",
            "'head, sgd'"})
    void lossesReadLateAreThoseReadAtOnce(String kind) throws Exception {
        Result atOnce = train(kind, false);
        System.setProperty("gift.kernel.late_losses", "on");
        Result late;
        try {
            late = train(kind, true);
        } finally {
            System.clearProperty("gift.kernel.late_losses");
        }
        assertThat(late.losses).isEqualTo(atOnce.losses).hasSize(UPDATES);
        assertThat(late.state).containsOnlyKeys(atOnce.state.keySet());
        atOnce.state.forEach((name, values) -> assertThat(late.state.get(name)).as(name).isEqualTo(values));
    }

    // ---- the three pretrainings, by their recipes

    private static final String SETS = "{\"data\": \"mini\", \"sets\": [\"land\"], \"batch_size\": 3, \"warmup\": 2, ";
    private static final String CLIP = SETS + """
            "vocabulary_merges": 10, "model": {"embed_dim": 16, "image_resolution": 16, "vision_layers": 1, "vision_width": 32,
            "vision_patch_size": 8, "vision_heads": 2, "context_length": 60, "transformer_width": 32, "transformer_heads": 2,
            "transformer_layers": 1}, "iterations": %d, "output": "%s"}
            """;
    private static final String AUTOENCODER = SETS + """
            "model": {"down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
            "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "block_out_channels": [8, 16], "norm_num_groups": 4,
            "sample_size": 16}, "iterations": %d, "output": "%s"}
            """;
    private static final String DENOISER = SETS + """
            "autoencoder": "autoencoder_4", "clip": "clip_4", "crop_scale": 0.9, "model": {"block_out_channels": [16, 32], "norm_num_groups": 4,
            "cross_attention_dim": 32, "attention_head_dim": 2}, "iterations": %d, "output": "%s"}
            """;

    private void run(String name, String text, Function<Path, RecipeTraining> training, int iterations, String output)
            throws IOException {
        Path recipe = Files.writeString(folder.resolve(name + ".json"), text.formatted(iterations, output));
        training.apply(recipe).run(false);
    }

    /** Reads and writes of four updates, and the hash of the losses, which late ones leave as they are. */
    private void pretrain(String name, String text, Function<Path, RecipeTraining> training, int writes) throws IOException {
        long[] reads = new long[3];
        long[] written = new long[3];
        reads[0] = Transfers.reads();
        written[0] = Transfers.writes();
        run(name, text, training, 4, name + "_4");
        reads[1] = Transfers.reads();
        written[1] = Transfers.writes();
        run(name, text, training, 8, name + "_8");
        reads[2] = Transfers.reads();
        written[2] = Transfers.writes();
        assertThat(reads[2] - 2 * reads[1] + reads[0]).as("reads of " + name).isEqualTo(4);
        assertThat(written[2] - 2 * written[1] + written[0]).as("writes of " + name).isEqualTo(4L * writes);
        Kernel.LATE_LOSSES.with(true, () -> {
            try {
                run(name, text, training, 8, name + "_late");
                return null;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var files = Files.walk(folder.resolve(name + "_8"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".safetensors") || f.endsWith("losses.csv")).toList()) {
                Path late = folder.resolve(name + "_late").resolve(folder.resolve(name + "_8").relativize(file));
                assertThat(Hashes.sha256(late)).as(file.toString()).isEqualTo(Hashes.sha256(file));
            }
        }
    }

    @Test
    void pretrainingsReadOnce() throws IOException {
        pretrain("clip", CLIP, file -> new Pretraining(file, null), 2);
        pretrain("autoencoder", AUTOENCODER, file -> new AutoencoderTraining(file, null), 2);
        pretrain("denoiser", DENOISER, file -> new DiffusionTraining(file, null), 4);
    }
}
