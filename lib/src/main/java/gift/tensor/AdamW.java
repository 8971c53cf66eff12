package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Equation 8. Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch computes it.
 *
 * <pre>
 * theta  &lt;-  theta (1 - rate decay)
 * m  &lt;-  beta1 m + (1 - beta1) g
 * v  &lt;-  beta2 v + (1 - beta2) g^2
 * theta  &lt;-  theta - rate / (1 - beta1^t)  m / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * Weight decay reaches every trained tensor, biases included, unless a {@link ParameterGroup} says otherwise. The fused
 * form updates all tensors of a group in one call; the plain form spells the equations out tensor by tensor, as PyTorch does
 * by default on a CPU, and serves as its reference.
 */
public final class AdamW implements Optimizer {
    /** Settings with PyTorch's defaults, except for the decay, which is 0 here. */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay, boolean fused) {
        public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0, true);
    }

    private final Settings settings;
    private final List<String> names = new ArrayList<>();
    private final List<NDArray> parameters = new ArrayList<>();
    private final List<NDArray> m = new ArrayList<>();
    private final List<NDArray> v = new ArrayList<>();
    private final List<NDArray> steps = new ArrayList<>();
    private final Map<ParameterGroup, List<Integer>> groups = new LinkedHashMap<>(); // numbers of their tensors
    private NDArray skip; // null, or 1 where an update is to change nothing
    private long count;

    /** An optimizer of the trained tensors of {@code parameters}, with zero moments. */
    public AdamW(Parameters parameters, Settings settings) {
        this(parameters, settings, List.of());
    }

    /**
     * The same with groups of tensors that are trained in their own way. Tensors of a frozen group record no gradients
     * any more, so that they are not among {@link Parameters#trained()}.
     *
     * @throws IllegalArgumentException if a group takes no tensor that is trained
     */
    public AdamW(Parameters parameters, Settings settings, List<ParameterGroup> groups) {
        this.settings = settings;
        Map<String, ParameterGroup> groupOf = new LinkedHashMap<>();
        parameters.trained().keySet().forEach(name -> groupOf.put(name, ParameterGroup.find(groups, name)));
        groups.stream().filter(group -> !groupOf.containsValue(group)).findFirst().ifPresent(group -> {
            throw new IllegalArgumentException("the parameter group '" + group.name() + "' takes no trained tensor");
        });
        if (groups.stream().anyMatch(ParameterGroup::frozen)) {
            groupOf.values().removeIf(ParameterGroup::frozen);
            parameters.train(groupOf::containsKey);
        }
        parameters.trained().forEach((name, array) -> {
            this.groups.computeIfAbsent(groupOf.get(name), group -> new ArrayList<>()).add(names.size());
            names.add(name);
            this.parameters.add(array);
            m.add(zeros(array, array.getShape()));
            v.add(zeros(array, array.getShape()));
            steps.add(zeros(array, new Shape()));
        });
    }

    private static NDArray zeros(NDArray like, Shape shape) {
        return Scopes.outside(() -> like.getManager().zeros(shape, DataType.FLOAT32));
    }

    /**
     * From now on an update changes nothing where {@code found} is 1 ({@link MixedPrecision#found}): neither weights nor
     * moments nor the number of updates that the corrections of the moments depend on.
     *
     * @param found 0-dim, on the device of the parameters, which stays the caller's; null for every update as it is
     */
    @Override
    public AdamW skippingWhere(NDArray found) {
        skip = found;
        return this;
    }

    /** The fused form alone: the plain one reads the number. */
    @Override
    public boolean canSkip() {
        return settings.fused;
    }

    /** One update with the given gradients, in the order of {@link Parameters#trained()}. */
    @Override
    public void step(List<NDArray> gradients, double rate) {
        step(gradients, rate, settings.weightDecay);
    }

    /** The same with a weight decay of this update's own, for one that follows a {@link Curve}. */
    public void step(List<NDArray> gradients, double rate, double weightDecay) {
        countUpdate();
        Scopes.withoutGradients(() -> groups.forEach((group, which) ->
                step(which, gradients, rate * group.rate(), weightDecay * group.decay())));
    }

    /**
     * The same with a learning rate for each group, where groups follow curves of their own.
     *
     * @param rates by the name of the group, times {@link ParameterGroup#rate}; {@link ParameterGroup#REST} has a name too
     * @throws IllegalArgumentException if the rate of a group is missing
     */
    public void step(List<NDArray> gradients, Map<String, Double> rates, double weightDecay) {
        groups.keySet().stream().filter(group -> !rates.containsKey(group.name())).findFirst().ifPresent(group -> {
            throw new IllegalArgumentException("no learning rate for the parameter group '" + group.name() + "'");
        });
        countUpdate();
        Scopes.withoutGradients(() -> groups.forEach((group, which) -> step(
                which, gradients, rates.get(group.name()) * group.rate(), weightDecay * group.decay())));
    }

    private void step(List<Integer> which, List<NDArray> gradients, double rate, double decay) {
        if (settings.fused && skip != null) {
            OptimizerOps.fusedAdamW(pick(parameters, which), pick(gradients, which), pick(m, which), pick(v, which),
                    pick(steps, which), rate, settings.beta1, settings.beta2, decay, settings.epsilon, skip);
        } else if (settings.fused) {
            OptimizerOps.fusedAdamW(pick(parameters, which), pick(gradients, which), pick(m, which), pick(v, which),
                    pick(steps, which), rate, settings.beta1, settings.beta2, decay, settings.epsilon);
        } else if (skip == null || Transfers.read(skip)[0] == 0) {
            OptimizerOps.plainAdamW(pick(parameters, which), pick(gradients, which), pick(m, which), pick(v, which),
                    rate, settings.beta1, settings.beta2, decay, settings.epsilon, count);
        }
    }

    /** Counts an update; of the plain form only one that is made, since its corrections are computed of the count. */
    private void countUpdate() {
        if (settings.fused || skip == null || Transfers.read(skip)[0] == 0) {
            count++;
        }
    }

    private static List<NDArray> pick(List<NDArray> all, List<Integer> which) {
        return which.stream().map(all::get).toList();
    }

    /** How many updates were made; of the fused form those that were left out are counted, too. */
    public long count() {
        return count;
    }

    /** The state for a checkpoint: first and second moments under "m." and "v." and the parameter's name. */
    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            state.put("m." + names.get(i), m.get(i));
            state.put("v." + names.get(i), v.get(i));
        }
        return state;
    }

    /**
     * Goes on from a state: the arrays are copied.
     *
     * @throws InputException if it lacks a moment, as the state of an optimizer of other tensors does
     */
    @Override
    public void restore(Map<String, NDArray> state, long count) {
        state().keySet().stream().filter(name -> !state.containsKey(name)).findFirst().ifPresent(name -> {
            throw new InputException("the state of the optimizer has no '" + name + "': it is of other trained tensors");
        });
        this.count = count;
        Scopes.withoutGradients(() -> {
            for (int i = 0; i < names.size(); i++) {
                NativeOps.copy(m.get(i), state.get("m." + names.get(i)));
                NativeOps.copy(v.get(i), state.get("v." + names.get(i)));
                steps.get(i).muli(0).addi(count);
            }
        });
    }

    @Override
    public void close() {
        m.forEach(NDArray::close);
        v.forEach(NDArray::close);
        steps.forEach(NDArray::close);
    }
}
