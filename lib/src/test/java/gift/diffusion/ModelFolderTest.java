package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.io.SafeTensors;
import gift.io.SafeTensors.DType;
import gift.io.TensorSource;
import gift.io.TorchWriter;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final String FILE = "diffusion_pytorch_model.safetensors";

    private final NDManager manager = Small.manager();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void savedModelsAreReadBack() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        Autoencoder autoencoder = Autoencoder.random(Small.AUTOENCODER, manager, 2);
        TextEncoder text = TextEncoder.random(Small.TEXT, manager, 3);
        unet.save(folder.resolve("unet"));
        autoencoder.save(folder.resolve("vae"));
        text.save(folder.resolve("text_encoder"));

        UNet unet2 = UNet.load(folder.resolve("unet"), manager);
        Autoencoder autoencoder2 = Autoencoder.load(folder.resolve("vae"), manager);
        TextEncoder text2 = TextEncoder.load(folder.resolve("text_encoder"), manager);
        assertThat(unet2.config()).isEqualTo(Small.UNET);
        assertThat(autoencoder2.config()).isEqualTo(Small.AUTOENCODER);
        assertThat(text2.config()).isEqualTo(Small.TEXT);
        assertSame(unet2.parameters(), unet.parameters(), 0);
        assertSame(autoencoder2.parameters(), autoencoder.parameters(), 0);
        assertSame(text2.parameters(), text.parameters(), 0);
    }

    @Test
    void halfPrecisionVariant() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        unet.save(folder);
        for (DType stored : new DType[] {DType.F16, DType.BF16}) {
            write(folder.resolve("diffusion_pytorch_model.fp16.safetensors"), unet.parameters(), stored, n -> n);
            folder.resolve(FILE).toFile().delete();
            assertSame(UNet.load(folder, manager).parameters(), unet.parameters(), stored == DType.F16 ? 5e-4 : 4e-3);
        }
    }

    @Test
    void torchsFiles() throws IOException {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        TextEncoder text = TextEncoder.random(Small.TEXT, manager, 3);
        unet.save(folder);
        Files.delete(folder.resolve(FILE));
        TorchWriter.write(folder.resolve("diffusion_pytorch_model.fp16.bin"), Map.of(), sources(unet.parameters(), DType.F16));
        assertSame(UNet.load(folder, manager).parameters(), unet.parameters(), 5e-4);
        TorchWriter.write(folder.resolve("diffusion_pytorch_model.bin"), Map.of(), sources(unet.parameters(), DType.F32));
        assertSame(UNet.load(folder, manager).parameters(), unet.parameters(), 0);
        text.save(folder);
        Files.delete(folder.resolve("model.safetensors"));
        TorchWriter.write(folder.resolve("pytorch_model-00001-of-00001.bin"), Map.of(), sources(text.parameters(), DType.F32));
        Files.writeString(folder.resolve("pytorch_model.bin.index.json"),
                "{\"weight_map\":{\"any\":\"pytorch_model-00001-of-00001.bin\"}}");
        assertSame(TextEncoder.load(folder, manager).parameters(), text.parameters(), 0);
    }

    /** Since version 5 transformers leaves out the first part of the names; Python writes numbers that JSON does not have. */
    @Test
    void foldersAsTheyAreSavedToday() throws IOException {
        TextEncoder text = TextEncoder.random(Small.TEXT, manager, 3);
        text.save(folder);
        SafeTensors.write(folder.resolve("model.safetensors"), Map.of("format", "pt"), text.parameters().all().entrySet().stream()
                .map(e -> source(e.getKey().replace("text_model.", ""), e.getValue(), DType.F32)).toList());
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\\{", "{\"initializer_factor\": NaN, \"dtype\": \"float32\","));
        assertSame(TextEncoder.load(folder, manager).parameters(), text.parameters(), 0);
    }

    private static List<TensorSource> sources(Parameters parameters, DType stored) {
        return parameters.all().entrySet().stream().map(e -> source(e.getKey(), e.getValue(), stored)).toList();
    }

    @Test
    void shards() throws IOException {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        unet.save(folder);
        Files.delete(folder.resolve(FILE));
        List<String> names = List.copyOf(unet.parameters().names());
        StringBuilder map = new StringBuilder();
        for (int shard = 0; shard < 2; shard++) {
            String file = "diffusion_pytorch_model-0000" + (shard + 1) + "-of-00002.safetensors";
            List<TensorSource> sources = new ArrayList<>();
            for (int i = shard; i < names.size(); i += 2) {
                sources.add(source(names.get(i), unet.parameters().get(names.get(i)), DType.F32));
                map.append(map.isEmpty() ? "" : ",").append('"').append(names.get(i)).append("\":\"").append(file).append('"');
            }
            SafeTensors.write(folder.resolve(file), Map.of(), sources);
        }
        Path index = folder.resolve(FILE + ".index.json");
        Files.writeString(index, "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + "}}");
        assertSame(UNet.load(folder, manager).parameters(), unet.parameters(), 0);

        Files.delete(folder.resolve("diffusion_pytorch_model-00002-of-00002.safetensors"));
        assertThatThrownBy(() -> UNet.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("1 of the 2 weight files that").hasMessageContaining("are missing: "
                        + "diffusion_pytorch_model-00002-of-00002.safetensors").hasMessageNotContaining("\n");

        Files.writeString(index, "{\"weight_map\":{\"conv_in.weight\":\"../elsewhere.safetensors\"}}");
        assertThatThrownBy(() -> UNet.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("weight_map");
    }

    @Test
    void olderNamesOfTheAttention() {
        Autoencoder autoencoder = Autoencoder.random(Small.AUTOENCODER, manager, 2);
        autoencoder.save(folder);
        write(folder.resolve(FILE), autoencoder.parameters(), DType.F32, name -> name.replace(".to_q.", ".query.")
                .replace(".to_k.", ".key.").replace(".to_v.", ".value.").replace(".to_out.0.", ".proj_attn."));
        assertSame(Autoencoder.load(folder, manager).parameters(), autoencoder.parameters(), 0);
    }

    @Test
    void positionNumbersArePassedOver() {
        TextEncoder text = TextEncoder.random(Small.TEXT, manager, 3);
        text.save(folder);
        List<TensorSource> sources = new ArrayList<>();
        text.parameters().all().forEach((name, array) -> sources.add(source(name, array, DType.F32)));
        sources.add(TensorSource.of("text_model.embeddings.position_ids", new long[] {1, 9}, new long[9]));
        SafeTensors.write(folder.resolve("model.safetensors"), Map.of(), sources);
        assertSame(TextEncoder.load(folder, manager).parameters(), text.parameters(), 0);
    }

    @Test
    void tensorsThatDoNotFitAreListed() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        unet.save(folder);
        write(folder.resolve(FILE), unet.parameters(), DType.F32, name -> name.replace("conv_out.bias", "conv_oot.bias"));
        assertThatThrownBy(() -> UNet.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("1 missing (conv_out.bias)").hasMessageContaining("1 unexpected (conv_oot.bias)")
                .hasMessageNotContaining("\n");
        new UNet(Small.unet(true), UNet.random(Small.unet(true), manager, 1).parameters()).save(folder.resolve("linear"));
        copy(folder.resolve("linear").resolve(FILE), folder.resolve(FILE));
        assertThatThrownBy(() -> UNet.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("misshapen (down_blocks.0.attentions.0.proj_in.weight (16, 16) instead of "
                        + "(16, 16, 1, 1)");
    }

    @Test
    void noWeights() {
        UNet.random(Small.UNET, manager, 1).save(folder);
        folder.resolve(FILE).toFile().delete();
        assertThatThrownBy(() -> UNet.load(folder, manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("no weights in " + folder);
        assertThatThrownBy(() -> UNet.load(folder.resolve("nowhere"), manager)).isInstanceOf(InputException.class)
                .hasMessageContaining("no file");
    }

    @Test
    void autoencoderShapes() {
        Autoencoder autoencoder = Autoencoder.random(Small.AUTOENCODER, manager, 2);
        NDArray images = Small.random(manager, "pictures", 2, 3, 8, 12);
        NDArray moments = autoencoder.encode(images);
        NDArray mean = autoencoder.encodeMean(images);
        assertThat(moments.getShape().getShape()).containsExactly(2, 8, 4, 6);
        assertThat(mean.toFloatArray()).isEqualTo(moments.get(":, 0:4").toFloatArray());
        assertThat(autoencoder.decode(mean).getShape()).isEqualTo(images.getShape());
        assertThat(autoencoder.scalingFactor()).isEqualTo(0.18215);
        assertThatThrownBy(() -> autoencoder.encode(Small.random(manager, "pictures", 1, 3, 8, 7)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("multiples of 2");
    }

    private static void assertSame(Parameters computed, Parameters expected, double tolerance) {
        assertThat(computed.names()).isEqualTo(expected.names());
        expected.all().forEach((name, array) -> {
            double largest = array.abs().max().getFloat();
            assertThat((double) computed.get(name).sub(array).abs().max().getFloat()).as(name)
                    .isLessThanOrEqualTo(tolerance * largest);
        });
    }

    private static void write(Path file, Parameters parameters, DType stored, UnaryOperator<String> rename) {
        List<TensorSource> sources = new ArrayList<>();
        parameters.all().forEach((name, array) -> sources.add(source(rename.apply(name), array, stored)));
        SafeTensors.write(file, Map.of(), sources);
    }

    private static TensorSource source(String name, NDArray array, DType stored) {
        return TensorSource.of(name, array.getShape().getShape(), array.toFloatArray(), stored);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
