package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.continual.Training.Shortcuts;
import gift.io.InputException;
import gift.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingTest {
    @Test
    void publishedDefaults() {
        assertThat(Training.DEFAULT).isEqualTo(
                new Training(1000, 64, 64, 1e-5, 100, 0.2, 0, 0.999, 100, Shortcuts.ALL));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-1  |64|64|1e-5|100|0.2|0  |0.999|100|iterations -1 must be at least 0",
        "1000|0 |64|1e-5|100|0.2|0  |0.999|100|batch_size 0 must be at least 1",
        "1000|64|1 |1e-5|100|0.2|0  |0.999|100|reference_batch_size 1 must be at least 2",
        "1000|64|64|1e-5|-1 |0.2|0  |0.999|100|warmup -1 must be at least 0",
        "1000|64|64|1e-5|100|0.2|0  |0.999|0  |checkpoint_every 0 must be at least 1",
        "1000|64|64|0   |100|0.2|0  |0.999|100|learning_rate 0.0 must be between 0 and 1",
        "1000|64|64|NaN |100|0.2|0  |0.999|100|learning_rate NaN must be between 0 and 1",
        "1000|64|64|1e-5|100|1  |0  |0.999|100|label_smoothing 1.0 must be in [0, 1)",
        "1000|64|64|1e-5|100|NaN|0  |0.999|100|label_smoothing NaN must be in [0, 1)",
        "1000|64|64|1e-5|100|0.2|-1 |0.999|100|weight_decay must not be negative and beta2 lies in (0, 1)",
        "1000|64|64|1e-5|100|0.2|0  |1    |100|weight_decay must not be negative and beta2 lies in (0, 1)"})
    void faultsInOneLine(int iterations, int batch, int reference, double rate, int warmup, double smoothing,
            double decay, double beta2, int every, String message) {
        assertThatThrownBy(() -> new Training(iterations, batch, reference, rate, warmup, smoothing, decay, beta2,
                every, Shortcuts.ALL)).isInstanceOf(InputException.class).hasMessage(message);
    }

    @Test
    void everyPartOfABatchHasAImage() {
        assertThatThrownBy(() -> Json.replace(Training.DEFAULT, "accumulation", 0))
                .hasMessageContaining("accumulation 0 must be at least 1");
        assertThatThrownBy(() -> Json.replace(Training.DEFAULT, "accumulation", 65))
                .hasMessageContaining("accumulation 65 leaves some micro-batches without an image, of a batch of 64");
    }
}
