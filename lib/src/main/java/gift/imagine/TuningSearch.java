package gift.imagine;

import gift.imagine.TuningSettings.LowRankWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The published search for settings, on validation images. Which accuracy is compared is the caller's: here that of the fused
 * logits, whose weight the same images choose; the published drivers take the largest of fused, visual and text.
 *
 * @param best the settings that validation chose, with which a model is tuned anew for the test
 * @param accuracy theirs
 * @param trials all that were tried, in order
 */
public record TuningSearch(TuningSettings best, double accuracy, List<Trial> trials) {
    /** Learning rates of the adapter, of the low-rank weights. */
    public static final List<Double> RATES = List.of(1e-6, 1e-5, 1e-4, 1e-3);
    /** Epochs without low-rank weights. */
    public static final List<Integer> EPOCHS = List.of(10, 20, 30, 40, 50, 60, 70, 80);
    public static final List<Integer> RANKS = List.of(64, 32, 16);
    public static final List<Double> ALPHAS = List.of(64.0, 32.0);

    private static final int PATIENCE = 2;

    /** Settings that were tried, and what validation said. */
    public record Trial(TuningSettings settings, double accuracy) {}

    /**
     * For every rate, epochs from few to many until two in a row bring no higher accuracy. Of rates with the same accuracy the
     * last is taken, of epochs the fewest.
     *
     * @param validation tunes with settings and gives the accuracy
     */
    public static TuningSearch frozen(TuningSettings base, List<Double> rates, List<Integer> epochs,
            ToDoubleFunction<TuningSettings> validation) {
        List<Trial> trials = new ArrayList<>();
        Trial best = null;
        for (double rate : rates) {
            Trial ofRate = null;
            int without = 0;
            for (int count : epochs) {
                Trial trial = trial(base.withRate(rate).withEpochs(count), validation, trials);
                if (ofRate == null || trial.accuracy > ofRate.accuracy) {
                    ofRate = trial;
                    without = 0;
                } else if (++without == PATIENCE) {
                    break;
                }
            }
            best = best == null || ofRate.accuracy >= best.accuracy ? ofRate : best;
        }
        return new TuningSearch(best.settings, best.accuracy, trials);
    }

    /** All combinations of low-rank rate, adapter rate, rank and alpha; the first of the highest accuracy is taken. */
    public static TuningSearch lowRank(TuningSettings base, List<Double> lowRankRates, List<Double> rates, List<Integer> ranks,
            List<Double> alphas, ToDoubleFunction<TuningSettings> validation) {
        List<Trial> trials = new ArrayList<>();
        Trial best = null;
        for (double lowRankRate : lowRankRates) {
            for (double rate : rates) {
                for (int rank : ranks) {
                    for (double alpha : alphas) {
                        Trial trial = trial(base.withRate(rate).withLowRank(
                                new LowRankWeights(lowRankRate, rank, alpha, base.lowRank().dropout())), validation, trials);
                        best = best == null || trial.accuracy > best.accuracy ? trial : best;
                    }
                }
            }
        }
        return new TuningSearch(best.settings, best.accuracy, trials);
    }

    private static Trial trial(TuningSettings settings, ToDoubleFunction<TuningSettings> validation, List<Trial> trials) {
        Trial trial = new Trial(settings, validation.applyAsDouble(settings));
        trials.add(trial);
        return trial;
    }
}
