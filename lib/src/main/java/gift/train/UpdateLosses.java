package gift.train;

import java.util.Map;

/** The losses of an update that is made, or that a GPU is still making. */
public interface UpdateLosses {
    /**
     * The losses as {@link Trainer#update} returns them. Waits for the device unless they are {@link #known}.
     *
     * @throws ArithmeticException naming loss and update, if one is not finite; the weights are then those before that update
     */
    Map<String, Double> read();

    /** Whether they are in the host's memory already. */
    boolean known();

    /** Losses that are known. */
    static UpdateLosses of(Map<String, Double> losses) {
        return new UpdateLosses() {
            @Override
            public Map<String, Double> read() {
                return losses;
            }

            @Override
            public boolean known() {
                return true;
            }
        };
    }
}
