package gift.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void theNumberOfWorkersIsThatOfTheCoresButOne() {
        assertThat(Workers.count(null, 1)).isEqualTo(1);
        assertThat(Workers.count("", 2)).isEqualTo(1);
        assertThat(Workers.count(null, 6)).isEqualTo(5);
        assertThat(Workers.count(null, 64)).isEqualTo(8);
        assertThat(Workers.count("12", 2)).isEqualTo(12);
        assertThatThrownBy(() -> Workers.count("many", 2)).isInstanceOf(InputException.class)
                .hasMessageContaining("GIFT_WORKERS 'many'");
    }
}
