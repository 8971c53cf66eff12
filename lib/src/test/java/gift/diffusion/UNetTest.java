package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Gradients;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UNetTest {
    private final NDManager manager = Small.manager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Backpropagated gradients reach every tensor, and agree with a difference quotient along their direction. */
    @Test
    void gradientReachesEveryParameter() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        unet.parameters().train(name -> true);
        double before;
        double squared = 0;
        try (Gradients recording = Gradients.record()) {
            NDArray loss = loss(unet);
            recording.backward(loss);
            before = loss.getFloat();
            for (Map.Entry<String, NDArray> entry : unet.parameters().trained().entrySet()) {
                NDArray gradient = entry.getValue().getGradient();
                double square = gradient.square().sum().getFloat();
                assertThat(square).as("squared gradient of %s", entry.getKey()).isGreaterThan(0).isFinite();
                squared += square;
            }
        }
        double step = 0.02 / Math.sqrt(squared);
        double up = lossAfterStep(unet, step);
        double down = lossAfterStep(unet, -2 * step);
        assertThat(before).isPositive();
        assertThat((up - down) / (2 * step)).isCloseTo(squared, Offset.offset(0.01 * squared));
    }

    /** The loss where every tensor has moved by {@code step} times its gradient. */
    private double lossAfterStep(UNet unet, double step) {
        double[] value = new double[1];
        Scopes.withoutGradients(() -> {
            unet.parameters().trained().values().forEach(array -> array.addi(array.getGradient().mul(step)));
            value[0] = loss(unet).getFloat();
        });
        return value[0];
    }

    private NDArray loss(UNet unet) {
        return forward(unet, 2, 8, 8).square().mean();
    }

    private NDArray forward(UNet unet, int batch, int height, int width) {
        return unet.forward(Small.random(manager, "sample", batch, 4, height, width),
                manager.create(new float[] {3, 800}).get("0:" + batch), Small.random(manager, "context", batch, 7, 12));
    }

    @Test
    void anySize() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        assertThat(forward(unet, 1, 6, 10).getShape()).isEqualTo(new Shape(1, 4, 6, 10));
        assertThat(forward(unet, 1, 7, 5).getShape()).isEqualTo(new Shape(1, 4, 7, 5)); // odd, as in diffusers
    }

    @Test
    void timestepsOfEitherType() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        NDArray sample = Small.random(manager, "sample", 2, 4, 8, 8);
        NDArray context = Small.random(manager, "context", 2, 7, 12);
        NDArray floats = unet.forward(sample, manager.create(new float[] {1, 999}), context);
        NDArray longs = unet.forward(sample, manager.create(new long[] {1, 999}), context);
        assertThat(longs.toFloatArray()).isEqualTo(floats.toFloatArray());
        assertThat(floats.getDataType()).isEqualTo(DataType.FLOAT32);
    }

    /** SD 2.x stores the transformers' projections as linear layers: the same function. */
    @Test
    void linearProjectionsComputeTheSame() {
        UNet convolutions = UNet.random(Small.UNET, manager, 1);
        UNetConfig config = Small.unet(true);
        UNet linear = new UNet(config, Parameters.create(manager, config.shapes(),
                (name, shape) -> convolutions.parameters().get(name).toFloatArray()));
        assertThat(config.shapes()).isNotEqualTo(Small.UNET.shapes());
        assertThat(forward(linear, 2, 8, 8).sub(forward(convolutions, 2, 8, 8)).abs().max().getFloat())
                .isLessThan(1e-5f);
    }

    @Test
    void sameSeedSameWeights() {
        Map<String, float[]> first = values(UNet.random(Small.UNET, manager, 1));
        Map<String, float[]> again = values(UNet.random(Small.UNET, manager, 1));
        Map<String, float[]> other = values(UNet.random(Small.UNET, manager, 2));
        assertThat(again.get("conv_in.weight")).isEqualTo(first.get("conv_in.weight"));
        assertThat(other.get("conv_in.weight")).isNotEqualTo(first.get("conv_in.weight"));
        assertThat(first.get("conv_norm_out.weight")).containsOnly(1);
        assertThat(first.get("conv_in.bias")).doesNotContain(0);
    }

    private static Map<String, float[]> values(UNet unet) {
        Map<String, float[]> values = new LinkedHashMap<>();
        unet.parameters().all().forEach((name, array) -> values.put(name, array.toFloatArray()));
        return values;
    }

    /** A call leaves its result open and nothing else, with gradients or without. */
    @Test
    void leavesNothingOpen() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        NDArray sample = Small.random(manager, "sample", 1, 4, 8, 8);
        NDArray time = manager.create(new long[] {5});
        NDArray context = Small.random(manager, "context", 1, 7, 12);
        int before = open(unet);
        NDArray result = unet.forward(sample, time, context);
        assertThat(open(unet)).isEqualTo(before + 1);
        result.close();
        assertThat(open(unet)).isEqualTo(before);
        for (int i = 0; i < 3; i++) {
            Scopes.withoutGradients(() -> unet.forward(sample, time, context)).close();
        }
        unet.parameters().train(name -> true);
        try (Gradients recording = Gradients.record()) {
            recording.backward(unet.forward(sample, time, context).mean());
        }
        assertThat(open(unet)).isEqualTo(before);
    }

    private int open(UNet unet) {
        return manager.getManagedArrays().size() + unet.manager().getManagedArrays().size();
    }

    @Test
    void shapesMustFit() {
        UNet unet = UNet.random(Small.UNET, manager, 1);
        NDArray sample = Small.random(manager, "sample", 2, 4, 8, 8);
        NDArray context = Small.random(manager, "context", 1, 7, 12);
        assertThatThrownBy(() -> unet.forward(sample, manager.ones(new Shape(2)), context))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("(1, 7, 12)");
    }
}
