package gift.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EpochsTest {
    /** 10 items in batches of 4, 4 and 2. */
    @Test
    void theLastBatchOfAnEpochMayBeSmaller() {
        Epochs epochs = new Epochs(10, 4);
        assertThat(epochs.updates()).isEqualTo(3);
        assertThat(epochs.updates(5)).isEqualTo(15);
        assertThat(epochs.updates(0.5)).isEqualTo(2);
        assertThat(epochs.epochs(6)).isEqualTo(2);
        assertThat(new Epochs(8, 4).updates()).isEqualTo(2);
        assertThat(new Epochs(3, 100).updates()).isEqualTo(1);
    }

    /** Every item once in an epoch, whichever the size. */
    @Test
    void batchesAgree() {
        ShuffledBatches batches = new ShuffledBatches(1, "items", 0, 10, 4);
        int[] counts = new int[10];
        for (int i = 0; i < new Epochs(10, 4).updates(2); i++) {
            for (int item : batches.batch(i)) {
                counts[item]++;
            }
        }
        assertThat(counts).containsOnly(2);
    }

    @Test
    void anEpochOfNothingIsRefused() {
        assertThatThrownBy(() -> new Epochs(0, 4))
                .hasMessage("an epoch needs at least 1 item and a batch size of at least 1, not 0 and 4");
    }
}
