package gift.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.UNet;
import gift.diffusion.UNetConfig;
import gift.doctor.Flops;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.Environment;
import gift.train.PeakMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Time and memory of a call of Stable Diffusion's denoiser with random weights. */
public final class UNetBench {
    private static final int TEXT_LENGTH = 77;

    private final UNetConfig config;
    private final int size;
    private final int batch;
    private final Repeats repeats;
    private final String device;
    private final Precision precision;

    /**
     * @param file config.json of a UNet, or null for Stable Diffusion 1.5
     * @param size height and width of the latents, or 0 for the configuration's
     */
    public UNetBench(Path file, int size, int batch, Repeats repeats, String device, Precision precision) {
        this.config = file == null ? UNetConfig.STABLE_DIFFUSION_1 : UNetConfig.read(file);
        this.size = size == 0 ? config.sampleSize() : size;
        if (this.size < config.factor() || batch < 1) {
            throw new InputException("size " + this.size + " must be at least " + config.factor() + ", and batch " + batch + " at least 1");
        }
        this.batch = batch;
        this.repeats = repeats;
        this.device = device;
        this.precision = precision;
    }

    /** Measures and reports line by line. */
    public BenchReport run(Consumer<String> report) {
        long begin = System.nanoTime();
        try (NDManager manager = Devices.newManager(Devices.parse(device));
                UNet unet = UNet.random(config, manager, 1, precision)) {
            report.accept(String.format(Locale.ROOT, "UNet of %,d values in %d tensors, %s, made in %.1f s",
                    unet.parameters().size(), unet.parameters().names().size(), precision, (System.nanoTime() - begin) / 1e9));
            unet.parameters().forInference();
            Floor floor = Floor.measure(manager, precision.toString());
            report.accept(floor.line());
            PeakMemory.reset();
            String work = batch + " latents of " + size + " x " + size;
            Timing timing = Samples.of(repeats, i -> call(unet)).timing(work, batch * Flops.unet(config, size, size, TEXT_LENGTH),
                    floor, manager.getDevice());
            report.accept(timing.line());
            return BenchReport.of("unet", work, precision.toString(), Environment.of(manager), floor, List.of(timing));
        }
    }

    /** One call, with its result read. */
    private void call(UNet unet) {
        NDManager manager = unet.manager();
        Scopes.withoutGradients(() -> {
            NDArray sample = normals(manager, "sample", new Shape(batch, config.inChannels(), size, size));
            NDArray context = normals(manager, "context", new Shape(batch, TEXT_LENGTH, config.crossAttentionDim()));
            NDArray timesteps = manager.ones(new Shape(batch)).mul(500);
            float[] noise = unet.forward(sample, timesteps, context).toFloatArray();
            if (!Float.isFinite(noise[0])) {
                throw new IllegalStateException("the UNet's result is not finite");
            }
        });
    }

    private static NDArray normals(NDManager manager, String name, Shape shape) {
        return manager.create(RandomStream.of(1, "bench " + name).normals((int) shape.size(), 1), shape);
    }
}
