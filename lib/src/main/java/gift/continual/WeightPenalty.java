package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.continual.Method.Penalty;
import gift.tensor.MixedPrecision;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps the weights near those of the task's start: lambda sum F (theta - theta')^2 (equation 6).
 *
 * <p>F is 1 (l2), or the Fisher information of the current step's distillation and alignment (adaptive, equation 5), or
 * its mean over the first updates (static): F_t = t / (t + 1) F_(t-1) + 1 / (t + 1) f_t. EWC's is that of the earlier
 * tasks' cross-entropy, and its factor is lambda / 2.
 */
final class WeightPenalty implements WeightPolicy {
    private static final String LEFT_OUT = "left out"; // in the state; no tensor has a name with a space

    private final Method method;
    private final boolean closedForm;
    private final double lambda;
    private final List<String> names;
    private final List<NDArray> parameters;
    private final List<NDArray> anchor = new ArrayList<>();
    private final List<NDArray> fisher = new ArrayList<>(); // of the static kinds and of EWC
    private final MixedPrecision mixed;
    private final NDArray leftOut; // updates, 0-dim, that a static Fisher is not made of; null but in fp16

    /**
     * @param anchor theta', which stays the caller's
     * @param earlier Fisher information of the earlier tasks, which stays the caller's; null for methods other than EWC
     *     and in the first task
     * @param mixed of the gradients; a static Fisher is not made of those that are not finite
     */
    WeightPenalty(Method method, Parameters parameters, Parameters anchor, TaskFisher earlier, boolean closedForm,
            MixedPrecision mixed) {
        this.method = method;
        this.mixed = mixed;
        this.closedForm = closedForm;
        boolean ewc = method.penalty() == Penalty.EWC;
        this.lambda = !ewc ? method.penaltyWeight() : earlier == null ? 0 : method.penaltyWeight() / 2;
        this.names = List.copyOf(parameters.trained().keySet());
        this.parameters = List.copyOf(parameters.trained().values());
        names.forEach(name -> this.anchor.add(anchor.get(name)));
        if (isStatic()) {
            this.parameters.forEach(p -> fisher.add(Scopes.outside(() -> p.getManager().zeros(p.getShape()))));
        } else if (ewc && earlier != null) {
            names.forEach(name -> fisher.add(earlier.of(name)));
        }
        this.leftOut = !isStatic() || mixed.found() == null ? null
                : Scopes.outside(() -> parameters.manager().zeros(new Shape()));
    }

    private boolean isStatic() {
        return method.penalty() == Penalty.STATIC_FISHER || method.penalty() == Penalty.STATIC_FISHER_AS_PUBLISHED;
    }

    /**
     * Whether update {@code update} adds to the gradients of the one before instead of zeroing them first. The published
     * static form does so in every update after those that take the Fisher, and takes no gradients of the losses on
     * reference pairs any more.
     */
    boolean keepsGradients(int update) {
        return method.penalty() == Penalty.STATIC_FISHER_AS_PUBLISHED && update >= method.fisherUpdates();
    }

    @Override
    public NDArray penalty(List<NDArray> gradients, int update) {
        if (method.penalty() == Penalty.NONE || lambda == 0) {
            return null;
        }
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
        return NativeOps.scale(total, lambda);
    }

    private NDArray addGradient(List<NDArray> gradients) {
        return switch (method.penalty()) {
            case L2 -> NativeOps.plainPenalty(gradients, parameters, anchor, lambda);
            case FISHER -> NativeOps.fisherPenalty(gradients, parameters, anchor, lambda);
            default -> NativeOps.fisherPenalty(gradients, parameters, anchor, fisher, lambda);
        };
    }

    /** F at this update; empty where the penalty has none, or where the closed form takes it from the gradients itself. */
    private List<NDArray> fisher(List<NDArray> gradients, int update) {
        if (isStatic() && update < method.fisherUpdates()) {
            if (mixed.overflows(gradients)) {
                leftOut.addi(1);
            } else {
                List<NDArray> now = gradients.stream().map(Losses::fisher).toList();
                int taken = leftOut == null ? update : update - Math.round(Transfers.read(leftOut)[0]);
                NativeOps.lerp(fisher, now, 1.0 / (taken + 1));
            }
        }
        boolean given = method.penalty() == Penalty.FISHER && !closedForm;
        return given ? gradients.stream().map(Losses::fisher).toList() : fisher;
    }

    @Override
    public boolean changesAfter(int update) {
        return false;
    }

    /** A static Fisher; that of EWC is an input of the task. */
    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (int i = 0; isStatic() && i < fisher.size(); i++) {
            state.put(names.get(i), fisher.get(i));
        }
        if (leftOut != null) {
            state.put(LEFT_OUT, leftOut);
        }
        return state;
    }

    @Override
    public void restore(Map<String, NDArray> state) {
        for (int i = 0; isStatic() && i < fisher.size(); i++) {
            NativeOps.copy(fisher.get(i), state.get(names.get(i)));
        }
        if (leftOut != null) {
            NativeOps.copy(leftOut, state.get(LEFT_OUT));
        }
    }

    @Override
    public void close() {
        if (isStatic()) {
            fisher.forEach(NDArray::close);
        }
        if (leftOut != null) {
            leftOut.close();
        }
    }
}
