package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import java.util.Map;

/**
 * A timestep as a vector: waves of C / 2 frequencies, then two layers.
 *
 * <p>frequency i = exp(-ln(10000) i / (C / 2 - shift)), computed in single precision step by step as diffusers does,
 * for a rounding of a frequency is multiplied by the timestep.
 */
final class TimeEmbedding {
    private static final double LOG_LONGEST = Math.log(10000);

    private final NDArray frequencies; // (C / 2)
    private final boolean cosineFirst;
    private final Linear first;
    private final Linear second;

    TimeEmbedding(Parameters parameters, String prefix, UNetConfig config) {
        int half = config.blockOutChannels().get(0) / 2;
        NDManager manager = parameters.manager();
        frequencies = Scopes.keep(Scopes.withoutGradients(() -> Scalars.divide(
                NativeOps.scale(manager.arange(0, half, 1, DataType.FLOAT32), -LOG_LONGEST), half - config.freqShift()).exp()));
        cosineFirst = config.flipSinToCos();
        first = Linear.of(parameters, prefix + ".linear_1");
        second = Linear.of(parameters, prefix + ".linear_2");
    }

    /** timesteps (B), float32 or int64, to (B, E). */
    NDArray forward(NDArray timesteps) {
        return Scopes.result(() -> {
            NDArray t = timesteps.toType(DataType.FLOAT32, false).expandDims(1);        // (B, 1)
            NDArray angle = t.mul(frequencies);                                         // (B, C / 2)
            NDList waves = cosineFirst
                    ? new NDList(angle.cos(), angle.sin()) : new NDList(angle.sin(), angle.cos());
            NDArray x = NDArrays.concat(waves, 1);                                      // (B, C)
            return second.forward(NativeOps.silu(first.forward(x)));                    // (B, E)
        });
    }

    static void shapes(Map<String, Shape> shapes, String prefix, UNetConfig config) {
        Linear.shapes(shapes, prefix + ".linear_1", config.blockOutChannels().get(0), config.timeWidth(), true);
        Linear.shapes(shapes, prefix + ".linear_2", config.timeWidth(), config.timeWidth(), true);
    }
}
