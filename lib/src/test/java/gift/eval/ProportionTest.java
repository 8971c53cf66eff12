package gift.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProportionTest {
    /** By hand: z^2 = 3.841459; of 8 in 10 the centre is 9.920729 / 13.841459, the half width 0.226568. */
    @Test
    void wilsonsInterval() {
        Proportion p = new Proportion(8, 10);
        assertThat(p.percent()).isEqualTo(80);
        assertThat(p.low()).isEqualTo(49.0162, within(1e-3));
        assertThat(p.high()).isEqualTo(94.3318, within(1e-3));
        assertThat(new Proportion(0, 10).low()).isZero();
        assertThat(new Proportion(0, 10).high()).isEqualTo(27.7533, within(1e-3)); // z^2 / (n + z^2)
        assertThat(new Proportion(10, 10).high()).isEqualTo(100);
        assertThat(Proportion.of(new ConfusionMatrix(List.of("a", "b"), new int[][] {{3, 1}, {2, 4}})))
                .isEqualTo(new Proportion(7, 10));
        assertThatThrownBy(() -> new Proportion(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
