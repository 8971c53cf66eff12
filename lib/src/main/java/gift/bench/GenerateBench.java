package gift.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.Autoencoder;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.Denoising;
import gift.diffusion.LatentImages;
import gift.diffusion.Sampling;
import gift.diffusion.UNet;
import gift.diffusion.UNetConfig;
import gift.diffusion.Watcher;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerConfig;
import gift.doctor.Flops;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.Environment;
import gift.train.PeakMemory;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How long a batch of images takes, by its parts: denoising (all steps of PNDM with guidance), decoding, JPEG. Stable
 * Diffusion 1.5 with random weights, and random states in place of texts, which are encoded once a prompt.
 */
public final class GenerateBench {
    private static final int STATES = 77;
    private static final int FACTOR = 8; // pixels of a latent
    private static final float QUALITY = 0.95f;

    private final Settings settings;
    private final UNetConfig config = UNetConfig.STABLE_DIFFUSION_1;

    /**
     * @param size height and width of the images in pixels, a multiple of 64
     * @param batch images computed together
     * @param steps n of the scheduler, which calls the denoiser n + 1 times
     */
    public record Settings(int size, int batch, int steps, Precision compute, String device, Repeats repeats) {
        public Settings {
            if (size < 64 || size % 64 != 0 || batch < 1 || steps < 2) {
                throw new InputException("size " + size + " must be a multiple of 64, batch " + batch
                        + " at least 1, and sampling-steps " + steps + " at least 2");
            }
        }
    }

    public GenerateBench(Settings settings) {
        this.settings = settings;
    }

    /** Measures and reports line by line. */
    public BenchReport run(Consumer<String> report) {
        int side = settings.size / FACTOR;
        String work = String.format(Locale.ROOT, "%d images of %d x %d, %d PNDM steps, guidance %s", settings.batch, settings.size,
                settings.size, settings.steps, Sampling.DEFAULT.guidance());
        report.accept(work);
        try (NDManager manager = Devices.newManager(Devices.parse(settings.device));
                UNet unet = UNet.random(config, manager, 1, settings.compute);
                Autoencoder autoencoder = Autoencoder.random(AutoencoderConfig.STABLE_DIFFUSION_1, manager, 1, settings.compute)) {
            unet.parameters().forInference();
            autoencoder.parameters().forInference();
            Floor floor = Floor.measure(manager, settings.compute.toString());
            report.accept(floor.line());
            Samples denoise = new Samples(settings.repeats);
            Samples decode = new Samples(settings.repeats);
            Samples jpeg = new Samples(settings.repeats);
            int[] calls = new int[1];
            PeakMemory.reset();
            for (int i = 0; i < settings.repeats.all(); i++) {
                Scopes.withoutGradients(() -> {
                    NDArray start = normals(manager, "start", settings.batch, config.inChannels(), side, side);
                    NDArray text = normals(manager, "text", settings.batch, STATES, config.crossAttentionDim());
                    NDArray negative = normals(manager, "negative", 1, STATES, config.crossAttentionDim());
                    NDArray latents = denoise.take(() -> denoised(unet, start, text, negative, calls));
                    List<Image> images = decode.take(() -> new LatentImages(autoencoder).decode(latents));
                    jpeg.take(() -> images.stream().mapToInt(image -> ImageFiles.jpeg(image, QUALITY).length).sum());
                });
            }
            double drawing = 2.0 * settings.batch * calls[0] * Flops.unet(config, side, side, STATES);
            double decoding = settings.batch * Flops.decoder(AutoencoderConfig.STABLE_DIFFUSION_1, side, side);
            List<Timing> timings = List.of(denoise.timing("denoise", drawing, floor, manager.getDevice()),
                    decode.timing("decode", decoding, floor, manager.getDevice()),
                    jpeg.timing("JPEG", 0, floor, manager.getDevice()));
            timings.forEach(timing -> report.accept(timing.line()));
            double all = timings.stream().mapToDouble(Timing::medianMs).sum();
            report.accept(String.format(Locale.ROOT, "%.4f images a second; decoding and JPEG are %.1f %% of the time",
                    1000 * settings.batch / all, 100 * (all - timings.get(0).medianMs()) / all));
            return BenchReport.of("generate", work, settings.compute.toString(), Environment.of(manager), floor, timings);
        }
    }

    private NDArray denoised(UNet unet, NDArray start, NDArray text, NDArray negative, int[] calls) {
        try (Scheduler scheduler = SchedulerConfig.STABLE_DIFFUSION.create(settings.steps)) {
            calls[0] = scheduler.timesteps().length;
            NDArray latents = new Denoising(unet::forward, text, negative, Sampling.DEFAULT.guidance())
                    .run(scheduler, scheduler.begin(start), step -> {
                        throw new IllegalStateException("PNDM asks for no fresh noise");
                    }, Watcher.NONE);
            latents.toFloatArray(); // waits for the device
            return latents;
        }
    }

    private static NDArray normals(NDManager manager, String name, long... shape) {
        Shape s = new Shape(shape);
        return manager.create(RandomStream.of(1, "bench " + name).normals(Math.toIntExact(s.size()), 1), s);
    }
}
