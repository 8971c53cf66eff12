package gift.dry;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.BytePairLearner;
import gift.clip.Clip;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.ClassNames;
import gift.data.sample.SampleSets;
import gift.diffusion.Autoencoder;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextEncoder;
import gift.diffusion.UNet;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.io.AtomicFiles;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Models with random weights, in the files of published ones. */
final class DryModels {
    private static final String VOCABULARY = "bpe_simple_vocab_16e6.txt.gz";
    private static final long SEED = 1;

    private DryModels() {}

    /** Writes a CLIP and its vocabulary, unless they are there. */
    static void clip(Path folder, DryScale scale) {
        vocabulary(folder, scale.merges());
        Path weights = folder.resolve("model.safetensors");
        if (Files.exists(weights)) {
            return;
        }
        try (NDManager manager = Devices.newManager(Device.cpu());
                Clip model = Clip.random(scale.clip(), manager, SEED)) {
            ClipWeights.save(weights, model);
        }
    }

    /** A vocabulary learnt from the prompts of all classes; its ids are fewer than the published ones. */
    private static void vocabulary(Path folder, int merges) {
        if (Files.exists(folder.resolve(VOCABULARY))) {
            return;
        }
        List<String> prompts = SampleSets.names().stream().filter(ClassNames.sets()::contains).map(ClassNames::of)
                .flatMap(set -> set.trainingPrompts().stream()).toList();
        BytePairLearner.write(folder.resolve(VOCABULARY), BytePairLearner.learn(prompts, merges));
    }

    /**
     * Writes a Stable Diffusion in the layout of diffusers.
     *
     * @param clip folder of {@link #clip}, whose vocabulary it shares
     */
    static void diffusion(Path folder, Path clip, DryScale scale) {
        Path tokenizer = folder.resolve("tokenizer");
        AtomicFiles.write(tokenizer.resolve(VOCABULARY), out -> Files.copy(clip.resolve(VOCABULARY), out));
        try (NDManager manager = Devices.newManager(Device.cpu());
                StableDiffusion model = new StableDiffusion(UNet.random(scale.unet(), manager, SEED),
                        Autoencoder.random(scale.autoencoder(), manager, SEED),
                        TextEncoder.random(scale.textEncoder(), manager, SEED), Tokenizer.load(tokenizer),
                        SchedulerConfig.STABLE_DIFFUSION)) {
            model.save(folder);
        }
    }
}
