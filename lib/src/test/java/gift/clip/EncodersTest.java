package gift.clip;

import static gift.Numbers.difference;
import static gift.Numbers.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.nn.Activation;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import gift.nn.LinearProbe;
import gift.nn.LowRank;
import gift.tensor.AdamW;
import gift.tensor.Chain;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The halves of a CLIP by themselves, what is put on and under them, and what of it all is trained: by public API only. */
class EncodersTest {
    private static final ClipConfig VIT = new ClipConfig(
            32, 16, List.of(2), 128, 4, 2, 8, 500, 64, 2, 3, Activation.QUICK_GELU);
    private static final ClipConfig RESNET = new ClipConfig(
            32, 64, List.of(1, 1, 1, 1), 8, null, 4, 8, 500, 64, 2, 3, Activation.QUICK_GELU);
    private static final long[][] TOKENS = {{498, 7, 499, 0, 0, 0, 0, 0}, {498, 3, 9, 12, 499, 0, 0, 0}};

    private final NDManager manager = Devices.newManager(Device.cpu());
    private final NDArray images = normal(manager, "images", 2, 3, 16, 16);

    @AfterEach
    void close() {
        manager.close();
    }

    private static float[] values(Supplier<NDArray> work) {
        return Scopes.withoutGradients(work).toFloatArray();
    }

    /** The loss of an image and a text each, and its gradient. */
    private static double contrast(Clip clip, NDArray images) {
        clip.parameters().zeroGradients();
        try (Gradients recording = Gradients.record()) {
            NDArray logits = NativeOps.scale(clip.imageFeatures(images).matMul(clip.textFeatures(TOKENS).transpose()), 10);
            NDArray loss = NativeOps.crossEntropy(logits, clip.manager().create(new long[] {0, 1}), 0);
            recording.backward(loss);
            return loss.getFloat();
        }
    }

    private static Map<String, float[]> all(Parameters parameters) {
        Map<String, float[]> all = new TreeMap<>();
        parameters.all().forEach((name, array) -> all.put(name, array.toFloatArray()));
        return all;
    }

    // ---- an image tower of its own

    @Test
    void aTowerAloneHasTheFeaturesOfItsClip(@TempDir Path folder) {
        for (ClipConfig config : List.of(VIT, RESNET)) {
            Path file = folder.resolve("clip.safetensors");
            Clip clip = Clip.random(config, manager, 1);
            ClipWeights.save(file, clip);
            int r = clip.image().resolution();
            NDArray some = normal(manager, "some", 2, 3, r, r);
            float[] expected = values(() -> clip.encodeImages(some));

            ImageTower random = ImageTower.random(config.vision(), manager, 1);
            assertThat(values(() -> random.encode(some))).isEqualTo(expected);
            ImageTower loaded = ImageTower.load(file, manager);
            assertThat(loaded.config()).isEqualTo(config.vision());
            assertThat(loaded.dimension()).isEqualTo(32);
            assertThat(loaded.parameters().names()).allMatch(name -> name.startsWith("visual."));
            assertThat(values(() -> loaded.encode(some))).isEqualTo(expected);

            Path own = folder.resolve("tower.safetensors");
            loaded.save(own);
            assertThat(values(() -> ImageTower.load(own, manager).encode(some))).isEqualTo(expected);
            assertThatThrownBy(() -> ClipWeights.load(own, manager)).isInstanceOf(InputException.class)
                    .hasMessage(own + " holds no CLIP under OpenAI's or Hugging Face's names");
        }
    }

    @Test
    void shapesTellTheSizeOfATower() {
        for (VisionConfig config : List.of(ClipConfig.VIT_B_16.vision(), RESNET.vision())) {
            assertThat(VisionConfig.infer("file", config.shapes()).shapes()).isEqualTo(config.shapes());
        }
        assertThatThrownBy(() -> VisionConfig.infer("file", Map.of("visual.proj", new Shape(8, 8))))
                .isInstanceOf(InputException.class)
                .hasMessage("file holds no image tower of a CLIP under OpenAI's or Hugging Face's names");
    }

    /** The class token, normalized and projected, is the feature; the patches pass through the same layers. */
    @Test
    void tokensBecomeFeaturesOneByOne() {
        Clip clip = Clip.random(VIT, manager, 1);
        NDArray tokens = Scopes.withoutGradients(() -> clip.image().tokenChain(images).forward());
        NDArray projected = Scopes.withoutGradients(() -> clip.image().projectedTokenChain(images).forward());
        assertThat(tokens.getShape()).isEqualTo(new Shape(2, 17, 128));
        assertThat(projected.getShape()).isEqualTo(new Shape(2, 17, 32));
        assertThat(difference(projected.get(":, 0").toFloatArray(), values(() -> clip.encodeImages(images)))).isLessThan(1e-6);
        LayerNorm after = LayerNorm.of(clip.parameters(), "visual.ln_post");
        float[] last = values(() -> after.forward(tokens.get(":, 16")).matMul(clip.parameters().get("visual.proj")));
        assertThat(difference(projected.get(":, 16").toFloatArray(), last)).isLessThan(1e-6);
        assertThatThrownBy(() -> Clip.random(RESNET, manager, 1).image().tokenChain(images))
                .hasMessage("a ResNet has no class token; tokens are those of a vision transformer");
    }

    @Test
    void textsHaveTheFeaturesOfTheirClip() {
        Clip clip = Clip.random(VIT, manager, 1);
        assertThat(values(() -> clip.text().encode(TOKENS))).isEqualTo(values(() -> clip.encodeTexts(TOKENS)));
        assertThat(clip.text().dimension()).isEqualTo(32);
        assertThat(clip.text().contextLength()).isEqualTo(8);
    }

    // ---- what is trained

    @Test
    void namesDecideWhatIsTrained() {
        Clip vit = Clip.random(VIT, manager, 1);
        Clip resnet = Clip.random(RESNET, manager, 1);
        int weights = vit.parameters().names().size();
        assertThat(vit.train(Trainable.ALL).parameters().trained()).hasSize(weights);
        assertThat(vit.train(Trainable.WHOLE).parameters().trained()).hasSize(weights - 1).doesNotContainKey("logit_scale");
        int visual = vit.train(Trainable.IMAGE).parameters().trained().size();
        assertThat(vit.parameters().trained().keySet()).allMatch(name -> name.startsWith("visual."));
        assertThat(vit.train(Trainable.TEXT).parameters().trained()).hasSize(weights - 1 - visual)
                .containsKeys("text_projection", "positional_embedding", "transformer.resblocks.0.ln_1.weight");
        assertThat(vit.train(Trainable.LAST_LAYER).parameters().trained()).containsOnlyKeys("text_projection", "visual.proj");
        assertThat(vit.train(Trainable.IMAGE_LAST_LAYER).parameters().trained()).containsOnlyKeys("visual.proj");
        assertThat(vit.train(Trainable.NONE).parameters().trained()).isEmpty();
        assertThat(resnet.train(Trainable.IMAGE_LAST_LAYER).parameters().trained())
                .containsOnlyKeys("visual.attnpool.c_proj.weight", "visual.attnpool.c_proj.bias");
        assertThat(resnet.train(name -> name.contains("bn1")).parameters().trained().keySet())
                .contains("visual.bn1.weight").noneMatch(Trainable::isStatistic);
    }

    @Test
    void aFrozenTextTowerStaysWhileTheImageTowerLearns() {
        Clip clip = Clip.random(VIT, manager, 1).train(Trainable.IMAGE);
        Map<String, float[]> before = all(clip.parameters());
        double first = contrast(clip, images);
        try (AdamW optimizer = new AdamW(clip.parameters(), AdamW.Settings.DEFAULT)) {
            for (int i = 0; i < 5; i++) {
                contrast(clip, images);
                optimizer.step(clip.parameters().gradients(), 1e-3);
            }
        }
        assertThat(contrast(clip, images)).isLessThan(0.5 * first);
        all(clip.parameters()).forEach((name, now) -> {
            boolean same = Arrays.equals(now, before.get(name));
            assertThat(same).as(name).isEqualTo(!name.startsWith("visual."));
            assertThat(clip.parameters().get(name).hasGradient()).as(name).isEqualTo(name.startsWith("visual."));
        });
    }

    /** Activation checkpointing where the first links are frozen: nothing to go back to. */
    @Test
    void theLastLayerAloneIsTrainedWithCheckpointing() {
        Clip clip = Clip.random(VIT, manager, 1).train(Trainable.IMAGE_LAST_LAYER);
        NDArray gradient = normal(manager, "gradient", 2, 32);
        NDArray projection = clip.parameters().get("visual.proj");
        float[] expected;
        try (Gradients recording = Gradients.record()) {
            recording.backward(clip.imageChain(images).forward(), gradient);
            expected = projection.getGradient().toFloatArray();
        }
        clip.parameters().zeroGradients();
        clip.imageChain(images).keepingInputs().backward(gradient);
        assertThat(projection.getGradient().toFloatArray()).isEqualTo(expected);
    }

    // ---- on an encoder and under it

    @Test
    void aLinearProbeLearnsOnAFrozenEncoder() {
        ImageEncoder encoder = ImageTower.random(VIT.vision(), manager, 1);
        NDArray bright = manager.ones(new Shape(4, 3, 16, 16));
        NDArray noise = normal(manager, "noise", 8, 3, 16, 16);
        NDArray images = noise.get("0:4").add(bright).concat(noise.get("4:8").sub(bright), 0);
        long[] labels = {0, 0, 0, 0, 1, 1, 1, 1};
        NDArray features = Scopes.withoutGradients(() -> encoder.encode(images));
        NDArray answers = manager.create(labels);
        try (LinearProbe probe = LinearProbe.zeros(manager, encoder.dimension(), 2);
                AdamW optimizer = new AdamW(probe.parameters(), AdamW.Settings.DEFAULT)) {
            for (int i = 0; i < 50; i++) {
                probe.parameters().zeroGradients();
                try (Gradients recording = Gradients.record()) {
                    recording.backward(NativeOps.crossEntropy(probe.logits(features), answers, 0));
                    optimizer.step(probe.parameters().gradients(), 0.05);
                }
            }
            assertThat(probe.logits(features).argMax(1).toLongArray()).isEqualTo(labels);
        }
    }

    @Test
    void lowRankWeightsLearnUnderAFrozenModel() {
        Clip clip = Clip.random(VIT, manager, 1).train(Trainable.NONE);
        Map<String, float[]> before = all(clip.parameters());
        try (LowRank lora = LowRank.under(clip.parameters(), name -> name.matches("visual\\..*attn\\.(q|k|v|out)_proj"),
                    new LowRank.Settings(4, 8, 0.1, 1));
                AdamW optimizer = new AdamW(lora.parameters(), AdamW.Settings.DEFAULT)) {
            assertThat(lora.layers()).hasSize(2 * 4);
            double first = contrast(clip, images);
            for (int i = 0; i < 10; i++) {
                lora.parameters().zeroGradients();
                lora.dropout(i);
                contrast(clip, images);
                optimizer.step(lora.parameters().gradients(), 1e-2);
            }
            lora.noDropout();
            assertThat(contrast(clip, images)).isLessThan(0.5 * first);
            float[] apart = values(() -> clip.imageFeatures(images));
            lora.merge();
            assertThat(difference(values(() -> clip.imageFeatures(images)), apart)).isLessThan(1e-6);
            lora.unmerge();
        }
        all(clip.parameters()).forEach((name, now) -> assertThat(now).as(name).isEqualTo(before.get(name)));
    }

    /** What is dropped in the forward is dropped in the one that backward computes again. */
    @Test
    void dropoutAndCheckpointingGiveTheSameGradients() {
        Clip clip = Clip.random(VIT, manager, 1);
        LowRank lora = LowRank.under(clip.parameters(), name -> name.contains("attn"), new LowRank.Settings(4, 8, 0.5, 1));
        lora.dropout(1);
        NDArray gradient = normal(manager, "gradient", 2, 32);
        NDArray b = lora.parameters().get("visual.transformer.resblocks.0.attn.v_proj.lora_B.weight");
        float[] expected;
        try (Gradients recording = Gradients.record()) {
            recording.backward(clip.imageChain(images).forward(), gradient);
            expected = b.getGradient().toFloatArray();
        }
        assertThat(IntStream.range(0, expected.length).anyMatch(i -> expected[i] != 0)).isTrue();
        lora.parameters().zeroGradients();
        clip.imageChain(images).keepingInputs().backward(gradient);
        assertThat(difference(b.getGradient().toFloatArray(), expected)).isLessThan(1e-5);
    }

    // ---- the example of CONTRIBUTING.md

    /** f + up(gelu(down(f))), at the start f itself. */
    @Test
    void anAdapterOnTheFeaturesLearns() {
        Clip clip = Clip.random(VIT, manager, 1);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Linear.shapes(shapes, "down", 32, 8, true);
        Linear.shapes(shapes, "up", 8, 32, true);
        Parameters adapter = Parameters.create(manager, shapes, (name, shape) -> name.equals("down.weight")
                ? RandomStream.of(1, "adapter").normals((int) shape.size(), 0.1) : new float[(int) shape.size()]);
        adapter.train(name -> true);
        Linear down = Linear.of(adapter, "down");
        Linear up = Linear.of(adapter, "up");
        Chain adapted = clip.image().chain(images).then(f -> f.add(up.forward(Activation.GELU.of(down.forward(f)))));

        assertThat(values(adapted::forward)).isEqualTo(values(() -> clip.image().encode(images)));
        NDArray wanted = normal(manager, "wanted", 2, 32);
        double first = 0;
        double last = 0;
        try (AdamW optimizer = new AdamW(adapter, AdamW.Settings.DEFAULT)) {
            for (int i = 0; i < 30; i++) {
                adapter.zeroGradients();
                try (Gradients recording = Gradients.record()) {
                    NDArray error = adapted.forward().sub(wanted);
                    NDArray loss = error.mul(error).mean();
                    recording.backward(loss);
                    optimizer.step(adapter.gradients(), 1e-2);
                    last = loss.getFloat();
                    first = i == 0 ? last : first;
                }
            }
        }
        assertThat(last).isLessThan(0.5 * first);
        assertThat(clip.parameters().trained()).isEmpty();
    }

    // ---- files that hold more

    @Test
    void moreTensorsAreWelcomeOnRequest(@TempDir Path folder) {
        Clip clip = Clip.random(VIT, manager, 1);
        Map<String, NDArray> tensors = new LinkedHashMap<>(clip.parameters().all());
        tensors.put("adapter.down.weight", normal(manager, "down", 4, 4));
        tensors.put("head.weight", normal(manager, "head", 4));
        Path file = folder.resolve("more.safetensors");
        TensorFiles.write(file, tensors, Map.of());
        String reason = "the tensors of " + file + " do not fit the model: ";
        assertThatThrownBy(() -> ClipWeights.load(file, manager)).isInstanceOf(InputException.class)
                .hasMessage(reason + "2 unexpected (adapter.down.weight, head.weight)");
        assertThatThrownBy(() -> ClipWeights.load(file, manager, name -> name.startsWith("adapter.")))
                .hasMessage(reason + "1 unexpected (head.weight)");
        assertThatThrownBy(() -> ImageTower.load(file, manager))
                .hasMessage(reason + "2 unexpected (adapter.down.weight, head.weight)");
        assertThat(ClipWeights.load(file, manager, name -> name.matches("(adapter|head)\\..*")).parameters().names())
                .isEqualTo(clip.parameters().names());
        assertThat(ImageTower.load(file, manager, name -> true).parameters().names()).allMatch(n -> n.startsWith("visual."));
    }
}
