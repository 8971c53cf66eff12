package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.Scopes;
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

    /** @param notes is given a line when the teacher has collapsed, once */
    public Collapse(NDManager manager, int prototypes, Consumer<String> notes) {
        this.prototypes = prototypes;
        this.notes = notes;
        mean = Scopes.outside(() -> manager.zeros(new Shape(1, prototypes + 2)));
    }

    /** What it remembers, the live array. */
    public NDArray values() {
        return mean;
    }

    /** The entropy, in nats, of probabilities p (N, K), row by row: (N). */
    static NDArray entropy(NDArray p) {
        return p.mul(p.maximum(TINY).log()).sum(new int[] {1}).neg();
    }

    /**
     * Takes in the probabilities of an update, (N, K), without graph.
     *
     * @return the entropy of the mean output
     */
    public double see(NDArray probabilities, int update) {
        double share = update == 0 ? 1 : 1 - MOMENTUM;
        NDArray rows = mean.get(":, :" + prototypes);
        rows.muli(1 - share).addi(probabilities.mean(new int[] {0}, true).mul(share));
        NDArray single = mean.get(":, " + prototypes);
        single.muli(1 - share).addi(entropy(probabilities).mean().mul(share));
        double ofMean = entropy(rows).getFloat(0);
        State state = update < SETTLED ? State.NONE : state(ofMean, single.getFloat(0), prototypes);
        NDArray last = mean.get(":, " + (prototypes + 1));
        if (state.ordinal() != (int) last.getFloat(0)) {
            last.muli(0).addi(state.ordinal());
            note(state, ofMean, update);
        }
        return ofMean;
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
