package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The named tensors of a model: an ordered map from the published name to the array, all on one device.
 *
 * <p>Layers hold the arrays themselves; every change here is made in place, so layers see it. A tensor is either
 * trained (it records gradients) or not (statistics, frozen weights). Names never reach the engine: DJL gives dots in
 * an array's name a meaning of its own.
 */
public final class Parameters implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays;
    private final Precision precision;
    private Precision compute;
    private boolean forInference;
    private final Map<String, NDArray> trained = new LinkedHashMap<>();
    private final GradientHandles gradients = new GradientHandles();
    private final Map<String, SidePath> sidePaths = new LinkedHashMap<>();

    private Parameters(NDManager manager, Map<String, NDArray> arrays, Precision precision) {
        this.manager = manager;
        this.precision = precision;
        this.compute = precision;
        this.arrays = Collections.unmodifiableMap(arrays);
    }

    /** What fills one tensor: its values in row-major order, given name and shape. */
    @FunctionalInterface
    public interface Filler {
        float[] values(String name, Shape shape);
    }

    /**
     * New fp32 tensors of the given names and shapes on the device of {@code parent}. The caller closes them.
     *
     * <p>The values pass through one buffer into memory of the engine's own. An array that DJL makes of Java's values
     * would keep a direct buffer for life instead, of which there may be no more than the Java heap's limit.
     */
    public static Parameters create(NDManager parent, Map<String, Shape> shapes, Filler filler) {
        return create(parent, shapes, filler, Precision.FP32);
    }

    /** {@link #create(NDManager, Map, Filler)} of a frozen model, whose matrices are rounded one after the other. */
    public static Parameters create(NDManager parent, Map<String, Shape> shapes, Filler filler, Precision precision) {
        NDManager manager = parent.newSubManager();
        boolean pure = precision != Precision.FP32 && Kernel.PURE_HALF.on(manager.getDevice().isGpu());
        long largest = shapes.values().stream().mapToLong(Shape::size).max().orElse(0);
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(Float.BYTES * largest));
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        try {
            shapes.forEach((name, shape) -> {
                float[] values = filler.values(name, shape);
                ByteBuffer bytes = buffer.slice(0, Float.BYTES * values.length).order(ByteOrder.nativeOrder());
                bytes.asFloatBuffer().put(values);
                try (NDArray view = manager.create(bytes, shape, DataType.FLOAT32)) {
                    NDArray array = Scopes.keep(precision.stores(name, shape) || pure
                            ? Scopes.withoutGradients(() -> precision.round(view)) : view.duplicate());
                    array.attach(manager);
                    arrays.put(name, array);
                }
            });
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
        return new Parameters(manager, arrays, precision);
    }

    /** In which the matrices are stored; below fp32 the model is frozen. */
    public Precision precision() {
        return precision;
    }

    /** In which layers compute: as stored, or lower while gradients are recorded with {@link MixedPrecision}. */
    public Precision compute() {
        return compute;
    }

    /** Layers compute in {@code wanted} from now on. */
    void compute(Precision wanted) {
        if (precision != Precision.FP32) {
            throw new IllegalStateException("a model of " + precision + " computes in it");
        }
        compute = wanted;
    }

    /**
     * From now on the model only infers, without gradients: a layer may replace a weight by one that the engine takes faster
     * ({@link OneDnn}), after which the tensor of that name is closed. Such a model is neither trained nor copied nor saved.
     */
    public void forInference() {
        forInference = true;
    }

    boolean isForInference() {
        return forInference;
    }

    /** The manager on whose device the tensors live. */
    public NDManager manager() {
        return manager;
    }

    /** The tensor of a name. */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("the model has no tensor '" + name + "'");
        }
        return array;
    }

    public boolean has(String name) {
        return arrays.containsKey(name);
    }

    public Set<String> names() {
        return arrays.keySet();
    }

    /** All tensors by name, in order. */
    public Map<String, NDArray> all() {
        return arrays;
    }

    /**
     * The place beside a linear layer, for the layer itself: its matrix is the rows {@code from} to {@code to} (exclusive)
     * of a tensor. The same for every layer of one name.
     */
    public SidePath sidePath(String layer, String tensor, long from, long to) {
        return sidePaths.computeIfAbsent(layer, name -> new SidePath(tensor, get(tensor), from, to));
    }

    /** The places beside the linear layers built from these tensors, by the layer's name, in order. */
    public Map<String, SidePath> sidePaths() {
        return Collections.unmodifiableMap(sidePaths);
    }

    /** The number of values in all tensors. */
    public long size() {
        return arrays.values().stream().mapToLong(NDArray::size).sum();
    }

    /** Lets the tensors whose name passes record gradients, and no others. */
    public Parameters train(Predicate<String> which) {
        if (precision != Precision.FP32 || forInference) {
            throw new IllegalStateException("a model " + (forInference ? "for inference" : "of " + precision) + " is frozen");
        }
        trained.clear();
        gradients.clear();
        arrays.forEach((name, array) -> {
            boolean yes = which.test(name);
            array.setRequiresGradient(yes);
            if (yes) {
                trained.put(name, array);
            }
        });
        return this;
    }

    /** The trained tensors by name, in order. */
    public Map<String, NDArray> trained() {
        return Collections.unmodifiableMap(trained);
    }

    /**
     * The gradients of the trained tensors, in order: live arrays, the same at every call, which are not to be closed. Where no
     * backward has reached a tensor yet, zeros that belong to the scope around the call.
     */
    public List<NDArray> gradients() {
        List<NDArray> all = new ArrayList<>(trained.size());
        trained.forEach((name, array) -> all.add(gradients.of(name, array)));
        return all;
    }

    /** {@link #gradients} of one trained tensor. */
    public NDArray gradient(String name) {
        return gradients.of(name, trained.get(name));
    }

    /** Sets all gradients to zero. */
    public void zeroGradients() {
        gradients.zero(trained);
    }

    /**
     * A copy with own arrays on the same device, not trained. The caller closes it.
     *
     * @throws IllegalStateException if low-rank weights, which are no tensors of the model, lie beside a layer
     */
    public Parameters copy() {
        return copy(precision);
    }

    /** A copy of fp32 tensors whose matrices are rounded; it cannot be trained. */
    public Parameters copy(Precision rounded) {
        if (precision != Precision.FP32) {
            throw new IllegalStateException("a model of " + precision + " is rounded already");
        }
        sidePaths.forEach((layer, path) -> {
            if (!path.isEmpty()) {
                throw new IllegalStateException(
                        "a copy would lack the low-rank weights beside " + layer + ": merge them first");
            }
        });
        NDManager own = manager.getParentManager().newSubManager();
        Map<String, NDArray> copies = new LinkedHashMap<>();
        Scopes.withoutGradients(() -> arrays.forEach((name, array) -> {
            boolean matrix = rounded.stores(name, array.getShape());
            NDArray copy = Scopes.keep(matrix ? rounded.round(array) : array.duplicate());
            copy.attach(own);
            copies.put(name, copy);
        }));
        return new Parameters(own, copies, rounded);
    }

    /** Takes over the values of {@code other}, in place. */
    public void set(Parameters other) {
        if (other != this) {
            Scopes.withoutGradients(() -> NativeOps.copy(list(), other.matching(this)));
        }
    }

    /** theta &lt;- (1 - weight) theta + weight other, in place. */
    public void lerp(Parameters other, double weight) {
        if (other != this) {
            Scopes.withoutGradients(() -> NativeOps.lerp(list(), other.matching(this), weight));
        }
    }

    /** The Euclidean distance between the trained tensors and those of {@code other}. */
    public double distance(Parameters other) {
        if (other == this) {
            return 0; // one call of the engine takes no array twice
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<NDArray> theirs = new ArrayList<>();
            trained.keySet().forEach(name -> theirs.add(other.get(name)));
            return Math.sqrt(Scopes.notRecording(
                    () -> NativeOps.squaredDistance(List.copyOf(trained.values()), theirs).getFloat()));
        }
    }

    private List<NDArray> list() {
        return List.copyOf(arrays.values());
    }

    private List<NDArray> matching(Parameters like) {
        List<NDArray> list = new ArrayList<>();
        like.names().forEach(name -> list.add(get(name)));
        return list;
    }

    /**
     * Compares names and shapes with what a model expects.
     *
     * @throws InputException listing missing, unexpected and misshapen tensors (at most five of each by name)
     */
    public static void requireShapes(String source, Map<String, Shape> expected, Map<String, Shape> found) {
        requireShapes(source, expected, found, name -> false);
    }

    /**
     * {@link #requireShapes(String, Map, Map)} of a file that may hold more.
     *
     * @param welcome names of tensors that need not be expected; they are not read
     */
    public static void requireShapes(
            String source, Map<String, Shape> expected, Map<String, Shape> found, Predicate<String> welcome) {
        Set<String> missing = new LinkedHashSet<>(expected.keySet());
        missing.removeAll(found.keySet());
        Set<String> unexpected = new LinkedHashSet<>(found.keySet());
        unexpected.removeAll(expected.keySet());
        unexpected.removeIf(welcome);
        Set<String> misshapen = new LinkedHashSet<>();
        expected.forEach((name, shape) -> {
            Shape other = found.get(name);
            if (other != null && !other.equals(shape)) {
                misshapen.add(name + " " + other + " instead of " + shape);
            }
        });
        List<String> faults = new ArrayList<>();
        describe(faults, "missing", missing);
        describe(faults, "unexpected", unexpected);
        describe(faults, "misshapen", misshapen);
        if (!faults.isEmpty()) {
            throw new InputException("the tensors of " + source + " do not fit the model: " + String.join("; ", faults));
        }
    }

    private static void describe(List<String> faults, String what, Set<String> names) {
        if (!names.isEmpty()) {
            String some = String.join(", ", names.stream().limit(5).toList());
            faults.add(names.size() + " " + what + " (" + some + (names.size() > 5 ? ", ..." : "") + ")");
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
