package gift.doctor;

import ai.djl.Device;
import gift.clip.ClipConfig;
import gift.clip.Tokenizer;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.UNetConfig;
import gift.diffusion.glide.Glide;
import gift.diffusion.schedulers.Scheduler;
import gift.generate.Generation;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import gift.tensor.RandomStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long a study takes, in seconds.
 *
 * @param runs of every method
 * @param looking through all images before the first run
 * @param generating the images that are missing
 */
record Estimates(List<Hours.Run> runs, double looking, double generating) {
    private static final int SAMPLE = 6;   // images of a data set that are timed
    private static final int TOKENS = 14;  // of a prompt where the vocabulary is not known
    private static final int PAIRS = 1000; // of a reference set that is not known
    private static final int STATES = 77;

    double total() {
        return looking + generating + runs.stream().mapToDouble(Hours.Run::total).sum();
    }

    /**
     * Measures this machine for a few seconds.
     *
     * @param names of all tasks, in the order of learning
     * @param tokenizer null where it is not known
     * @param references by name; of those that cannot be used 1,000 pairs are assumed
     * @param workers that look through images
     */
    static Estimates of(StudyConfig config, List<String> names, List<StudyMethod> methods, ClipConfig clip, Tokenizer tokenizer,
            List<Task> tasks, List<Task> watched, Map<String, ReferenceCheck.Facts> references, int workers, Device device) {
        List<Hours.TaskSize> sizes = tasks.stream().map(task -> size(config, names, task, clip, tokenizer)).toList();
        List<Hours.TaskSize> others = watched.stream().map(task -> size(config, names, task, clip, tokenizer)).toList();
        Map<String, Hours.Pairs> pairs = new LinkedHashMap<>();
        references.forEach((name, facts) -> pairs.put(name, facts == null ? new Hours.Pairs(PAIRS, PAIRS, TOKENS, 0)
                : new Hours.Pairs(facts.pairs(), facts.texts(), tokens(tokenizer, clip, facts.some()), 0)));
        int batch = methods.stream().flatMap(m -> m.training().stream()).mapToInt(t -> t.batchSize()).max().orElse(1);
        int tokens = sizes.stream().mapToInt(Hours.TaskSize::tokens).max().orElse(TOKENS);
        Throughput speed = Throughput.of(clip, batch, tokens, config.training(), device);
        Hours hours = new Hours(config, clip, speed, sizes, others, pairs);
        double looking = 0;
        for (Hours.TaskSize size : sizes) {
            looking += size.read() * (size.train() + size.test());
        }
        double generating = references.values().stream().filter(facts -> facts != null && facts.generation() != null)
                .map(ReferenceCheck.Facts::generation).distinct().mapToDouble(g -> seconds(g, device)).sum();
        return new Estimates(methods.stream().map(hours::of).toList(), looking / workers, generating);
    }

    private static Hours.TaskSize size(StudyConfig config, List<String> names, Task task, ClipConfig clip, Tokenizer tokenizer) {
        ImageDataset data = task.train().size() > 0 ? task.train() : task.test();
        int[] order = RandomStream.of(0, "doctor time").permutation(data.size());
        List<Integer> sample = Arrays.stream(order, 0, Math.min(SAMPLE, order.length)).boxed().toList();
        double read = 0;
        double prepare = 0;
        for (int round = 0; round < 2; round++) { // the first makes the decoder ready
            List<Image> images = new ArrayList<>();
            Stopwatch reading = new Stopwatch(1);
            for (int i : sample) {
                try {
                    images.add(data.image(i));
                } catch (InputException e) {
                    images.add(new Image(1, 1, new byte[3])); // it is among the findings
                }
            }
            read = reading.seconds() / Math.max(1, sample.size());
            Stopwatch preparing = new Stopwatch(1);
            images.forEach(image -> Preprocess.normalize(Preprocess.evaluation(image, clip.imageResolution())));
            prepare = preparing.seconds() / Math.max(1, sample.size());
        }
        int templates = config.testTemplates() == 0 ? task.templates().size()
                : Math.min(config.testTemplates(), task.templates().size());
        return new Hours.TaskSize(names.indexOf(task.name()), task.classNames().size(), templates,
                tokens(tokenizer, clip, task.trainingPrompts()), task.train().size(), task.test().size(), read, prepare);
    }

    /** Those of the longest text, start and end included. */
    private static int tokens(Tokenizer tokenizer, ClipConfig clip, List<String> texts) {
        int longest = tokenizer == null || texts.isEmpty() ? TOKENS
                : texts.stream().mapToInt(text -> tokenizer.encode(text).length + 2).max().orElse(TOKENS);
        return Math.min(longest, clip.contextLength());
    }

    /** Of the images that are missing. */
    private static double seconds(Generation generation, Device device) {
        return generation.left() * image(generation, device);
    }

    /** Of one image. */
    static double image(Generation generation, Device device) {
        return image(generation.model(), generation.sampling(), generation.isGuided(), device);
    }

    /** Of one image that is sampled so. */
    static double image(Path model, Sampling sampling, boolean guided, Device device) {
        if (Glide.isIn(model)) {
            double flops = Glide.flops(model, sampling);
            int latent = UNetConfig.STABLE_DIFFUSION_1.sampleSize(); // whose layers are like those of GLIDE
            return flops / Throughput.unet(UNetConfig.STABLE_DIFFUSION_1, latent, latent, sampling.batch(), device);
        }
        boolean singleFile = Files.isRegularFile(model);
        UNetConfig unet = singleFile ? UNetConfig.STABLE_DIFFUSION_1 : UNetConfig.read(model.resolve("unet").resolve("config.json"));
        AutoencoderConfig vae = singleFile ? AutoencoderConfig.STABLE_DIFFUSION_1
                : AutoencoderConfig.read(model.resolve("vae").resolve("config.json"));
        int h = sampling.height() / vae.factor();
        int w = sampling.width() / vae.factor();
        int calls;
        try (Scheduler scheduler = StableDiffusion.schedulerOf(model)
                .create(sampling.scheduler(), sampling.steps(), sampling.steps(), sampling.eta())) {
            calls = scheduler.timesteps().length;
        }
        int both = guided ? 2 : 1; // with the text and without
        double speed = Throughput.unet(unet, h, w, both * sampling.batch(), device);
        double image = calls * both * Flops.unet(unet, h, w, STATES) + Flops.decoder(vae, h, w);
        return image / speed;
    }
}
