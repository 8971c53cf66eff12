package gift.diffusion;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.BytePairLearner;
import gift.clip.Tokenizer;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.tensor.Devices;
import java.nio.file.Path;
import java.util.List;

/** A Stable Diffusion of 100,000 random values, for images of any size: a latent for 4 x 4 pixels. */
public final class TinyDiffusion {
    private TinyDiffusion() {}

    /** Writes it in the layout of diffusers. */
    public static Path write(Path folder) {
        List<String> texts = List.of("a photo of a dog.", "a photo of a cat.", "a photo of a car, a type of car.");
        BytePairLearner.write(folder.resolve("tokenizer/bpe_simple_vocab_16e6.txt.gz"), BytePairLearner.learn(texts, 20));
        Tokenizer tokenizer = Tokenizer.load(folder.resolve("tokenizer"));
        UNetConfig unet = new UNetConfig(8, 4, 4, true, 0, List.of("CrossAttnDownBlock2D", "DownBlock2D"),
                List.of("UpBlock2D", "CrossAttnUpBlock2D"), List.of(16, 32), 1, 1, 8, 1e-5, 16, 1, List.of(2), false, null, 3, 3);
        AutoencoderConfig vae = new AutoencoderConfig(3, 3, List.of("DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"),
                List.of("UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"), List.of(8, 16, 16), 1, 4, 8, 32, 0.18215);
        TextEncoderConfig text = new TextEncoderConfig(tokenizer.vocabularySize(), 16, 32, 1, 2, 24, "quick_gelu");
        try (NDManager manager = Devices.newManager(Device.cpu());
                StableDiffusion model = new StableDiffusion(UNet.random(unet, manager, 1), Autoencoder.random(vae, manager, 2),
                        TextEncoder.random(text, manager, 3), tokenizer, SchedulerConfig.STABLE_DIFFUSION)) {
            model.save(folder);
        }
        return folder;
    }

    /** Makes the decoder answer black whatever it is given. */
    public static void blacken(StableDiffusion model) {
        gift.tensor.Scopes.withoutGradients(() -> {
            model.autoencoder().parameters().get("decoder.conv_out.weight").muli(0);
            model.autoencoder().parameters().get("decoder.conv_out.bias").muli(0).subi(10);
        });
    }
}
