package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CurveTest {
    private static final double ROUNDING = 1e-15;

    @Test
    void aConstantStays() {
        Curve curve = new Curve.Constant(0.996);
        assertThat(curve.at(0)).isEqualTo(0.996);
        assertThat(curve.at(1_000_000)).isEqualTo(0.996);
    }

    /** From 0.04 to 0.07 in 30 updates, 0.001 each. */
    @Test
    void aLineEndsAtItsLastValueAndStaysThere() {
        Curve curve = new Curve.Linear(0.04, 0.07, 30);
        assertThat(curve.at(0)).isEqualTo(0.04);
        assertThat(curve.at(10)).isCloseTo(0.05, within(ROUNDING));
        assertThat(curve.at(30)).isEqualTo(0.07);
        assertThat(curve.at(1000)).isEqualTo(0.07);
        assertThat(new Curve.Linear(0.04, 0.07, 0).at(0)).isEqualTo(0.07);
    }

    /** (1 + cos(pi x)) / 2 is 1, 3/4, 1/2 and 1/4 at x = 0, 1/3, 1/2 and 2/3: 0.4 - 0.36 of that. */
    @Test
    void halfACosineMayRise() {
        Curve curve = new Curve.Cosine(0.04, 0.4, 60);
        assertThat(curve.at(0)).isCloseTo(0.04, within(ROUNDING));
        assertThat(curve.at(20)).isCloseTo(0.13, within(ROUNDING));
        assertThat(curve.at(30)).isCloseTo(0.22, within(ROUNDING));
        assertThat(curve.at(40)).isCloseTo(0.31, within(ROUNDING));
        assertThat(curve.at(60)).isEqualTo(0.4);
        assertThat(curve.at(61)).isEqualTo(0.4);
    }

    @Test
    void warmUpBeforeACosineIsTheScheduleOfLearningRates() {
        Curve parts = new Curve.WarmUp(100, new Curve.Cosine(1e-5, 0, 900));
        Curve schedule = new Schedule(1e-5, 100, 1000);
        for (int i = 0; i <= 1000; i++) {
            assertThat(parts.at(i)).isCloseTo(schedule.at(i), within(1e-20));
        }
        assertThat(parts.at(49)).isCloseTo(0.5e-5, within(1e-20));
        assertThat(schedule.at(400)).isEqualTo(new Schedule(1e-5, 100, 1000).rate(400));
    }
}
