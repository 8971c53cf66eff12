package gift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.bench.InputBench.Rate;
import gift.bench.InputBench.Settings;
import gift.io.InputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputBenchTest {
    private static final Repeats ONCE = new Repeats(1, 1);

    /** The full measurement is gift bench input; its rates are no matter of a test on a busy machine, their order is. */
    @Test
    void packedImagesComeFasterThanFiles() {
        List<String> said = new ArrayList<>();
        List<Rate> rates = new InputBench(new Settings(null, null, 40, 224, 64, 250, ONCE)).run(said::add);
        assertThat(rates).extracting(Rate::source).containsExactly("files, training crop", "packed whole, training crop",
                "memory, training crop", "files, evaluation", "packed squares, evaluation");
        assertThat(rates.get(1).perSecond()).isGreaterThan(rates.get(0).perSecond());
        assertThat(rates.get(4).perSecond()).isGreaterThan(rates.get(3).perSecond());
        assertThat(said.get(0)).contains("40 images of painted/train, mean 500 x 375");
    }

    @Test
    void coresForAStep() {
        InputBench bench = new InputBench(new Settings(null, null, 1, 224, 128, 250, ONCE));
        assertThat(bench.cores(600)).isEqualTo(1); // 512 a second are needed
        assertThat(bench.cores(300)).isEqualTo(2);
        assertThat(bench.cores(100)).isEqualTo(6);
    }

    @Test
    void whatIsNoMeasurementIsRefused() {
        assertThatThrownBy(() -> new Settings(null, null, 0, 224, 64, 250, ONCE)).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> new Settings(null, "DTD", 1, 224, 64, 250, ONCE)).isInstanceOf(InputException.class)
                .hasMessageContaining("--data and --set");
    }
}
