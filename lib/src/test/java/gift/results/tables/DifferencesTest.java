package gift.results.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.eval.AccuracyMatrix;
import gift.results.Metric;
import gift.results.StudyRuns;
import gift.results.StudyRuns.Run;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    /** Last of the two tasks is that of the second row; differences 1, 2, 3 have mean 2, deviation 1, t(0.975, 2) = 4.3027. */
    @Test
    void meanAndIntervalOfDifferencesWithinSeeds() {
        StudyRuns study = study(new double[] {51, 62, 73}, new double[] {50, 60, 70});
        Differences d = Differences.of(study, "mine", "gift", Metric.LAST);
        assertThat(d.each()).containsExactly(1.0, 2.0, 3.0);
        assertThat(d.seeds()).containsExactly(1L, 2L, 3L);
        assertThat(d.interval().mean()).isEqualTo(2);
        assertThat(d.interval().high()).isCloseTo(2 + 4.3027 / Math.sqrt(3), within(1e-4));
        assertThat(d.verdict()).isEqualTo("not told apart");
        assertThat(d.above()).isEqualTo(3);
    }

    @Test
    void verdicts() {
        assertThat(Differences.of(study(new double[] {60, 70.1}, new double[] {50, 60}), "mine", "gift", Metric.LAST).verdict())
                .isEqualTo("higher");
        assertThat(Differences.of(study(new double[] {40, 50.1}, new double[] {50, 60}), "mine", "gift", Metric.LAST).verdict())
                .isEqualTo("lower");
        StudyRuns other = study(new double[] {1}, new double[] {2});
        assertThat(Differences.of(other, "mine", "gift", Metric.LAST).verdict()).isEqualTo("one seed");
        assertThat(Differences.of(other, "nobody", "gift", Metric.LAST).verdict()).isEqualTo("no seed");
        assertThat(Differences.table("mine minus gift", List.of(Differences.of(other, "mine", "gift", Metric.LAST))).csv())
                .isEqualTo("method,seeds,difference,difference_low,difference_high,above_zero,verdict\nmine,1,-1,,,0,one seed\n");
    }

    private static StudyRuns study(double[] mine, double[] gift) {
        List<Run> runs = new ArrayList<>();
        for (int s = 0; s < mine.length; s++) {
            runs.add(Run.of("mine", s + 1, matrix(mine[s]), null));
            runs.add(Run.of("gift", s + 1, matrix(gift[s]), null));
        }
        return new StudyRuns("study", runs, List.of());
    }

    private static AccuracyMatrix matrix(double last) {
        return AccuracyMatrix.of(List.of("a", "b")).withRow(0, 0).withRow(last, last);
    }
}
