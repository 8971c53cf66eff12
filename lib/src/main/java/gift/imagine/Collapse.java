package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.NativeOps;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import gift.tensor.Transfers;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Watches whether the teacher still tells images apart. Its mean output is a running mean, over some twenty updates, of the
 * probabilities that it gives the K prototypes; the entropy of that says how many prototypes are in use, exp(entropy) of
 * them. A teacher that gives every image to one prototype, or all prototypes to every image alike, teaches nothing: the
 * losses then look well.
 */
public final class Collapse {
    /** The two ways. */
    enum State {
        /** Several prototypes are in use, and single images have their own. */
        NONE,
        /** Nearly all images go to one prototype: the entropy of the mean output is below 0.1. */
        ONE_PROTOTYPE,
        /** All images get all prototypes alike: the mean entropy of single outputs is above 0.999 ln K. */
        UNIFORM
    }

    private static final double MOMENTUM = 0.95;
    private static final int SETTLED = 20;      // updates before anything is said
    private static final double ONE = 0.1;
    private static final double ALIKE = 0.999;
    private static final double TINY = 1e-12;   // below which a probability counts as that

    private final NDArray mean; // (1, K + 2): the running mean output, that of the entropy of rows, the state noted last
    private final int prototypes;
    private final Consumer<String> notes;
    private State noted; // the state noted last, or null where it is to be read from what is remembered

    /** @param notes is given a line when the teacher has collapsed, once */
    public Collapse(NDManager manager, int prototypes, Consumer<String> notes) {
        this.prototypes = prototypes;
        this.notes = notes;
        mean = Scopes.outside(() -> manager.zeros(new Shape(1, prototypes + 2)));
        noted = State.NONE;
    }

    /** What it remembers, the live array. */
    public NDArray values() {
        return mean;
    }

    /** To be called when other values were copied into {@link #values}. */
    void restored() {
        noted = null;
    }

    /** The entropy, in nats, of probabilities p (N, K), row by row: (N). */
    static NDArray entropy(NDArray p) {
        return p.mul(Scalars.clamp(p, TINY, Double.POSITIVE_INFINITY).log()).sum(new int[] {1}).neg();
    }

    /**
     * What an update has seen, on the device; both belong to the scope around {@link #see}.
     *
     * @param ofMean entropy of the mean output, 0-dim
     * @param ofSingle running mean of the entropy of single outputs, 0-dim
     */
    record Seen(NDArray ofMean, NDArray ofSingle) {}

    /** Takes in the probabilities of an update, (N, K), without graph. */
    Seen see(NDArray probabilities, int update) {
        double share = update == 0 ? 1 : 1 - MOMENTUM;
        NDArray rows = mean.get(":, :" + prototypes);
        Scalars.scaleInPlace(rows, 1 - share);
        rows.addi(NativeOps.scale(probabilities.mean(new int[] {0}, true), share));
        NDArray single = mean.get(":, " + prototypes);
        Scalars.scaleInPlace(single, 1 - share);
        single.addi(NativeOps.scale(entropy(probabilities).mean(), share));
        return new Seen(entropy(rows).reshape(new Shape()), single.reshape(new Shape()));
    }

    /**
     * Notes a collapse, or that it is over, by what {@link #see} gave; to be called for one update after the other.
     *
     * @param ofMean entropy of the mean output
     * @param ofSingle running mean of the entropy of single outputs
     */
    void judge(int update, double ofMean, double ofSingle) {
        State state = update < SETTLED ? State.NONE : state(ofMean, ofSingle, prototypes);
        if (state != noted()) {
            noted = state;
            Scopes.withoutGradients(() -> {
                NDArray last = mean.get(":, " + (prototypes + 1));
                last.muli(0).addi(state.ordinal());
            });
            note(state, ofMean, update);
        }
    }

    private State noted() {
        if (noted == null) {
            try (NDArray last = Scopes.keep(Scopes.withoutGradients(() -> mean.get(":, " + (prototypes + 1)).duplicate()))) {
                noted = State.values()[(int) Transfers.read(last)[0]];
            }
        }
        return noted;
    }

    /**
     * @param ofMean entropy of the mean output
     * @param ofSingle mean entropy of single outputs
     */
    static State state(double ofMean, double ofSingle, int prototypes) {
        return ofMean < ONE ? State.ONE_PROTOTYPE
                : ofSingle > ALIKE * Math.log(prototypes) ? State.UNIFORM : State.NONE;
    }

    private void note(State state, double entropy, int update) {
        String measured = String.format(Locale.ROOT, "the teacher's mean output has an entropy of %.3f of at most %.3f nats",
                entropy, Math.log(prototypes));
        switch (state) {
            case NONE -> notes.accept("update " + update + ": the teacher tells images apart again: " + measured);
            case ONE_PROTOTYPE -> notes.accept("update " + update + ": the teacher has collapsed, nearly all images go to one"
                    + " prototype: " + measured + "; a higher teacher temperature or sinkhorn in place of the centre may help");
            case UNIFORM -> notes.accept("update " + update + ": the teacher has collapsed, every image gets all prototypes"
                    + " alike: " + measured + "; a lower teacher temperature may help");
        }
    }
}
