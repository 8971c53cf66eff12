package gift.imagine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.Numbers;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.image.Image;
import gift.imagine.PretrainingSettings.Centering;
import gift.imagine.TuningSettings.LowRankWeights;
import gift.io.InputException;
import gift.io.Json;
import gift.nn.Activation;
import gift.tensor.Compute;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pretraining and tuning on a tiny tower: stopped and resumed, they end in the same bytes. */
class ImagineTrainingTest {
    private static final VisionConfig TINY = new VisionConfig(16, 32, List.of(2), 24, 8, 2, Activation.QUICK_GELU);
    private static final ImagineConfig CONFIG = new ImagineConfig(24, new AdapterConfig(16, 12, 2, 3, 2),
            ImagineConfig.Pooling.MOMENTS, new HeadConfig(20, 12, 8), new HeadConfig(18, 12, 8));
    private static final int UPDATES = 8;

    private final NDManager manager = Devices.newManager(Device.cpu());
    private final ImageTower tower = ImageTower.random(TINY, manager, 3);

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    /** What a kill looks like to the loop: the batch of some update cannot be had, once. */
    private static final class Killed extends RuntimeException {}

    private static class Painted implements ImaginePretraining.Groups {
        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

        @Override
        public String name() {
            return "painted";
        }

        @Override
        public int size() {
            return 7;
        }

        @Override
        public int views() {
            return 4;
        }

        @Override
        public Image image(int group, int view) {
            if (left.decrementAndGet() < 0) {
                throw new Killed();
            }
            return paint(group, view);
        }
    }

    private static Image paint(int group, int view) {
        byte[] rgb = new byte[3 * 40 * 36];
        RandomStream random = RandomStream.of(1, "paint", group, view);
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (30 * group + 20 * (i / 3 % 40 / 10) + random.nextInt(20));
        }
        return new Image(40, 36, rgb);
    }

    private static PretrainingSettings settings(Centering centering, double patchWeight) {
        return new PretrainingSettings(5, 4, UPDATES / 4, 3, 0.1, 0.001, 0.04, 0.4, 0.9, 1, 0.04, 0.07, 2, 1, 3, 0.3, centering,
                1, patchWeight, 0.5, 0.1, 0.5);
    }

    private void pretrain(ImaginePretraining.Groups groups, Path output, PretrainingSettings settings) {
        new ImaginePretraining(tower, groups, settings, CONFIG, note -> { }).run(output, 1, false);
    }

    @Test
    void pretrainingStoppedThriceEndsInTheSameBytes() throws IOException {
        PretrainingSettings settings = settings(Centering.CENTER, 1);
        pretrain(new Painted(), folder.resolve("at once"), settings);
        Painted groups = new Painted();
        int kills = 0;
        for (int limit : new int[] {17, 17, 17, Integer.MAX_VALUE}) { // six images an update, some made ahead
            groups.left.set(limit);
            try {
                pretrain(groups, folder.resolve("stopped"), settings);
            } catch (Killed e) {
                kills++;
            }
        }
        assertThat(kills).isEqualTo(3);
        for (String file : List.of(ImaginePretraining.ADAPTER, "losses.csv", "recipe.json")) {
            assertThat(folder.resolve("stopped").resolve(file)).hasSameBinaryContentAs(folder.resolve("at once").resolve(file));
        }
        assertThat(Files.readAllLines(folder.resolve("stopped/losses.csv"))).hasSize(UPDATES + 1).first().asString()
                .startsWith("update,loss,dino_global_crops_loss,patch_loss,ibot_loss,teacher_entropy,norm_backbone,norm_adapter");
    }

    /** Without patches nothing is masked and the patch head stays as it was; with the first epoch's prototypes likewise. */
    @Test
    void withoutTheLossOfPatchesTheirHeadIsNotTrained() {
        try (ImagineTrainer trainer = trainer(settings(Centering.SINKHORN, 0))) {
            float[] patchHead = trainer.student().get("ibot_head.mlp.0.weight").toFloatArray();
            float[] prototypes = trainer.student().get("dino_head.last_layer.weight_v").toFloatArray();
            float[] adapter = trainer.student().get("adapter.blocks.0.mlp.fc1.weight").toFloatArray();
            trainer.update(0);
            assertThat(trainer.student().get("ibot_head.mlp.0.weight").toFloatArray()).isEqualTo(patchHead);
            assertThat(trainer.student().get("dino_head.last_layer.weight_v").toFloatArray()).isEqualTo(prototypes);
            assertThat(trainer.student().get("adapter.blocks.0.mlp.fc1.weight").toFloatArray()).isNotEqualTo(adapter);
        }
    }

    private ImagineTrainer trainer(PretrainingSettings settings) {
        ImaginePretraining pretraining = new ImaginePretraining(tower, new Painted(), settings, CONFIG, note -> { });
        return new ImagineTrainer(tower, ImagineModel.initial(manager, CONFIG, 5), CONFIG, settings, pretraining::batch,
                note -> { });
    }

    @Test
    void updatesLeaveNoArraysOpen() {
        try (ImagineTrainer trainer = trainer(settings(Centering.CENTER, 1))) {
            int open = 0;
            for (int i = 0; i < 40; i++) {
                trainer.update(i % UPDATES);
                open = i == UPDATES - 1 ? Numbers.openArrays(manager) : open; // numbers that are kept for reuse among them
            }
            assertThat(Numbers.openArrays(manager)).isEqualTo(open);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Painted one = new Painted() {
            @Override
            public int views() {
                return 1;
            }
        };
        assertThatThrownBy(() -> pretrain(one, folder, settings(Centering.CENTER, 1))).isInstanceOf(InputException.class)
                .hasMessage("painted has 7 groups of 1 images: pretraining needs groups of at least 2, such as view1 to view4");
        assertThatThrownBy(() -> new ImaginePretraining(tower, new Painted(), settings(Centering.CENTER, 1),
                ImagineConfig.published(768, 512), note -> { })).isInstanceOf(InputException.class).hasMessage("the adapter is for"
                + " tokens of width 512 and a mask token of 768, and the CLIP has 16 and 24");
        assertThatThrownBy(() -> settings(Centering.CENTER, -1)).isInstanceOf(InputException.class)
                .hasMessageContaining("patch_weight -1.0 must not be negative");
    }

    // ---- tuning

    private FewShotTuning.Task task(AtomicInteger left) {
        PretrainedAdapter adapter = new PretrainedAdapter(CONFIG.adapter(), ImagineModel.initial(manager, CONFIG, 5));
        float[] texts = new float[3 * 16];
        for (int c = 0; c < 3; c++) {
            texts[16 * c + c] = 1;
        }
        return new FewShotTuning.Task(tower, adapter, texts, labelled(6, left), labelled(15, left), "test");
    }

    private static FewShotTuning.Labelled labelled(int count, AtomicInteger left) {
        return new FewShotTuning.Labelled(IntStream.range(0, count).map(i -> i % 3).toArray(), i -> {
            if (left.decrementAndGet() < 0) {
                throw new Killed();
            }
            return paint(i % 3, i);
        });
    }

    private void stoppedThrice(TuningSettings settings, List<String> files) {
        new FewShotTuning(task(new AtomicInteger(Integer.MAX_VALUE))).run(settings, folder.resolve("at once"), 1);
        AtomicInteger left = new AtomicInteger();
        int kills = 0;
        for (int limit : new int[] {25, 30, 30, Integer.MAX_VALUE}) { // eight images an update, some made ahead
            left.set(limit);
            try {
                new FewShotTuning(task(left)).run(settings, folder.resolve("stopped"), 1);
            } catch (Killed e) {
                kills++;
            }
        }
        assertThat(kills).isEqualTo(3);
        for (String file : files) {
            assertThat(folder.resolve("stopped").resolve(file)).hasSameBinaryContentAs(folder.resolve("at once").resolve(file));
        }
    }

    @Test
    void tuningStoppedThriceEndsInTheSameBytes() {
        stoppedThrice(new TuningSettings(1, 3, 4, 1e-3, 10, 0.2, 0.8, 1, 1e-4, 0, null),
                List.of(FewShotTuning.MODEL, "losses.csv"));
        Fusion.Logits logits = FewShotTuning.logits(folder.resolve("stopped"), tower, labelled(9, new AtomicInteger(9)));
        assertThat(logits.classes()).isEqualTo(3);
        assertThat(logits.visual()).hasSize(27).doesNotContain(Float.NaN);
    }

    @Test
    void tuningWithLowRankWeightsStoppedThriceEndsInTheSameBytes() {
        float[] before = tower.parameters().get("visual.transformer.resblocks.0.attn.in_proj_weight").toFloatArray();
        stoppedThrice(new TuningSettings(1, 4, 4, 1e-3, 10, 1, 0.8, 1, 1e-4, 1e-7, new LowRankWeights(1e-3, 2, 4, 0.1)),
                List.of(FewShotTuning.MODEL, FewShotTuning.LOW_RANK, FewShotTuning.MERGED, "losses.csv",
                        FewShotTuning.PEFT + "/adapter_model.safetensors"));
        assertThat(tower.parameters().get("visual.transformer.resblocks.0.attn.in_proj_weight").toFloatArray()).isEqualTo(before);
        assertThat(FewShotTuning.logits(folder.resolve("stopped"), tower, labelled(9, new AtomicInteger(9))).text()).hasSize(27);
    }

    /** In fp16 the loss scale is part of the checkpoint. */
    @ParameterizedTest
    @EnumSource(value = Compute.class, names = {"BF16", "FP16"})
    void tuningInMixedPrecisionStoppedThriceEndsInTheSameBytes(Compute compute) {
        TuningSettings plain = new TuningSettings(1, 4, 4, 1e-3, 10, 1, 0.8, 1, 1e-4, 1e-7, new LowRankWeights(1e-3, 2, 4, 0.1));
        stoppedThrice(plain.withCompute(compute), List.of(FewShotTuning.MODEL, FewShotTuning.LOW_RANK, "losses.csv"));
        new FewShotTuning(task(new AtomicInteger(Integer.MAX_VALUE))).run(plain, folder.resolve("fp32"), 1);
        assertThat(folder.resolve("stopped").resolve(FewShotTuning.LOW_RANK)).binaryContent()
                .isNotEqualTo(readAllBytes(folder.resolve("fp32").resolve(FewShotTuning.LOW_RANK)));
        assertThat(Json.line(plain)).doesNotContain("compute");
    }

    private static byte[] readAllBytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anAdapterOfAnotherWidthIsRefused() {
        AdapterConfig wide = new AdapterConfig(32, 12, 1, 3, 2);
        ImagineConfig config = new ImagineConfig(24, wide, null, CONFIG.imageHead(), CONFIG.patchHead());
        PretrainedAdapter adapter = new PretrainedAdapter(wide, ImagineModel.initial(manager, config, 1));
        AtomicInteger any = new AtomicInteger(100);
        assertThatThrownBy(() -> new FewShotTuning.Task(tower, adapter, new float[48], labelled(3, any), labelled(3, any), ""))
                .isInstanceOf(InputException.class).hasMessage("the pretrained adapter is an adapter for tokens of width 32, and"
                + " the CLIP gives tokens of width 16: take the CLIP that it was pretrained on");
    }
}
