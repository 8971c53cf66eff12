package gift.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.eval.Interval.Kind;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IntervalTest {
    /** Of 4 equally likely pairs one has the mean 0 and one the mean 10, of 27 triples one the least and one the largest. */
    @Test
    void withTwoOrThreeSeedsTheBootstrapIsTheirRange() {
        Interval two = Interval.of(Kind.BOOTSTRAP, 10.0, 0.0);
        assertThat(two).isEqualTo(new Interval(5, 0, 10, 2));
        Interval three = Interval.of(Kind.BOOTSTRAP, 70.0, 72.0, 71.5);
        assertThat(List.of(three.low(), three.high())).containsExactly(70.0, 72.0);
        assertThat(three.mean()).isCloseTo(213.5 / 3, within(1e-12));
    }

    /** 50 of 100 values are 1: the mean of a resample is binomial, its 2.5 % and 97.5 % quantiles are 0.40 and 0.60. */
    @Test
    void manyValues() {
        double[] coins = IntStream.range(0, 100).mapToDouble(i -> i % 2).toArray();
        Interval interval = Interval.of(Kind.BOOTSTRAP, coins);
        assertThat(interval.low()).isCloseTo(0.40, within(0.0101));
        assertThat(interval.high()).isCloseTo(0.60, within(0.0101));
    }

    /** t(0.975) is 4.302653 with 2 and 12.706205 with 1 degree of freedom; the standard deviation of 1, 2, 3 is 1. */
    @Test
    void student() {
        Interval three = Interval.of(Kind.T, 3.0, 1.0, 2.0);
        assertThat(three.low()).isCloseTo(2 - 4.302653 / Math.sqrt(3), within(1e-6));
        assertThat(three.high()).isCloseTo(2 + 4.302653 / Math.sqrt(3), within(1e-6));
        Interval two = Interval.of(Kind.T, 0.0, 10.0);
        assertThat(two.high()).isCloseTo(5 + 12.706205 * 5, within(1e-4));
    }

    @Test
    void oneSeedOrAnUndefinedNumberHasNoInterval() {
        for (Kind kind : Kind.values()) {
            Interval one = Interval.of(kind, 71.5);
            assertThat(one.mean()).isEqualTo(71.5);
            assertThat(one.exists()).isFalse();
            assertThat(one.count()).isOne();
            assertThat(Interval.of(kind, 1.0, Double.NaN).mean()).isNaN();
            assertThat(Interval.of(kind, 1.0, Double.NaN).exists()).isFalse();
            assertThat(Interval.of(kind, 4.0, 4.0, 4.0)).isEqualTo(new Interval(4, 4, 4, 3));
        }
    }

    @Test
    void theOrderOfTheSeedsDoesNotMatterAndNothingWasDrawnBefore() {
        Interval first = Interval.of(Kind.BOOTSTRAP, 3, 1, 4, 1.5, 9);
        assertThat(Interval.of(Kind.BOOTSTRAP, 9, 1.5, 1, 4, 3)).isEqualTo(first);
        assertThat(first.low()).isBetween(1.0, first.mean());
        assertThat(first.high()).isBetween(first.mean(), 9.0);
    }

    @Test
    void percentilesLieBetweenNeighbours() {
        double[] sorted = DoubleStream.of(0, 10, 20, 30, 40).toArray();
        assertThat(Interval.percentile(sorted, 0.025)).isCloseTo(1, within(1e-12));
        assertThat(Interval.percentile(sorted, 0.5)).isEqualTo(20);
        assertThat(Interval.percentile(sorted, 1)).isEqualTo(40);
    }
}
