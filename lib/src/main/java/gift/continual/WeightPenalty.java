package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.continual.Method.Penalty;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What holds the weights near those of the task's start: lambda sum F (theta - theta')^2 (equation 6).
 *
 * <p>F is 1 (l2), or the Fisher information of the current step's distillation and alignment (adaptive, equation 5), or
 * its mean over the first updates (static): F_t = t / (t + 1) F_(t-1) + 1 / (t + 1) f_t.
 */
final class WeightPenalty implements AutoCloseable {
    private final Method method;
    private final boolean closedForm;
    private final List<String> names;
    private final List<NDArray> parameters;
    private final List<NDArray> anchor = new ArrayList<>();
    private final List<NDArray> fisher = new ArrayList<>(); // of the static kinds only

    /** @param anchor theta', which stays the caller's */
    WeightPenalty(Method method, Parameters parameters, Parameters anchor, boolean closedForm) {
        this.method = method;
        this.closedForm = closedForm;
        this.names = List.copyOf(parameters.trained().keySet());
        this.parameters = List.copyOf(parameters.trained().values());
        names.forEach(name -> this.anchor.add(anchor.get(name)));
        if (isStatic()) {
            this.parameters.forEach(p -> fisher.add(Scopes.outside(() -> p.getManager().zeros(p.getShape()))));
        }
    }

    private boolean isStatic() {
        return method.penalty() == Penalty.STATIC_FISHER || method.penalty() == Penalty.STATIC_FISHER_AS_PUBLISHED;
    }

    boolean active() {
        return method.penalty() != Penalty.NONE && method.penaltyWeight() > 0;
    }

    /**
     * Whether the update still takes the Fisher. After that, the published static form zeroes the gradients no more.
     */
    boolean pilesUp(int update) {
        return method.penalty() == Penalty.STATIC_FISHER_AS_PUBLISHED && update >= method.fisherUpdates();
    }

    /**
     * The penalty at the current weights, given the gradients of distillation and alignment.
     *
     * <p>In closed form its gradient is added to {@code gradients} in place and the value returned has no graph.
     * Otherwise the value carries the graph, and the caller adds it to a loss.
     */
    NDArray apply(List<NDArray> gradients, int update) {
        List<NDArray> current = Scopes.notRecording(() -> fisher(gradients, update));
        if (closedForm) {
            return Scopes.notRecording(() -> addGradient(gradients));
        }
        NDArray total = null;
        for (int i = 0; i < parameters.size(); i++) {
            NDArray f = method.penalty() == Penalty.L2 ? null : current.get(i);
            NDArray one = Losses.penalty(parameters.get(i), anchor.get(i), f);
            total = total == null ? one : total.add(one);
        }
        return NativeOps.scale(total, method.penaltyWeight());
    }

    private NDArray addGradient(List<NDArray> gradients) {
        double lambda = method.penaltyWeight();
        return switch (method.penalty()) {
            case L2 -> NativeOps.plainPenalty(gradients, parameters, anchor, lambda);
            case FISHER -> NativeOps.fisherPenalty(gradients, parameters, anchor, lambda);
            default -> NativeOps.fisherPenalty(gradients, parameters, anchor, fisher, lambda);
        };
    }

    private void takeIn(List<NDArray> gradients, int t) {
        List<NDArray> now = gradients.stream().map(Losses::fisher).toList();
        NativeOps.lerp(fisher, now, 1.0 / (t + 1));
    }

    /** F at this update; empty where the penalty has none, or where the closed form takes it from the gradients itself. */
    private List<NDArray> fisher(List<NDArray> gradients, int update) {
        if (isStatic()) {
            if (update < method.fisherUpdates()) {
                takeIn(gradients, update);
            }
            return fisher;
        }
        boolean given = method.penalty() == Penalty.FISHER && !closedForm;
        return given ? gradients.stream().map(Losses::fisher).toList() : List.of();
    }

    /** The state for a checkpoint: a static Fisher. */
    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; i < fisher.size(); i++) {
            state.put(names.get(i), fisher.get(i));
        }
        return state;
    }

    /** Goes on from a state: the arrays are copied. */
    void restore(Map<String, NDArray> state) {
        for (int i = 0; i < fisher.size(); i++) {
            NativeOps.copy(fisher.get(i), state.get(names.get(i)));
        }
    }

    @Override
    public void close() {
        fisher.forEach(NDArray::close);
    }
}
