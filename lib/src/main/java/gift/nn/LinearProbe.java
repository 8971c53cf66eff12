package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.SafeTensors;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A linear classifier of features: logits = x W^T + b. On the features of a frozen encoder it is what is called a linear
 * probe (Radford et al. 2021, section 3.2). Its tensors, "weight" (C, D) and "bias" (C), are trained from the start.
 */
public final class LinearProbe implements AutoCloseable {
    private final Parameters parameters;

    private LinearProbe(NDManager parent, Map<String, Shape> shapes, Parameters.Filler filler) {
        parameters = Parameters.create(parent, shapes, filler);
        parameters.train(name -> true);
    }

    private static Map<String, Shape> shapes(int features, int classes) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("weight", new Shape(classes, features));
        shapes.put("bias", new Shape(classes));
        return shapes;
    }

    /**
     * A classifier whose weight and bias are zero, on the device of {@code parent}; the caller closes it.
     *
     * @param features D, width of the features
     * @param classes C
     */
    public static LinearProbe zeros(NDManager parent, int features, int classes) {
        return new LinearProbe(parent, shapes(features, classes), (name, shape) -> new float[Math.toIntExact(shape.size())]);
    }

    /** A classifier that starts with a copy of a weight (C, D), such as features of texts, and a bias of zero. */
    public static LinearProbe of(NDManager parent, NDArray weight) {
        Shape shape = weight.getShape();
        LinearProbe probe = zeros(parent, Math.toIntExact(shape.get(1)), Math.toIntExact(shape.get(0)));
        Scopes.withoutGradients(() -> NativeOps.copy(probe.weight(), weight));
        return probe;
    }

    /** The classifier in a file that {@link #write} has written; the caller closes it. */
    public static LinearProbe read(Path file, NDManager parent) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            Map<String, Shape> found = TensorFiles.shapes(tensors);
            Shape weight = found.getOrDefault("weight", new Shape());
            InputException.require(weight.dimension() == 2, file + " is no linear classifier: it has no weight (C, D)");
            Map<String, Shape> expected = shapes((int) weight.get(1), (int) weight.get(0));
            Parameters.requireShapes(file.toString(), expected, found);
            return new LinearProbe(parent, expected, (name, shape) -> tensors.floats(name));
        }
    }

    /** Writes weight and bias, whole or not at all. */
    public void write(Path file) {
        TensorFiles.write(file, parameters.all(), Map.of());
    }

    /** Features (B, D) to logits (B, C). */
    public NDArray logits(NDArray features) {
        return Functions.linear(features, weight(), bias());
    }

    public Parameters parameters() {
        return parameters;
    }

    /** (C, D). */
    public NDArray weight() {
        return parameters.get("weight");
    }

    /** (C). */
    public NDArray bias() {
        return parameters.get("bias");
    }

    @Override
    public void close() {
        parameters.close();
    }
}
