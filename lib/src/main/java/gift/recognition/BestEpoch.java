package gift.recognition;

import ai.djl.ndarray.NDArray;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * The weights of the epoch with the highest accuracy, the first of equals; which images decide is the caller's choice
 * ({@link EpochChoice}).
 */
final class BestEpoch implements AutoCloseable {
    private final int updatesPerEpoch;
    private final DoubleSupplier accuracy;
    private final List<Parameters> watched;
    private final List<Parameters> best;
    private final NDArray score; // accuracy and epoch, from 1; (2)

    /** @param accuracy of the watched models as they are, in percent; null where the last epoch counts */
    BestEpoch(int updatesPerEpoch, DoubleSupplier accuracy, List<Parameters> watched) {
        this.updatesPerEpoch = updatesPerEpoch;
        this.accuracy = accuracy;
        this.watched = watched;
        this.best = accuracy == null ? List.of() : watched.stream().map(Parameters::copy).toList();
        this.score = Scopes.outside(() -> watched.get(0).manager().create(new float[] {-1, 0}));
    }

    /** The last epoch counts. */
    static BestEpoch last(List<Parameters> watched) {
        return new BestEpoch(1, null, watched);
    }

    /** Whether the accuracy is looked at after an update. */
    boolean looksAfter(int update) {
        return accuracy != null && (update + 1) % updatesPerEpoch == 0;
    }

    /** To be called after every update. */
    void after(int update) {
        if (!looksAfter(update)) {
            return;
        }
        double now = accuracy.getAsDouble();
        if (now > accuracy()) {
            for (int i = 0; i < best.size(); i++) {
                best.get(i).set(watched.get(i));
            }
            set(now, (update + 1) / updatesPerEpoch);
        }
    }

    private void set(double value, int epoch) {
        Scopes.withoutGradients(() -> NativeOps.copy(score,
                score.getManager().create(new float[] {(float) value, epoch})));
    }

    /** Of the best epoch, percent; -1 before the first, or where the last one counts. */
    double accuracy() {
        return score.toFloatArray()[0];
    }

    /** The best epoch, from 1; 0 before the first, or where the last one counts. */
    int epoch() {
        return (int) score.toFloatArray()[1];
    }

    /** Gives the watched models the weights of the best epoch. */
    void take() {
        for (int i = 0; i < best.size() && epoch() > 0; i++) {
            watched.get(i).set(best.get(i));
        }
    }

    Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        state.put("score", score);
        for (int i = 0; i < best.size(); i++) {
            String part = i + ".";
            best.get(i).all().forEach((name, array) -> state.put(part + name, array));
        }
        return state;
    }

    @Override
    public void close() {
        best.forEach(Parameters::close);
        score.close();
    }
}
