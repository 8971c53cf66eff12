package gift.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.UNet;
import gift.diffusion.UNetConfig;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.PeakMemory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** Time and memory of a call of Stable Diffusion's denoiser, in single precision with random weights. */
public final class UNetBench {
    private static final int TEXT_LENGTH = 77;

    private final UNetConfig config;
    private final int size;
    private final int batch;
    private final int calls;
    private final String device;
    private final Precision precision;

    /**
     * @param file config.json of a UNet, or null for Stable Diffusion 1.5
     * @param size height and width of the latents, or 0 for the configuration's
     */
    public UNetBench(Path file, int size, int batch, int calls, String device, Precision precision) {
        this.config = file == null ? UNetConfig.STABLE_DIFFUSION_1 : UNetConfig.read(file);
        this.size = size == 0 ? config.sampleSize() : size;
        if (this.size < config.factor() || batch < 1 || calls < 1) {
            throw new InputException("size must be at least " + config.factor() + ", batch and calls at least 1");
        }
        this.batch = batch;
        this.calls = calls;
        this.device = device;
        this.precision = precision;
    }

    /** Runs and reports line by line. */
    public void run(Consumer<String> report) {
        long begin = System.nanoTime();
        try (NDManager manager = Devices.newManager(Devices.parse(device));
                UNet unet = UNet.random(config, manager, 1, precision)) {
            report.accept(String.format(Locale.ROOT, "UNet of %,d values in %d tensors, %s, made in %.1f s",
                    unet.parameters().size(), unet.parameters().names().size(), precision, seconds(begin)));
            double[] times = new double[calls];
            for (int i = 0; i < calls; i++) {
                times[i] = call(unet);
            }
            double first = times[0];
            Arrays.sort(times);
            report.accept(String.format(Locale.ROOT,
                    "%d latents of %d x %d: %.2f s a call (median of %d; %.2f to %.2f, the first %.2f)",
                    batch, size, size, times[calls / 2], calls, times[0], times[calls - 1], first));
            report.accept("peak resident memory of the process " + PeakMemory.text());
        }
    }

    /** Seconds of one call, with its result read. */
    private double call(UNet unet) {
        NDManager manager = unet.manager();
        double[] time = new double[1];
        Scopes.withoutGradients(() -> {
            NDArray sample = normals(manager, "sample", new Shape(batch, config.inChannels(), size, size));
            NDArray context = normals(manager, "context", new Shape(batch, TEXT_LENGTH, config.crossAttentionDim()));
            NDArray timesteps = manager.ones(new Shape(batch)).mul(500);
            long begin = System.nanoTime();
            float[] noise = unet.forward(sample, timesteps, context).toFloatArray();
            time[0] = seconds(begin);
            if (!Float.isFinite(noise[0])) {
                throw new IllegalStateException("the UNet's result is not finite");
            }
        });
        return time[0];
    }

    private static NDArray normals(NDManager manager, String name, Shape shape) {
        return manager.create(RandomStream.of(1, "bench " + name).normals((int) shape.size(), 1), shape);
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
