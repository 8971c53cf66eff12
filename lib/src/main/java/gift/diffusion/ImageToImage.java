package gift.diffusion;

import gift.image.Image;
import gift.io.InputException;
import java.util.ArrayList;
import java.util.List;

/**
 * Images from guide images and prompts: a guide is noised part of the way and denoised from there (SDEdit, Meng et
 * al. 2022; the real guidance of He et al. 2023, which uses a random scheduler).
 */
public final class ImageToImage {
    private final StableDiffusion model;

    public ImageToImage(StableDiffusion model) {
        this.model = model;
    }

    /**
     * One image for each guide. The latent is the mean that the encoder gives, noised to the first of the last
     * (int) (steps strength) timesteps.
     *
     * @param guides of the sampling's size
     * @param prompts one for each guide
     * @param seeds one for each guide
     * @param strength share of the way, above 0 and at most 1: how little of the guide is left
     * @throws InputException if a size or the strength does not fit
     * @throws java.util.concurrent.CancellationException if the watcher says so
     */
    public List<Generated> generate(List<Image> guides, List<String> prompts, long[] seeds, double strength,
            Sampling sampling, Watcher watcher) {
        TextToImage.requireSeeds(prompts, seeds);
        if (guides.size() != seeds.length) {
            throw new IllegalArgumentException(guides.size() + " guides for " + seeds.length + " seeds");
        }
        model.latentShape(sampling.width(), sampling.height());
        List<Sampler.Item> items = new ArrayList<>();
        for (int i = 0; i < seeds.length; i++) {
            items.add(new Sampler.Item(prompts.get(i), seeds[i], fitting(guides.get(i), sampling)));
        }
        return new Sampler(model, sampling, kept(sampling.steps(), strength)).images(items, watcher);
    }

    private static Image fitting(Image guide, Sampling sampling) {
        if (guide.width() != sampling.width() || guide.height() != sampling.height()) {
            throw new InputException("a guide image is " + guide.width() + " x " + guide.height() + ", the sampling "
                    + sampling.width() + " x " + sampling.height() + ": resize one of them");
        }
        return guide;
    }

    /** (int) (steps strength). */
    static int kept(int steps, double strength) {
        if (!(strength > 0 && strength <= 1)) {
            throw new InputException("strength " + strength + " must be above 0 and at most 1");
        }
        int kept = (int) (steps * strength);
        if (kept == 0) {
            throw new InputException("strength " + strength + " leaves none of " + steps
                    + " steps: take more steps or a greater strength");
        }
        return kept;
    }
}
