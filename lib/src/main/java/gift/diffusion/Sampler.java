package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job of either pipeline: images for prompts and seeds, batch by batch. */
final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final int MOST_SEEDS = 4; // that are tried for one image

    private final StableDiffusion model;
    private final Sampling sampling;
    private final int kept;

    /** What one image is made from; no guide in text to image. */
    record Item(String prompt, long seed, Image guide) {
        Item withSeed(long other) {
            return new Item(prompt, other, guide);
        }
    }

    /** @param kept how many of the steps are taken, the last ones */
    Sampler(StableDiffusion model, Sampling sampling, int kept) {
        this.model = model;
        this.sampling = sampling;
        this.kept = kept;
    }

    List<Generated> images(List<Item> items, Watcher watcher) {
        int calls;
        try (Scheduler scheduler = newScheduler()) {
            calls = scheduler.timesteps().length;
        }
        int batches = (items.size() + sampling.batch() - 1) / sampling.batch();
        List<Generated> all = new ArrayList<>();
        for (int b = 0; b < batches; b++) {
            int before = b * calls;
            List<Item> batch = items.subList(b * sampling.batch(), Math.min((b + 1) * sampling.batch(), items.size()));
            Watcher ofBatch = (done, total, latents) -> watcher.goOn(before + done, batches * calls, latents);
            all.addAll(withoutBlack(
                    batch, decode(batch, ofBatch), item -> decode(List.of(item), Watcher.NONE).get(0)));
        }
        return all;
    }

    private Scheduler newScheduler() {
        SchedulerConfig config = model.scheduler();
        return config.create(kind(), sampling.steps(), kept, sampling.eta());
    }

    private SchedulerKind kind() {
        return sampling.scheduler() == null ? model.scheduler().kind() : sampling.scheduler();
    }

    private List<Image> decode(List<Item> items, Watcher watcher) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return model.images().decode(latents(items, watcher));
        }
    }

    /** The latents of one batch, (B, C, h, w). */
    private NDArray latents(List<Item> items, Watcher watcher) {
        return Scopes.notRecording(() -> latentsOf(items, watcher));
    }

    private NDArray latentsOf(List<Item> items, Watcher watcher) {
        try (Scheduler scheduler = newScheduler()) {
            long[] seeds = items.stream().mapToLong(Item::seed).toArray();
            NDArray start = model.startLatents(seeds, sampling.width(), sampling.height());
            if (items.get(0).guide() != null) {
                NDArray clean = model.images().encode(items.stream().map(Item::guide).toList());
                start = scheduler.begin(clean, start);
            } else {
                start = scheduler.begin(start);
            }
            return denoise(scheduler, items.stream().map(Item::prompt).toList(), seeds, start, watcher);
        }
    }

    private NDArray denoise(Scheduler scheduler, List<String> prompts, long[] seeds, NDArray start, Watcher watcher) {
        Shape one = start.getShape().slice(1);
        NDArray text = model.textStates(prompts);
        NDArray negative = model.textStates(List.of(sampling.negativePrompt()));
        model.states().trim();
        return new Denoising(model.unet()::forward, text, negative, sampling.guidance())
                .run(scheduler, start, step -> model.noise(seeds, one, "step", step), watcher);
    }

    /** The latents for given ones to start from, (B, C, h, w). */
    NDArray latents(List<String> prompts, long[] seeds, NDArray start, Watcher watcher) {
        try (Scheduler scheduler = newScheduler()) {
            return denoise(scheduler, prompts, seeds, scheduler.begin(start), watcher);
        }
    }

    /**
     * An image all black is what a safety checker or a failure leaves: it is made again from another seed.
     *
     * @param images those of the items
     * @param maker makes the image of an item
     */
    static List<Generated> withoutBlack(List<Item> items, List<Image> images, Function<Item, Image> maker) {
        List<Generated> result = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            Image image = images.get(i);
            for (int attempt = 1; image.isBlack(); attempt++) {
                if (attempt == MOST_SEEDS) {
                    throw new ArithmeticException("\"" + item.prompt() + "\" gives an image all black from " + MOST_SEEDS
                            + " seeds, the first " + items.get(i).seed() + ": the model or its settings are wrong");
                }
                long other = anotherSeed(items.get(i).seed(), attempt);
                LOG.warn("\"{}\", seed {}: the image is all black, made again from seed {}", item.prompt(), item.seed(), other);
                item = item.withSeed(other);
                image = maker.apply(item);
            }
            result.add(new Generated(image, item.prompt(), item.seed()));
        }
        return result;
    }

    static long anotherSeed(long seed, int attempt) {
        return RandomStream.of(seed, "another seed", attempt).nextLong() >>> 1;
    }
}
