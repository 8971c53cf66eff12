package gift.imagine;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.nn.Linear;
import java.util.Map;

/**
 * The size of a {@link PrototypeHead}.
 *
 * @param prototypes K
 * @param hidden width of the two hidden layers
 * @param bottleneck width of the vectors that are compared with the prototypes
 */
public record HeadConfig(int prototypes, int hidden, int bottleneck) {
    /** The published size of both heads. */
    public static final HeadConfig PUBLISHED = new HeadConfig(4096, 1024, 256);

    public HeadConfig {
        InputException.require(prototypes > 1 && hidden > 0 && bottleneck > 0, "head: prototypes " + prototypes
                + " must be at least 2, hidden " + hidden + " and bottleneck " + bottleneck + " positive");
    }

    /** Adds the names, under {@code prefix}, and shapes of a head's tensors. */
    public void shapes(Map<String, Shape> shapes, String prefix, int in) {
        Linear.shapes(shapes, prefix + "mlp.0", in, hidden, true);
        Linear.shapes(shapes, prefix + "mlp.2", hidden, hidden, true);
        Linear.shapes(shapes, prefix + "mlp.4", hidden, bottleneck, true);
        shapes.put(prefix + PrototypeHead.DIRECTIONS, new Shape(prototypes, bottleneck));
    }
}
