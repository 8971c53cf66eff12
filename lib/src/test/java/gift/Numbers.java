package gift;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.RandomStream;

/** Numbers for tests that compute with the engine. */
public final class Numbers {
    private Numbers() {}

    /** Standard normal numbers that depend on {@code name} alone. */
    public static NDArray normal(NDManager manager, String name, long... shape) {
        Shape s = new Shape(shape);
        return manager.create(RandomStream.of(1, name).normals((int) s.size(), 1), s);
    }

    /** The largest absolute difference, relative to the largest reference value; NaN if any number is. */
    public static double difference(float[] computed, float[] reference) {
        if (computed.length != reference.length) {
            throw new AssertionError(computed.length + " numbers instead of " + reference.length);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < reference.length; i++) {
            largest = Math.max(largest, Math.abs(reference[i]));
            difference = Math.max(difference, Math.abs((double) computed[i] - reference[i])); // keeps NaN
        }
        return largest == 0 ? difference : difference / largest;
    }

    /** How many arrays are open in the whole process, whichever manager they belong to. */
    public static int openArrays(NDManager any) {
        NDManager top = any;
        while (top.getParentManager() != null && top.getParentManager() != top) {
            top = top.getParentManager();
        }
        return top.getManagedArrays().size();
    }
}
