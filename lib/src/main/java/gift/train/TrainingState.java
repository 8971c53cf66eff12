package gift.train;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The state of a training as one map of tensors, made of parts: the tensor "visual.proj" of the part "parameters" is
 * "parameters.visual.proj".
 *
 * <pre>{@code
 * Map<String, NDArray> state() {
 *     return new TrainingState().put(PARAMETERS, model.parameters().all()).put(ADAMW, optimizer.state()).all();
 * }
 *
 * void restore(Map<String, NDArray> state, int next) {
 *     TrainingState parts = new TrainingState(state);
 *     parts.copy(PARAMETERS, model.parameters().all());
 *     optimizer.restore(parts.part(ADAMW), next);
 * }
 * }</pre>
 */
public final class TrainingState {
    /** The usual name of the part that holds the weights. */
    public static final String PARAMETERS = "parameters";
    /** The usual name of the optimizer's moments. */
    public static final String ADAMW = "adamw";
    /** The usual name of an EMA of the weights. */
    public static final String MEAN = "mean";

    /** The usual name of the state of {@link gift.tensor.MixedPrecision}; there is none but in fp16. */
    public static final String LOSS_SCALE = "loss_scale";

    private final Map<String, NDArray> all;

    /** A state without parts. */
    public TrainingState() {
        this(Map.of());
    }

    /** @param all tensors by name, as {@link #all} gives them */
    public TrainingState(Map<String, NDArray> all) {
        this.all = new LinkedHashMap<>(all);
    }

    /** Adds the tensors of a part: the arrays themselves, not copies. */
    public TrainingState put(String part, Map<String, NDArray> tensors) {
        tensors.forEach((name, array) -> all.put(part + "." + name, array));
        return this;
    }

    /** The tensors of a part by their own names, empty if there is no such part. */
    public Map<String, NDArray> part(String part) {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        all.forEach((name, array) -> {
            if (name.startsWith(part + ".")) {
                tensors.put(name.substring(part.length() + 1), array);
            }
        });
        return tensors;
    }

    /**
     * Copies the values of a part into tensors of the same names and shapes.
     *
     * @throws InputException if the part lacks one of them
     */
    public void copy(String part, Map<String, NDArray> into) {
        Map<String, NDArray> tensors = part(part);
        Scopes.withoutGradients(() -> into.forEach((name, array) -> {
            if (!tensors.containsKey(name)) {
                throw new InputException("the state of the training has no '" + part + "." + name
                        + "': it is of another model");
            }
            NativeOps.copy(array, tensors.get(name));
        }));
    }

    /** All tensors by the names of part and tensor. */
    public Map<String, NDArray> all() {
        return all;
    }
}
