package gift.generate;

import ai.djl.ndarray.NDManager;
import gift.diffusion.Generated;
import gift.diffusion.ImageToImage;
import gift.diffusion.Sampling;
import gift.diffusion.StableDiffusion;
import gift.diffusion.TextToImage;
import gift.diffusion.Watcher;
import gift.diffusion.glide.Glide;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.io.InputException;
import gift.tensor.Precision;
import java.nio.file.Path;
import java.util.List;

/** The model that draws images of prompts: a GLIDE where its networks lie in the folder, else a Stable Diffusion. */
interface ImageModel {
    /** @throws InputException if there is no such model; its weights are not looked at */
    static ImageModel in(Path folder) {
        if (Glide.isIn(folder)) {
            return new OfGlide(folder);
        }
        StableDiffusion.requireParts(folder);
        return new OfStableDiffusion(folder);
    }

    /**
     * The scheduler that a sampling means.
     *
     * @throws InputException if the sampling does not fit the model
     */
    SchedulerKind scheduler(Sampling sampling);

    /** SHA-256 of the model, by which an image names it. */
    String hash();

    /** Reads the model; the caller closes it. */
    Opened open(NDManager manager, Precision precision);

    /** A model that was read. */
    interface Opened extends AutoCloseable {
        /** One image for each prompt and its seed. */
        List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling, Watcher watcher);

        /**
         * One image for each guide, prompt and seed (real guidance).
         *
         * @param guides of the sampling's size
         * @param strength share of the way that a guide is noised
         */
        List<Generated> generate(List<Image> guides, List<String> prompts, long[] seeds, double strength, Sampling sampling,
                Watcher watcher);

        @Override
        void close();
    }

    /** In the layout of diffusers, or a single file. */
    record OfStableDiffusion(Path folder) implements ImageModel {
        private static final int STEPS_OF_OWN_SCHEDULER = 50; // with fewer, the published code takes DPM-Solver++

        @Override
        public SchedulerKind scheduler(Sampling s) {
            SchedulerConfig config = StableDiffusion.schedulerOf(folder);
            SchedulerKind kind = s.scheduler() != null ? s.scheduler()
                    : s.steps() < STEPS_OF_OWN_SCHEDULER ? SchedulerKind.DPMSOLVER : config.kind();
            config.create(kind, s.steps(), s.steps(), s.eta()).close(); // refuses what does not fit
            return kind;
        }

        @Override
        public String hash() {
            return StableDiffusion.hash(folder);
        }

        @Override
        public Opened open(NDManager manager, Precision precision) {
            StableDiffusion model = StableDiffusion.load(folder, manager, precision);
            TextToImage pipeline = new TextToImage(model);
            return new Opened() {
                @Override
                public List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling, Watcher watcher) {
                    return pipeline.generate(prompts, seeds, sampling, watcher);
                }

                @Override
                public List<Generated> generate(List<Image> guides, List<String> prompts, long[] seeds, double strength,
                        Sampling sampling, Watcher watcher) {
                    return new ImageToImage(model).generate(guides, prompts, seeds, strength, sampling, watcher);
                }

                @Override
                public void close() {
                    model.close();
                }
            };
        }
    }

    /** With its published files. */
    record OfGlide(Path folder) implements ImageModel {
        @Override
        public SchedulerKind scheduler(Sampling s) {
            Glide.requireFit(folder, s);
            return SchedulerKind.DDPM;
        }

        @Override
        public String hash() {
            return Glide.hash(folder);
        }

        @Override
        public Opened open(NDManager manager, Precision precision) {
            Glide model = Glide.load(folder, manager, precision);
            return new Opened() {
                @Override
                public List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling, Watcher watcher) {
                    return model.generate(prompts, seeds, sampling, watcher);
                }

                @Override
                public List<Generated> generate(List<Image> guides, List<String> prompts, long[] seeds, double strength,
                        Sampling sampling, Watcher watcher) {
                    int taken = Math.max(1, (int) (sampling.steps() * strength));
                    return model.generate(guides, prompts, seeds, taken, sampling, watcher);
                }

                @Override
                public void close() {
                    model.close();
                }
            };
        }
    }
}
