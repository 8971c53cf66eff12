package gift.imagine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import gift.io.InputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fusion of two heads, the published search, and the draw of shots. */
class FusionTest {
    /**
     * Two images of classes 0 and 1. Visual rows (3, 4) and (0, 2), text rows (1, 0) and (1, 0). Fused by the sum, image 0 goes
     * to class 1 from w > 1 on, so never; image 1 goes to class 1 from 2 w > 1 on.
     */
    private static final Fusion.Logits LOGITS =
            new Fusion.Logits(new float[] {3, 4, 0, 2}, new float[] {1, 0, 1, 0}, new int[] {0, 1});

    @Test
    void theSumTakesTheFirstBest() {
        Fusion.Choice choice = Fusion.SUM.choose(LOGITS);
        assertThat(choice.weight()).isCloseTo(0.51f, within(1e-6f));
        assertThat(choice.accuracy()).isEqualTo(1);
        assertThat(choice.tried()).isEqualTo(101);
        assertThat(Fusion.SUM.accuracy(LOGITS, 0)).isEqualTo(LOGITS.textAccuracy()).isEqualTo(0.5);
    }

    /** Of unit rows (.6, .8), (0, 1), (1, 0): image 1 is right from w = 1/2 on, image 0 wrong from .2 w > 1 - w, w > 5/6, on. */
    @Test
    void normalizedTiesMoveOnUntilTheFirstFall() {
        Fusion.Choice choice = Fusion.NORMALIZED.choose(LOGITS);
        assertThat(choice.weight()).isCloseTo(0.82f, within(1e-6f));
        assertThat(choice.accuracy()).isEqualTo(1);
        assertThat(choice.tried()).isEqualTo(43); // 0 to 0.84
        assertThat(Fusion.NORMALIZED.weights()).hasSize(50).endsWith((float) 0.98);
        assertThat(Fusion.NORMALIZED.bestOfThreeOnTest(LOGITS, 0.98f)).isEqualTo(0.5);
    }

    /**
     * Three images of class 0. Image 0 is right up to w = 1/2; images 1 and 2, whose visual rows have length 1.2806, from
     * w (1 - .8) / 1.2806 > 1 - w, w > .865, on: between these weights none is.
     */
    @Test
    void everyWeightIsTriedBeyondAFall() {
        float[] visual = {0, 1, 0, 1, 0, 0.8f, 1, 0, 0.8f};
        float[] text = {1, 0, 0, 0, 0, 1, 0, 0, 1};
        Fusion.Logits valley = new Fusion.Logits(visual, text, new int[] {0, 0, 0});
        Fusion.Choice published = Fusion.NORMALIZED.choose(valley);
        assertThat(published.weight()).isCloseTo(0.49f, within(0.011f));
        assertThat(published.accuracy()).isEqualTo(1 / 3.0);
        Fusion.Choice best = Fusion.NORMALIZED_EVERY_WEIGHT.choose(valley);
        assertThat(best.weight()).isCloseTo(0.88f, within(1e-6f));
        assertThat(best.accuracy()).isEqualTo(2 / 3.0);
        assertThat(best.tried()).isEqualTo(51);
    }

    @Test
    void theSearchHasPatienceAndPrefersTheLastRate() {
        Map<Integer, Double> byEpochs = Map.of(10, 0.5, 20, 0.6, 30, 0.6, 40, 0.5, 50, 0.9);
        TuningSearch search = TuningSearch.frozen(TuningSettings.PUBLISHED, List.of(1e-6, 1e-5), List.of(10, 20, 30, 40, 50),
                settings -> byEpochs.get(settings.epochs()));
        assertThat(search.best().epochs()).isEqualTo(20);
        assertThat(search.best().rate()).isEqualTo(1e-5);
        assertThat(search.accuracy()).isEqualTo(0.6);
        assertThat(search.trials()).hasSize(8); // 50 epochs are never reached
        TuningSearch lowRank = TuningSearch.lowRank(TuningSettings.PUBLISHED_LOW_RANK, List.of(1e-4, 1e-3), List.of(1e-5),
                TuningSearch.RANKS, TuningSearch.ALPHAS, settings -> settings.lowRank().rank());
        assertThat(lowRank.trials()).hasSize(12);
        assertThat(lowRank.best().lowRank()).isEqualTo(new TuningSettings.LowRankWeights(1e-4, 64, 64, 0.1));
    }

    /** 300 synthetic images in batches of 64: 4.6875 updates an epoch, with low-rank weights 4. */
    @Test
    void aFractionOfAnEpochCountsWithoutLowRankWeightsAlone() {
        assertThat(TuningSettings.PUBLISHED.updates(300)).isEqualTo(47);
        assertThat(TuningSettings.PUBLISHED_LOW_RANK.updates(300)).isEqualTo(40);
        assertThat(TuningSettings.PUBLISHED.falling(2, 64).at(5)).isCloseTo(1, within(1e-12));
    }

    @Test
    void shotsAreDrawnWithoutRepeating() {
        int[] labels = {0, 1, 0, 1, 0, 1, 1};
        int[] drawn = FewShotTuning.draw(labels, 2, 3, 5);
        assertThat(drawn).hasSize(6).doesNotHaveDuplicates();
        assertThat(FewShotTuning.draw(labels, 2, 3, 5)).isEqualTo(drawn);
        assertThat(labels[drawn[0]] + labels[drawn[1]] + labels[drawn[2]]).isZero();
        assertThatThrownBy(() -> FewShotTuning.draw(labels, 2, 4, 5)).isInstanceOf(InputException.class)
                .hasMessage("class 0 has 3 images, fewer than the 4 shots asked for");
    }
}
