package gift.imagine;

import ai.djl.ndarray.NDArray;
import gift.nn.Activation;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;

/**
 * The head of DINO (Caron et al. 2021, appendix C): three linear layers with GELU between them, to unit length, then the
 * cosine with each of K prototypes. The last layer is weight-normed with a length fixed at 1.
 */
public final class PrototypeHead {
    /** The prototypes' tensor (K, bottleneck), whose rows count by their directions alone. */
    public static final String DIRECTIONS = "last_layer.weight_v";
    /** Published files hold the prototypes' lengths too, which are 1 and never trained. */
    static final String LENGTHS = "last_layer.weight_g";

    private static final double SHORTEST = 1e-12; // of a vector before it is divided by its length

    private final Linear in;
    private final Linear middle;
    private final Linear out;
    private final NDArray directions; // (K, bottleneck)

    public PrototypeHead(Parameters parameters, String prefix) {
        in = Linear.of(parameters, prefix + "mlp.0");
        middle = Linear.of(parameters, prefix + "mlp.2");
        out = Linear.of(parameters, prefix + "mlp.4");
        directions = parameters.get(prefix + DIRECTIONS);
    }

    /** x (N, in) to cosines (N, K). */
    public NDArray forward(NDArray x) {
        NDArray hidden = Activation.GELU.of(middle.forward(Activation.GELU.of(in.forward(x))));
        NDArray unit = NativeOps.normalize(out.forward(hidden), SHORTEST);                      // (N, bottleneck)
        return unit.matMul(NativeOps.normalize(directions).transpose());                        // (N, K)
    }
}
