package gift.diffusion;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;

/**
 * Images from prompts (Rombach et al. 2022).
 *
 * <pre>{@code
 * List<Generated> images = new TextToImage(model).generate(
 *         List.of("a photo of a dog."), new long[] {7}, Sampling.DEFAULT.withSteps(20), Watcher.NONE);
 * }</pre>
 *
 * An image depends on its prompt and its seed, not on the images made beside it.
 */
public final class TextToImage {
    private final StableDiffusion model;

    public TextToImage(StableDiffusion model) {
        this.model = model;
    }

    /**
     * One image for each prompt. A prompt longer than the text encoder's context is cut, with a warning. An image all
     * black is made again from another seed, with a warning.
     *
     * @param seeds one for each prompt
     * @throws InputException if the sampling does not fit the model
     * @throws java.util.concurrent.CancellationException if the watcher says so
     */
    public List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling, Watcher watcher) {
        requireSeeds(prompts, seeds);
        model.latentShape(sampling.width(), sampling.height());
        List<Sampler.Item> items = new ArrayList<>();
        for (int i = 0; i < seeds.length; i++) {
            items.add(new Sampler.Item(prompts.get(i), seeds[i], null));
        }
        return new Sampler(model, sampling, sampling.steps()).images(items, watcher);
    }

    /**
     * From latents to latents, all in one batch.
     *
     * @param seeds one for each prompt; they matter only where the scheduler is a random one
     * @param start (B, C, h, w), standard normal; {@link StableDiffusion#startLatents} makes them from seeds
     * @return (B, C, h, w), scaled, for {@link LatentImages#decode}; the caller owns it, or the scope around the call
     */
    public NDArray latents(List<String> prompts, long[] seeds, NDArray start, Sampling sampling, Watcher watcher) {
        requireSeeds(prompts, seeds);
        return Scopes.withoutGradients(() ->
                new Sampler(model, sampling, sampling.steps()).latents(prompts, seeds, start, watcher));
    }

    static void requireSeeds(List<String> prompts, long[] seeds) {
        if (prompts.size() != seeds.length) {
            throw new IllegalArgumentException(seeds.length + " seeds for " + prompts.size() + " prompts");
        }
    }
}
