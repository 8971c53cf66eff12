package gift.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import gift.Shared;
import gift.clip.WeightConversion.Precision;
import gift.io.InputException;
import gift.io.SafeTensors;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import gift.io.TensorSource;
import gift.io.TorchWriter;
import gift.nn.Activation;
import gift.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLIP in every kind of file that it is published in, and from one kind into another. */
class PublishedWeightsTest {
    private static final ClipConfig VIT = new ClipConfig(
            16, 16, List.of(1), 64, 8, 1, 8, 50, 64, 1, 1, Activation.QUICK_GELU);
    private static final ClipConfig RESNET = new ClipConfig(
            16, 32, List.of(1, 1, 1, 1), 8, null, 4, 8, 50, 64, 1, 1, Activation.QUICK_GELU);
    /** Heads that the width does not tell. */
    private static final ClipConfig NARROW = new ClipConfig(
            16, 16, List.of(1), 64, 8, 4, 8, 50, 64, 2, 1, Activation.GELU);

    private final NDManager manager = Devices.newManager(Device.cpu());

    @TempDir
    private Path folder;

    @BeforeEach
    void noGradients() {
        JniUtils.setGradMode(false);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static List<TensorSource> sources(Clip clip, UnaryOperator<String> rename) {
        List<TensorSource> sources = new ArrayList<>();
        clip.parameters().all().forEach((name, array) -> sources.add(name.endsWith("num_batches_tracked")
                ? TensorSource.of(rename.apply(name), new long[0], new long[] {5}) // as torch has it
                : TensorSource.of(rename.apply(name), array.getShape().getShape(), array.toFloatArray())));
        return sources;
    }

    private static void assertSame(Clip loaded, Clip expected) {
        assertThat(loaded.config()).isEqualTo(expected.config());
        expected.parameters().all().forEach((name, array) -> assertThat(loaded.parameters().get(name).toFloatArray())
                .as(name).isEqualTo(name.endsWith("num_batches_tracked") ? new float[] {5} : array.toFloatArray()));
    }

    // ---- files as they are published

    @Test
    void openAisArchive() {
        Path shared = Shared.require("parity/checkpoints");
        for (String name : new String[] {"openai_archive", "continual"}) {
            try (Clip clip = ClipWeights.load(shared.resolve(name + (name.equals("continual") ? ".pth" : ".pt")), manager);
                    SafeTensors values = SafeTensors.open(shared.resolve(name + ".values.safetensors"))) {
                assertThat(clip.config()).isEqualTo(new ClipConfig(
                        24, 16, List.of(2), 64, 8, 1, 12, 60, 64, 1, 2, Activation.QUICK_GELU));
                clip.parameters().all().forEach((tensor, array) ->
                        assertThat(array.toFloatArray()).as(tensor).isEqualTo(values.floats(tensor)));
            }
        }
    }

    @Test
    void checkpointsOfContinualLearning() {
        for (ClipConfig config : new ClipConfig[] {VIT, RESNET}) {
            Clip clip = Clip.random(config, manager, 1);
            List<TensorSource> sources = new ArrayList<>(sources(clip, name -> "module." + name));
            for (String number : new String[] {"input_resolution", "context_length", "vocab_size"}) {
                sources.add(TensorSource.of("module." + number, new long[0], new long[] {1}));
            }
            TorchWriter.write(folder.resolve("task.pth"), Map.of("config", "a training run's own"), sources);
            assertSame(ClipWeights.load(folder.resolve("task.pth"), manager), clip);
        }
    }

    @Test
    void aFolderNeedNotSayTheNameOfItsFile() throws IOException {
        assertThatThrownBy(() -> ClipWeights.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessage("no weights in " + folder + ": expected model.safetensors, pytorch_model.bin or one .pt file");
        Clip clip = Clip.random(VIT, manager, 1);
        TorchWriter.write(folder.resolve("ViT-B-16.pt"), Map.of(), sources(clip, name -> name));
        assertSame(ClipWeights.load(folder, manager), clip);
        TorchWriter.write(folder.resolve("pytorch_model.bin"), Map.of(), sources(clip, name -> name));
        assertThat(ClipWeights.file(folder)).isEqualTo(folder.resolve("pytorch_model.bin"));
        ClipWeights.save(folder.resolve("model.safetensors"), clip);
        assertThat(ClipWeights.file(folder)).isEqualTo(folder.resolve("model.safetensors"));
        Files.delete(folder.resolve("model.safetensors"));
        Files.delete(folder.resolve("pytorch_model.bin"));
        TorchWriter.write(folder.resolve("ViT-B-32.pt"), Map.of(), sources(clip, name -> name));
        assertThatThrownBy(() -> ClipWeights.file(folder)).isInstanceOf(InputException.class);
    }

    @Test
    void huggingFacesFolder() throws IOException {
        Path shared = Shared.require("parity/clip_vit");
        WeightConversion.convert(shared.resolve("weights.openai.safetensors"), folder.resolve("ours.safetensors"),
                Precision.STORED);
        try (SafeTensors theirs = SafeTensors.open(shared.resolve("weights.hf.safetensors"))) {
            TorchWriter.write(folder.resolve("pytorch_model.bin"), Map.of(), theirs.entries().values().stream()
                    .map(e -> e.dtype() == DType.I64 ? TensorSource.of(e.name(), e.shape(), theirs.longs(e.name()))
                            : TensorSource.of(e.name(), e.shape(), theirs.floats(e.name()))).toList());
        }
        config("quick_gelu", "quick_gelu", ", \"num_attention_heads\": 2");
        try (Clip clip = ClipWeights.load(folder, manager); SafeTensors ours = SafeTensors.open(folder.resolve("ours.safetensors"))) {
            assertThat(clip.config().visionHeads()).isEqualTo(2);
            clip.parameters().all().forEach((tensor, array) ->
                    assertThat(array.toFloatArray()).as(tensor).isEqualTo(ours.floats(tensor)));
        }
        config("gelu", "gelu", ", \"num_attention_heads\": 4");
        try (Clip clip = ClipWeights.load(folder, manager)) {
            assertThat(List.of(clip.config().transformerHeads(), clip.config().visionHeads(), clip.config().activation()))
                    .isEqualTo(List.of(4, 4, Activation.GELU));
        }
        config("gelu", "gelu", ""); // then transformers has 8 and 12 heads
        assertThatThrownBy(() -> ClipWeights.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("vision width 128 is no multiple of its heads 12");
        config("gelu", "quick_gelu", "");
        assertThatThrownBy(() -> ClipWeights.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("config.json: CLIPs are known with hidden_act quick_gelu or gelu, the same in both");
    }

    private void config(String text, String vision, String heads) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "clip", "text_config": {"hidden_act": "%s"%s}, "vision_config": {"hidden_act": "%s"%s}}
                """.formatted(text, heads, vision, heads));
    }

    // ---- conversion

    @Test
    void fromKindToKind() throws IOException {
        for (ClipConfig config : new ClipConfig[] {VIT, RESNET, NARROW}) {
            Path first = folder.resolve("first.safetensors");
            Path checkpoint = folder.resolve("checkpoint.pth");
            Path last = folder.resolve("last.safetensors");
            Clip clip = Clip.random(config, manager, 1);
            clip.parameters().names().stream().filter(name -> name.endsWith("num_batches_tracked"))
                    .forEach(name -> clip.parameters().get(name).set(new float[] {5}));
            ClipWeights.save(first, clip);
            WeightConversion.convert(first, checkpoint, Precision.STORED);
            assertSame(ClipWeights.load(checkpoint, manager), clip);
            try (TensorFile tensors = TensorFile.open(checkpoint)) { // nothing beside where the width tells the heads
                assertThat(tensors.metadata().keySet()).isEqualTo(config == NARROW ? Set.of("config") : Set.of());
                assertThat(tensors.entries().keySet()).isEqualTo(config.shapes().keySet());
            }
            WeightConversion.convert(checkpoint, last, Precision.SINGLE);
            assertThat(Files.readAllBytes(last)).isEqualTo(Files.readAllBytes(first));
        }
    }

    @Test
    void precisions() {
        Path from = folder.resolve("from.safetensors");
        Path to = folder.resolve("to.safetensors");
        SafeTensors.write(from, Map.of(), List.of(TensorSource.of("w", new long[] {2}, new float[] {1.0009765f, 2}),
                TensorSource.of("h", new long[] {1}, new float[] {3}, DType.BF16),
                TensorSource.of("n", new long[] {2}, new int[] {-7, 8})));
        for (Precision precision : Precision.values()) {
            WeightConversion.convert(from, to, precision);
            try (SafeTensors tensors = SafeTensors.open(to)) {
                assertThat(tensors.metadata()).isEqualTo(Map.of("format", "pt"));
                assertThat(List.of(tensors.entry("w").dtype(), tensors.entry("h").dtype(), tensors.entry("n").dtype()))
                        .isEqualTo(switch (precision) {
                            case STORED -> List.of(DType.F32, DType.BF16, DType.I32);
                            case SINGLE -> List.of(DType.F32, DType.F32, DType.I32);
                            case HALF -> List.of(DType.F16, DType.F16, DType.I32);
                        });
                assertThat(tensors.floats("w")).containsExactly(precision == Precision.HALF ? 1.0009766f : 1.0009765f, 2);
                assertThat(tensors.longs("n")).containsExactly(-7, 8);
            }
        }
    }

    @Test
    void whatCannotBeConverted() throws IOException {
        Path from = folder.resolve("from.safetensors");
        Path to = folder.resolve("to.safetensors");
        SafeTensors.write(from, Map.of(), List.of(TensorSource.of("w", new long[] {2}, new float[] {1, 7e4f})));
        refused(from, to, Precision.HALF, "tensor 'w' of " + from + " holds 70000.0, too large for half precision");
        assertThat(to).doesNotExist();
        refused(from, folder.resolve("to.onnx"), Precision.STORED, "must end in .safetensors or .pth");
        refused(from, from, Precision.HALF, "is the file that is read");
        refused(folder.resolve("none.pt"), to, Precision.STORED, "no weights at");
        Clip clip = Clip.random(VIT, manager, 1);
        Path part = folder.resolve("part.pth");
        TorchWriter.write(part, Map.of(), sources(clip, name -> name).stream().filter(s -> !s.name().equals("logit_scale")).toList());
        refused(part, to, Precision.STORED, "1 missing (logit_scale)");
        assertThat(Files.list(folder).filter(file -> file.getFileName().toString().startsWith("."))).isEmpty();
    }

    private static void refused(Path from, Path to, Precision precision, String message) {
        assertThatThrownBy(() -> WeightConversion.convert(from, to, precision)).isInstanceOf(InputException.class)
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
