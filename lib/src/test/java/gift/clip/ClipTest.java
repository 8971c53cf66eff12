package gift.clip;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTest {
    private static final ClipConfig VIT = new ClipConfig(
            32, 16, List.of(2), 128, 4, 2, 8, 500, 64, 2, 3, Activation.QUICK_GELU);
    private static final ClipConfig RESNET = new ClipConfig(
            32, 64, List.of(1, 1, 1, 1), 8, null, 4, 8, 500, 64, 2, 3, Activation.QUICK_GELU);

    private final NDManager manager = Devices.newManager(Device.cpu());

    @BeforeEach
    void noGradients() {
        JniUtils.setGradMode(false);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    // ---- initialization

    @Test
    void theSeedAloneDecidesTheWeights() {
        Clip a = Clip.random(VIT, manager, 1);
        Clip b = Clip.random(VIT, manager, 1);
        Clip other = Clip.random(VIT, manager, 2);
        a.parameters().all().forEach((name, array) ->
                assertThat(b.parameters().get(name).toFloatArray()).as(name).isEqualTo(array.toFloatArray()));
        assertThat(other.parameters().get("visual.proj").toFloatArray())
                .isNotEqualTo(a.parameters().get("visual.proj").toFloatArray());
    }

    /**
     * Of OpenAI's initialize_parameters: attention W^-0.5, projections W^-0.5 (2 layers)^-0.5, widening layers
     * (2 W)^-0.5; text W = 64 and 3 layers, images W = 128. The deviation of n samples is known to 1 / sqrt(2 n),
     * which is 0.8 % for the smallest tensor here.
     */
    @ParameterizedTest
    @CsvSource({
        "token_embedding.weight,                              0.02",
        "transformer.resblocks.0.attn.in_proj_weight,         0.125",
        "transformer.resblocks.0.attn.out_proj.weight,        0.0510310",
        "transformer.resblocks.0.mlp.c_fc.weight,             0.0883883",
        "transformer.resblocks.0.mlp.c_proj.weight,           0.0510310",
        "visual.proj,                                         0.0883883",
        "visual.transformer.resblocks.1.attn.in_proj_weight,  0.0883883"})
    void randomWeightsHaveThePublishedDeviations(String name, double expected) {
        float[] values = Clip.random(VIT, manager, 1).parameters().get(name).toFloatArray();
        double squares = 0;
        for (float x : values) {
            squares += (double) x * x;
        }
        assertThat(Math.sqrt(squares / values.length)).isCloseTo(expected, within(0.02 * expected));
    }

    @Test
    void biasesAreZeroAndNormalizationsOne() {
        Clip vit = Clip.random(VIT, manager, 1);
        assertThat(vit.parameters().get("ln_final.weight").toFloatArray()).containsOnly(1);
        assertThat(vit.parameters().get("ln_final.bias").toFloatArray()).containsOnly(0);
        assertThat(vit.parameters().get("transformer.resblocks.0.attn.in_proj_bias").toFloatArray()).containsOnly(0);
        assertThat(vit.scale().getFloat()).isCloseTo(1 / 0.07f, within(1e-4f));
        Clip resnet = Clip.random(RESNET, manager, 1);
        assertThat(resnet.parameters().get("visual.bn3.weight").toFloatArray()).containsOnly(1);
        assertThat(resnet.parameters().get("visual.layer1.0.bn3.weight").toFloatArray()).containsOnly(0);
        assertThat(resnet.parameters().get("visual.layer1.0.downsample.1.weight").toFloatArray()).containsOnly(1);
        assertThat(resnet.parameters().get("visual.bn1.running_var").toFloatArray()).containsOnly(1);
        assertThat(resnet.parameters().get("visual.bn1.running_mean").toFloatArray()).containsOnly(0);
    }

    @Test
    void logitScaleAndStatisticsAreFrozen() {
        Clip resnet = Clip.random(RESNET, manager, 1);
        assertThat(resnet.train(Trainable.WHOLE).parameters().trained().keySet())
                .contains("visual.bn1.weight")
                .noneMatch(name -> name.matches("logit_scale|.*running.*|.*num_batches.*"));
        assertThat(resnet.train(Trainable.ALL).parameters().trained()).containsKey("logit_scale");
    }

    // ---- features

    @Test
    void featuresHaveUnitLength() {
        for (ClipConfig config : List.of(VIT, RESNET)) {
            Clip clip = Clip.random(config, manager, 1);
            int r = config.imageResolution();
            NDArray images = clip.imageFeatures(normal(manager, "pictures", 3, 3, r, r));
            NDArray texts = clip.textFeatures(new long[][] {{498, 7, 499, 0, 0, 0, 0, 0}});
            assertThat(images.getShape()).isEqualTo(new Shape(3, 32));
            assertThat(texts.getShape()).isEqualTo(new Shape(1, 32));
            assertThat(images.mul(images).sum(new int[] {1}).toFloatArray())
                    .usingComparatorWithPrecision(1e-5f).containsOnly(1);
            assertThat(texts.mul(texts).sum().getFloat()).isCloseTo(1, within(1e-5f));
        }
    }

    /** Nothing behind the end token, the highest number of a row, reaches the feature. */
    @Test
    void cuttingRowsAfterTheLongestEndTokenChangesNothing() {
        Clip clip = Clip.random(VIT, manager, 1);
        long[][] tokens = {{498, 7, 499, 0, 0, 0, 0, 0}, {498, 3, 9, 12, 499, 0, 0, 0}};
        long[][] otherTail = {{498, 7, 499, 5, 5, 5, 5, 5}, {498, 3, 9, 12, 499, 1, 2, 3}};
        long[][] cutByHand = {{498, 7, 499, 0, 0}, {498, 3, 9, 12, 499}};
        float[] whole = clip.encodeTexts(tokens, false).toFloatArray();
        assertThat(difference(clip.encodeTexts(tokens, true).toFloatArray(), whole)).isLessThan(1e-6);
        assertThat(difference(clip.encodeTexts(otherTail, false).toFloatArray(), whole)).isLessThan(1e-6);
        assertThat(difference(clip.encodeTexts(cutByHand, false).toFloatArray(), whole)).isLessThan(1e-6);
    }

    /** Java's garbage collector must not reach what backward reads: gradients in spite of it and without it. */
    @Test
    void theTokensOutliveTheForward() {
        Clip clip = Clip.random(VIT, manager, 1).train(Trainable.WHOLE);
        long[][] tokens = {{498, 7, 499, 0, 0, 0, 0, 0}, {498, 3, 9, 12, 499, 0, 0, 0}};
        float[] expected = embeddingGradient(clip, tokens, () -> { });
        assertThat(embeddingGradient(clip, tokens, () -> {
            System.gc();
            for (int i = 0; i < 1000; i++) {
                ByteBuffer.allocateDirect(80).putLong(0, 499).putLong(32, 498);
            }
        })).isEqualTo(expected);
    }

    private static float[] embeddingGradient(Clip clip, long[][] tokens, Runnable between) {
        clip.parameters().zeroGradients();
        try (Gradients recording = Gradients.record()) {
            NDArray loss = clip.textFeatures(tokens).sum();
            between.run();
            recording.backward(loss);
            return clip.parameters().get("token_embedding.weight").getGradient().toFloatArray();
        }
    }

    @Test
    void rowsLongerThanTheContextAreRefused() {
        Clip clip = Clip.random(VIT, manager, 1);
        assertThatThrownBy(() -> clip.encodeTexts(new long[][] {{498, 1, 1, 1, 1, 1, 1, 1, 499}}))
                .hasMessage("9 tokens exceed the context of 8");
    }

    @Test
    void savedAndLoadedAgain(@TempDir Path folder) {
        for (ClipConfig config : List.of(VIT, RESNET)) {
            Clip clip = Clip.random(config, manager, 1);
            Path file = folder.resolve("model.safetensors");
            ClipWeights.save(file, clip);
            Clip loaded = ClipWeights.load(file, manager);
            assertThat(loaded.config()).isEqualTo(config);
            clip.parameters().all().forEach((name, array) -> assertThat(
                    loaded.parameters().get(name).toFloatArray()).as(name).isEqualTo(array.toFloatArray()));
        }
    }

    @Test
    void aCopyOutlivesItsModel() {
        Clip clip = Clip.random(VIT, manager, 1);
        NDArray images = normal(manager, "pictures", 2, 3, 16, 16);
        float[] before = clip.encodeImages(images).toFloatArray();
        Clip copy = clip.copy();
        clip.close();
        assertThat(copy.encodeImages(images).toFloatArray()).isEqualTo(before);
    }
}
