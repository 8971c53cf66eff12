package gift.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
    private int made;

    private byte[] make(int size) {
        made++;
        return new byte[size];
    }

    /** 10 bytes: 6 fit, 5 more do not, 4 do. */
    @Test
    void theFirstOnesAreKept() {
        BoundedCache<String, byte[]> cache = new BoundedCache<>(10);
        for (int round = 0; round < 2; round++) {
            cache.of("six", () -> make(6), bytes -> bytes.length);
            cache.of("five", () -> make(5), bytes -> bytes.length);
            cache.of("four", () -> make(4), bytes -> bytes.length);
        }
        assertThat(made).isEqualTo(4);
        assertThat(cache.get("five")).isNull();
        assertThat(cache.put("none", new byte[1], 1)).isFalse();
        assertThat(cache.put("six", new byte[0], 0)).isFalse(); // is there
        assertThat(List.copyOf(cache.clear())).hasSize(2);
        assertThat(cache.put("ten", new byte[10], 10)).isTrue();
    }
}
