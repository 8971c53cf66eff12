package gift.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ImageWriterTest {
    @Test
    void batchesAreWrittenInTheirOrderAndAllBeforeTheEnd() {
        List<Integer> written = new CopyOnWriteArrayList<>();
        try (ImageWriter writer = new ImageWriter()) {
            for (int i = 0; i < 5; i++) {
                int batch = i;
                writer.write(() -> {
                    assertThat(Thread.currentThread().getName()).isEqualTo("images");
                    written.add(batch);
                });
            }
        }
        assertThat(written).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aFailureIsThrownBeforeTheNextBatchOrAtTheEnd() {
        List<String> written = new CopyOnWriteArrayList<>();
        assertThatThrownBy(() -> {
            try (ImageWriter writer = new ImageWriter()) {
                writer.write(() -> {
                    throw new InputException("no room");
                });
                writer.write(() -> written.add("second"));
            }
        }).isInstanceOf(InputException.class).hasMessage("no room");
        assertThat(written).isEmpty();
        assertThatThrownBy(() -> {
            try (ImageWriter writer = new ImageWriter()) {
                writer.write(() -> {
                    throw new InputException("no room");
                });
            }
        }).isInstanceOf(InputException.class).hasMessage("no room");
    }
}
