package gift.doctor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.nn.Activation;
import gift.nn.TransformerBlock;
import gift.tensor.Compute;
import gift.tensor.Devices;
import gift.tensor.Gradients;
import gift.tensor.MixedPrecision;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Whether training in bf16 pays on this processor, measured: one block of ViT-B/16 on one image, forward and backward. Some
 * processors multiply bf16 in fewer cycles than fp32, others pretend to by many more; their names do not tell.
 *
 * @param fp32 seconds of a call
 * @param bf16 seconds of the same with {@code compute} bf16
 */
record HalfTraining(double fp32, double bf16) {
    private static final int WIDTH = 768;
    private static final int HEADS = 12;
    private static final int TOKENS = 197;
    private static final int CALLS = 3;          // of which the fastest counts, after one that does not
    private static final double CLEARLY = 0.9;   // less than this part of the time pays for the rounding

    /** Takes about a second. */
    static HalfTraining measure() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        TransformerBlock.transformersShapes(shapes, "block", WIDTH, 4 * WIDTH);
        try (NDManager manager = Devices.newManager(Device.cpu());
                Parameters parameters = Parameters.create(manager, shapes, (name, shape) ->
                        RandomStream.of(1, "block " + name).normals(Math.toIntExact(shape.size()), 0.02)).train(name -> true)) {
            TransformerBlock block = TransformerBlock.ofTransformers(parameters, "block", HEADS, false, Activation.QUICK_GELU);
            NDArray x = manager.create(RandomStream.of(1, "tokens").normals(TOKENS * WIDTH, 1), new Shape(1, TOKENS, WIDTH));
            return new HalfTraining(seconds(parameters, block, x, Compute.FP32), seconds(parameters, block, x, Compute.BF16));
        }
    }

    private static double seconds(Parameters parameters, TransformerBlock block, NDArray x, Compute compute) {
        double fastest = Double.POSITIVE_INFINITY;
        try (MixedPrecision mixed = new MixedPrecision(compute, parameters)) {
            for (int call = 0; call <= CALLS; call++) {
                long begin = System.nanoTime();
                try (Gradients recording = Gradients.record(mixed)) {
                    recording.backward(block.forward(x).mean());
                }
                fastest = call == 0 ? fastest : Math.min(fastest, (System.nanoTime() - begin) / 1e9);
            }
        }
        return fastest;
    }

    boolean pays() {
        return bf16 < CLEARLY * fp32;
    }

    /** In words. */
    String text() {
        return String.format(Locale.ROOT, "training in bf16 takes %.2f of the time of fp32 on this processor (a block of"
                + " ViT-B/16: %.0f and %.0f ms): training.compute bf16 %s",
                bf16 / fp32, 1e3 * bf16, 1e3 * fp32, pays() ? "pays" : "does not pay");
    }
}
