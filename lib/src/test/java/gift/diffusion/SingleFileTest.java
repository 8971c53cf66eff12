package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import gift.clip.BytePairLearner;
import gift.clip.Tokenizer;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.io.InputException;
import gift.io.SafeTensors;
import gift.io.TensorSource;
import gift.io.TorchWriter;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small Stable Diffusion of two resolutions in one file, under the names of the original code. */
class SingleFileTest {
    private static final int LAYERS = 2;
    private static final UNetConfig UNET = new UNetConfig(64, 4, 4, true, 0, List.of("CrossAttnDownBlock2D", "DownBlock2D"),
            List.of("UpBlock2D", "CrossAttnUpBlock2D"), List.of(32, 64), LAYERS, 1, 32, 1e-5, 64, 1, List.of(8), false, null, 3, 3);
    private static final AutoencoderConfig VAE = new AutoencoderConfig(3, 3, List.of("DownEncoderBlock2D", "DownEncoderBlock2D"),
            List.of("UpDecoderBlock2D", "UpDecoderBlock2D"), List.of(32, 64), LAYERS, 4, 32, 128, 0.18215);

    private final NDManager manager = Small.manager();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    private Tokenizer tokenizer() {
        Path file = folder.resolve("bpe_simple_vocab_16e6.txt.gz");
        BytePairLearner.write(file, BytePairLearner.learn(List.of("a photo of a dog.", "a photo of a cat."), 10));
        return Tokenizer.load(file);
    }

    private StableDiffusion model(Tokenizer tokenizer) {
        TextEncoderConfig text = new TextEncoderConfig(tokenizer.vocabularySize(), 64, 128, 2, 1, 16, "quick_gelu");
        return new StableDiffusion(UNet.random(UNET, manager, 1), Autoencoder.random(VAE, manager, 2),
                TextEncoder.random(text, manager, 3), tokenizer, SchedulerConfig.STABLE_DIFFUSION);
    }

    /** Other numbers beside the weights, as training leaves them. */
    private static List<TensorSource> original(StableDiffusion model) {
        List<TensorSource> sources = new ArrayList<>();
        add(sources, model.unet().parameters(), "model.diffusion_model.", SingleFileTest::ofUnet);
        add(sources, model.autoencoder().parameters(), "first_stage_model.", SingleFileTest::ofAutoencoder);
        add(sources, model.textEncoder().parameters(), "cond_stage_model.transformer.", name -> name);
        sources.add(TensorSource.of("betas", new long[] {2}, new float[] {0.1f, 0.2f}));
        sources.add(TensorSource.of("model_ema.decay", new long[0], new float[] {1}));
        sources.add(TensorSource.of("first_stage_model.loss.logvar", new long[0], new float[] {0}));
        sources.add(TensorSource.of("cond_stage_model.transformer.text_model.embeddings.position_ids", new long[] {1, 2},
                new long[] {0, 1}));
        return sources;
    }

    private static void add(List<TensorSource> sources, Parameters parameters, String prefix,
            java.util.function.UnaryOperator<String> name) {
        parameters.all().forEach((ours, array) -> {
            long[] shape = array.getShape().getShape();
            boolean convolution = ours.contains("mid_block.attentions") && prefix.startsWith("first") && shape.length == 2;
            sources.add(TensorSource.of(prefix + name.apply(ours),
                    convolution ? new long[] {shape[0], shape[1], 1, 1} : shape, array.toFloatArray()));
        });
    }

    /** input_blocks: the first convolution, then for each resolution its layers and the change of size. */
    private static String ofUnet(String name) {
        Matcher m = Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d+)\\.(.*)")
                .matcher(name);
        if (m.matches()) {
            int block = Integer.parseInt(m.group(2)) * (LAYERS + 1);
            int layer = Integer.parseInt(m.group(4));
            boolean attends = m.group(2).equals("1"); // on the way up
            name = switch (m.group(3)) {
                case "downsamplers" -> "input_blocks." + (1 + block + LAYERS) + ".0." + m.group(5).replace("conv.", "op.");
                case "upsamplers" -> "output_blocks." + (block + LAYERS) + "." + (attends ? 2 : 1) + "." + m.group(5);
                default -> (m.group(1).equals("down") ? "input_blocks." + (1 + block + layer) : "output_blocks." + (block + layer))
                        + (m.group(3).equals("resnets") ? ".0." : ".1.") + m.group(5);
            };
        }
        if (!name.contains("transformer_blocks") && (m.matches() && m.group(3).equals("resnets") || name.contains("mid_block.resnets"))) {
            name = name.replace(".norm1.", ".in_layers.0.").replace(".conv1.", ".in_layers.2.")
                    .replace(".time_emb_proj.", ".emb_layers.1.").replace(".norm2.", ".out_layers.0.")
                    .replace(".conv2.", ".out_layers.3.").replace(".conv_shortcut.", ".skip_connection.");
        }
        return name.replace("mid_block.resnets.0", "middle_block.0").replace("mid_block.attentions.0", "middle_block.1")
                .replace("mid_block.resnets.1", "middle_block.2").replace("time_embedding.linear_1", "time_embed.0")
                .replace("time_embedding.linear_2", "time_embed.2").replace("conv_in.", "input_blocks.0.0.")
                .replace("conv_norm_out.", "out.0.").replace("conv_out.", "out.2.");
    }

    private static String ofAutoencoder(String name) {
        return name.replace("mid_block.resnets.0", "mid.block_1").replace("mid_block.resnets.1", "mid.block_2")
                .replace("mid_block.attentions.0.group_norm", "mid.attn_1.norm").replace("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out")
                .replace("mid_block.attentions.0.to_", "mid.attn_1.").replace("conv_norm_out", "norm_out")
                .replace("conv_shortcut", "nin_shortcut").replace("down_blocks.", "down.").replace("up_blocks.0.", "up.1.")
                .replace("up_blocks.1.", "up.0.").replace(".resnets.", ".block.").replace("downsamplers.0.", "downsample.")
                .replace("upsamplers.0.", "upsample.");
    }

    @Test
    void aSingleFileBecomesAFolder() {
        Tokenizer tokenizer = tokenizer();
        StableDiffusion model = model(tokenizer);
        List<TensorSource> tensors = original(model);
        assertThat(tensors).extracting(TensorSource::name).contains("model.diffusion_model.input_blocks.3.0.op.weight",
                "model.diffusion_model.output_blocks.2.1.conv.bias", "first_stage_model.decoder.up.1.upsample.conv.weight");
        SafeTensors.write(folder.resolve("sd.safetensors"), Map.of(), tensors);
        TorchWriter.write(folder.resolve("sd.ckpt"), Map.of("pytorch-lightning_version", "1.4.2"), tensors);
        for (String name : List.of("sd.safetensors", "sd.ckpt")) {
            Path to = folder.resolve(name + " folder");
            SingleFile.toFolder(folder.resolve(name), tokenizer, to, manager);
            try (StableDiffusion again = StableDiffusion.load(to, manager)) {
                assertThat(again.unet().config()).isEqualTo(UNET);
                assertThat(again.autoencoder().config()).isEqualTo(VAE);
                assertThat(again.textEncoder().config()).isEqualTo(model.textEncoder().config());
                assertThat(again.scheduler()).isEqualTo(SchedulerConfig.STABLE_DIFFUSION);
                assertThat(again.tokenizer().sha256()).isEqualTo(tokenizer.sha256());
                same(again.unet().parameters(), model.unet().parameters());
                same(again.autoencoder().parameters(), model.autoencoder().parameters());
                same(again.textEncoder().parameters(), model.textEncoder().parameters());
            }
        }
    }

    private static void same(Parameters read, Parameters written) {
        written.all().forEach((name, array) ->
                assertThat(read.get(name).toFloatArray()).as(name).isEqualTo(array.toFloatArray()));
    }

    @Test
    void otherFilesAreRefused() {
        Tokenizer tokenizer = tokenizer();
        List<TensorSource> tensors = original(model(tokenizer));
        refused("is no single-file Stable Diffusion: no tensor's name begins with 'first_stage_model.'",
                tensors.stream().filter(t -> !t.name().startsWith("first")).toList(), tokenizer);
        refused("1 missing (out.2.bias)".replace("out.2.bias", "conv_out.bias"),
                tensors.stream().filter(t -> !t.name().equals("model.diffusion_model.out.2.bias")).toList(), tokenizer);
        List<TensorSource> later = new ArrayList<>(tensors);
        later.add(TensorSource.of("cond_stage_model.model.logit_scale", new long[0], new float[] {1}));
        refused("is a later Stable Diffusion than 1", later, tokenizer);
        assertThat(StableDiffusion.problems(folder.resolve("bad.safetensors"))).singleElement().asString()
                .contains("is a later Stable Diffusion than 1");
    }

    @Test
    void aSingleFileServesWithTheVocabularyBesideIt() throws IOException {
        Tokenizer tokenizer = tokenizer();
        StableDiffusion model = model(tokenizer);
        Path file = folder.resolve("sd.safetensors");
        SafeTensors.write(file, Map.of(), original(model));
        assertThat(StableDiffusion.problems(file)).isEmpty();
        String hash = StableDiffusion.hash(file);
        try (StableDiffusion again = StableDiffusion.load(file, manager)) {
            same(again.unet().parameters(), model.unet().parameters());
            assertThat(again.scheduler()).isEqualTo(StableDiffusion.schedulerOf(file));
        }
        Files.createDirectory(folder.resolve("tokenizer"));
        Files.move(folder.resolve("bpe_simple_vocab_16e6.txt.gz"), folder.resolve("tokenizer/bpe_simple_vocab_16e6.txt.gz"));
        assertThat(StableDiffusion.hash(file)).as("of weights and vocabulary, wherever it lies").isEqualTo(hash);
        Files.delete(folder.resolve("tokenizer/bpe_simple_vocab_16e6.txt.gz"));
        assertThat(StableDiffusion.problems(file)).singleElement().asString().contains("no vocabulary lies beside " + file);
        assertThatThrownBy(() -> StableDiffusion.load(file, manager)).isInstanceOf(InputException.class);
    }

    private void refused(String message, List<TensorSource> tensors, Tokenizer tokenizer) {
        Path file = folder.resolve("bad.safetensors");
        SafeTensors.write(file, Map.of(), tensors);
        assertThatThrownBy(() -> SingleFile.toFolder(file, tokenizer, folder.resolve("out"), manager))
                .isInstanceOf(InputException.class).hasMessageContaining(message).hasMessageNotContaining("\n");
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
