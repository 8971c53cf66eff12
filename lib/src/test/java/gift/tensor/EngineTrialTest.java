package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.plain.PlainMath;
import gift.tensor.plain.PlainMath.Convolution;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine against plain arithmetic, on the machine at hand. */
class EngineTrialTest {
    private static final int CONVOLUTIONS = 200;

    @Test
    void everythingIsRightInTheModeThatWasChosen() {
        assertThat(EngineCheck.start().cases()).isGreaterThan(200);
        assertThat(EngineTrial.run(null).wrong()).isEmpty();
    }

    @Test
    void anAlteredValueIsFoundInEveryOperation() {
        for (String operation : List.of("convolution", "convolution, gradient of the input", "convolution, gradient of the weight",
                "matrix product", "matrix product, gradients", "attention", "attention, gradients", "layer norm",
                "layer norm, gradient", "group norm", "group norm, gradient")) {
            assertThat(EngineTrial.run(operation).wrong()).as(operation).isNotEmpty()
                    .allSatisfy(wrong -> assertThat(wrong.operation()).startsWith(operation));
        }
    }

    /** Also where the processor is not one on which linear layers are computed as convolutions. */
    @Test
    void layersAsConvolutionsAreTried() {
        Kernel.ONEDNN_LINEAR.with(true, () -> {
            int before = Kernel.ONEDNN_LINEAR.with(false, () -> EngineTrial.run(null).cases());
            EngineTrial.Result result = EngineTrial.run("linear layer, gradients");
            boolean tried = Kernel.ONEDNN_LINEAR.on(false, 64);
            assertThat(result.cases() - before).isEqualTo(tried ? 12 : 0);
            assertThat(result.wrong()).hasSize(tried ? 1 : 0);
            return null;
        });
    }

    /** As a network calls them: 1 to 128 channels, kernels 1 and 3, strides 1 and 2. */
    @Test
    void twoHundredRandomConvolutionsForwardAndBackward() {
        RandomStream random = RandomStream.of(7, "convolutions");
        for (int i = 0; i < CONVOLUTIONS; i++) {
            Convolution c = new Convolution(1 + random.nextInt(3), 1 + random.nextInt(128), 1 + random.nextInt(128),
                    1 + 2 * random.nextInt(2), 1 + random.nextInt(2), 4 + random.nextInt(9), 4 + random.nextInt(9));
            assertThat(errors(c, random)).as("%s: forward, gradients of input and weight", c)
                    .allSatisfy(error -> assertThat(error).isLessThan(1e-4));
        }
    }

    private static List<Double> errors(Convolution c, RandomStream random) {
        float[] x = random.normals(c.sizeOfX(), 1);
        float[] weight = random.normals(c.sizeOfWeight(), 1);
        float[] g = random.normals(c.sizeOfY(), 1);
        try (NDManager manager = Devices.newManager(Device.cpu()); Gradients recording = Gradients.record()) {
            NDArray xs = manager.create(x, new Shape(c.batch(), c.in(), c.height(), c.width()));
            NDArray weights = manager.create(weight, new Shape(c.out(), c.in(), c.kernel(), c.kernel()));
            xs.setRequiresGradient(true);
            weights.setRequiresGradient(true);
            NDArray y = NativeOps.conv2d(xs, weights, null, c.stride(), c.padding());
            recording.backward(y, manager.create(g, new Shape(c.batch(), c.out(), c.outHeight(), c.outWidth())));
            return List.of(PlainMath.relativeError(y.toFloatArray(), PlainMath.convolution(c, x, weight)),
                    PlainMath.relativeError(xs.getGradient().toFloatArray(), PlainMath.convolutionInputGradient(c, weight, g)),
                    PlainMath.relativeError(weights.getGradient().toFloatArray(), PlainMath.convolutionWeightGradient(c, x, g)));
        }
    }
}
