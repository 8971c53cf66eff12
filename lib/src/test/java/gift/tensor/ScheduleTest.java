package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    private final Schedule published = new Schedule(1e-5, 100, 1000);

    @Test
    void warmsUpInEqualSteps() {
        assertThat(published.rate(0)).isCloseTo(1e-7, within(1e-20));
        assertThat(published.rate(49)).isCloseTo(0.5e-5, within(1e-20));
        assertThat(published.rate(99)).isCloseTo(1e-5, within(1e-20));
    }

    /** (1 + cos(pi x)) / 2 is 1, 3/4, 1/2 and 0 at x = 0, 1/3, 1/2 and 1 of the 900 updates after the warm-up. */
    @Test
    void thenFollowsHalfACosine() {
        assertThat(published.rate(100)).isEqualTo(1e-5);
        assertThat(published.rate(400)).isCloseTo(0.75e-5, within(1e-18));
        assertThat(published.rate(550)).isCloseTo(0.5e-5, within(1e-18));
        assertThat(published.rate(1000)).isZero();
    }

    @Test
    void withoutWarmUpBeginsAtThePeak() {
        Schedule schedule = new Schedule(0.1, 0, 10);
        assertThat(schedule.rate(0)).isEqualTo(0.1);
        assertThat(schedule.rate(5)).isCloseTo(0.05, within(1e-15));
        assertThat(schedule.rate(10)).isZero();
    }

    @Test
    void warmUpLongerThanTheTaskNeverDivides() {
        Schedule schedule = new Schedule(0.1, 100, 10);
        assertThat(schedule.rate(10)).isCloseTo(0.011, within(1e-15));
        assertThat(new Schedule(0.1, 0, 0).rate(0)).isEqualTo(0.1);
    }
}
