package gift.doctor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.Trainable;
import gift.continual.RunCost;
import gift.continual.Training;
import gift.diffusion.UNet;
import gift.diffusion.UNetConfig;
import gift.tensor.AdamW;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.Images;
import gift.tensor.MixedPrecision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Throughput of this machine when nothing else uses it, measured on models with random weights. A large model is measured
 * with two layers of its true width.
 *
 * @param imageTraining FLOPs per second of the image tower, forward and backward
 * @param image FLOPs per second of the image tower, forward alone, in the precision of teacher and evaluation
 * @param textTraining FLOPs per second of the text tower, forward and backward
 * @param text FLOPs per second of the text tower, forward alone, in that precision
 * @param values values per second of the weights that one update of AdamW goes over
 */
record Throughput(double imageTraining, double image, double textTraining, double text, double values) {
    private static final double WARM_UP = 0.5;   // seconds at least, and one call
    private static final double SECONDS = 0.8;   // seconds at least of each measurement
    private static final double LARGE = 2e9;     // FLOPs of an image beyond which two layers are measured
    private static final double LARGE_CALL = 2e11;
    private static final int ENOUGH = 8;         // large images in a batch: on a CPU more of them are not faster
    private static final double SMALL_CALL = 2e10;
    private static final int EVALUATED = 100;    // images in a batch
    private static final int TEXTS = 100;
    private static final int STATES = 77;

    /**
     * Takes a few seconds.
     *
     * @param batch images of a step
     * @param tokens of a prompt
     * @param training whose precisions are meant
     */
    static Throughput of(ClipConfig full, int batch, int tokens, Training training, Device device) {
        ClipConfig config = Flops.image(full) > LARGE ? shallow(full) : full;
        int most = device.isGpu() ? EVALUATED : (int) Math.max(ENOUGH, SMALL_CALL / Flops.image(config));
        try (NDManager manager = Devices.newManager(device);
                Clip model = Clip.random(config, manager, 1).train(Trainable.WHOLE);
                Clip looked = model.in(training.precision());
                MixedPrecision mixed = new MixedPrecision(training.compute(), model.parameters());
                AdamW optimizer = new AdamW(model.parameters(), AdamW.Settings.DEFAULT)) {
            NDArray evaluated = images(model, Math.min(EVALUATED, most));
            NDArray learnt = images(model, Math.min(batch, most));
            long[][] rows = rows(config, tokens);
            double image = Flops.image(config);
            double text = Flops.text(config, tokens) * rows.length;
            double imageForward = rate(device, image * evaluated.size(0), () -> finish(() -> looked.imageFeatures(evaluated)));
            double textForward = rate(device, text, () -> finish(() -> looked.textFeatures(rows)));
            double imageTraining = rate(device, (1 + RunCost.BACKWARD) * image * learnt.size(0),
                    () -> learn(model, mixed, false, learnt, rows));
            double textTraining = rate(device, (1 + RunCost.BACKWARD) * text, () -> learn(model, mixed, true, learnt, rows));
            double values = rate(device, model.parameters().size(), () -> {
                try (Gradients recording = Gradients.record()) {
                    optimizer.step(model.parameters().gradients(), 1e-9);
                    model.parameters().get("logit_scale").toFloatArray(); // waits for the device
                }
            });
            return new Throughput(imageTraining, imageForward, textTraining, textForward, values);
        }
    }

    /** FLOPs per second of Stable Diffusion's denoiser. */
    static double unet(UNetConfig full, int h, int w, int batch, Device device) {
        boolean large = Flops.unet(full, h, w, STATES) > LARGE_CALL;
        UNetConfig config = large ? shallow(full) : full;
        int latents = device.isGpu() || !large ? batch : 1;
        try (NDManager manager = Devices.newManager(device); UNet unet = UNet.random(config, manager, 1)) {
            unet.parameters().forInference();
            NDManager own = unet.manager();
            NDArray sample = own.create(RandomStream.of(1, "sample").normals(latents * config.inChannels() * h * w, 1),
                    new Shape(latents, config.inChannels(), h, w));
            NDArray context = own.create(RandomStream.of(1, "context").normals(latents * STATES * config.crossAttentionDim(), 1),
                    new Shape(latents, STATES, config.crossAttentionDim()));
            NDArray timesteps = own.ones(new Shape(latents));
            return rate(device, latents * Flops.unet(config, h, w, STATES),
                    () -> finish(() -> unet.forward(sample, timesteps, context)));
        }
    }

    /** Two blocks of each tower; a ModifiedResNet stays as it is. */
    private static ClipConfig shallow(ClipConfig c) {
        return new ClipConfig(c.embedDim(), c.imageResolution(),
                c.isVisionTransformer() ? List.of(Math.min(2, c.visionLayers().get(0))) : c.visionLayers(), c.visionWidth(),
                c.visionPatchSize(), c.visionHeads(), c.contextLength(), Math.min(8192, c.vocabSize()), c.transformerWidth(),
                c.transformerHeads(), Math.min(2, c.transformerLayers()), c.activation());
    }

    /** One block at each resolution, and half the channels at the lower ones left out. */
    private static UNetConfig shallow(UNetConfig c) {
        int n = Math.min(2, c.blockOutChannels().size());
        return new UNetConfig(c.sampleSize(), c.inChannels(), c.outChannels(), c.flipSinToCos(), c.freqShift(),
                c.downBlockTypes().subList(0, n), c.upBlockTypes().subList(c.upBlockTypes().size() - n, c.upBlockTypes().size()),
                c.blockOutChannels().subList(0, n), 1, c.downsamplePadding(), c.normNumGroups(), c.normEps(),
                c.crossAttentionDim(), c.transformerLayersPerBlock(),
                c.attentionHeadDim().subList(0, Math.min(n, c.attentionHeadDim().size())), c.useLinearProjection(),
                c.timeEmbeddingDim(), c.convInKernel(), c.convOutKernel());
    }

    private static NDArray images(Clip model, int count) {
        int r = model.config().imageResolution();
        return Images.of(model.manager(), RandomStream.of(1, "speed").normals(count * 3 * r * r, 1), r);
    }

    private static long[][] rows(ClipConfig config, int tokens) {
        return IntStream.range(0, TEXTS).mapToObj(number -> {
            long[] row = new long[config.contextLength()];
            RandomStream random = RandomStream.of(1, "speed", number);
            for (int i = 0; i < tokens; i++) {
                row[i] = 1 + random.nextInt(config.vocabSize() - 3);
            }
            row[tokens - 1] = config.vocabSize() - 1;
            return row;
        }).toArray(long[][]::new);
    }

    private static void learn(Clip model, MixedPrecision mixed, boolean texts, NDArray images, long[][] rows) {
        try (Gradients recording = Gradients.record(mixed)) {
            NDArray features = texts ? model.textFeatures(rows) : model.imageFeatures(images);
            recording.backward(features.sum());
            String end = texts ? "text_projection" : "visual.conv1.weight";
            model.parameters().get(end).getGradient().sum().toFloatArray();
        }
    }

    /** Computes without gradients, and waits for the device. */
    private static void finish(Supplier<NDArray> work) {
        Scopes.withoutGradients(() -> {
            work.get().sum().toFloatArray();
        });
    }

    /** Throughput of calls of so many FLOPs each, after a warm-up. */
    private static double rate(Device device, double operations, Runnable call) {
        repeat(new Stopwatch(0), WARM_UP, call);
        Stopwatch watch = new Stopwatch(device.isGpu() ? 0 : JniUtils.getNumThreads());
        int calls = repeat(watch, SECONDS, call);
        return operations * calls / watch.seconds();
    }

    private static int repeat(Stopwatch watch, double seconds, Runnable call) {
        int calls = 0;
        do {
            call.run();
            calls++;
        } while (watch.wallSeconds() < seconds);
        return calls;
    }
}
