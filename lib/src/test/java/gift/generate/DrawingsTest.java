package gift.generate;

import static org.assertj.core.api.Assertions.assertThat;

import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.image.Image;
import gift.tensor.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrawingsTest {
    private static Drawings.Key key(String prompt, long seed, double guidance) {
        return new Drawings.Key("model", "cpu", Precision.FP32, List.of(prompt), List.of(seed), Sampling.DEFAULT.withGuidance(guidance));
    }

    private static List<Generated> drawn(int side) {
        return List.of(new Generated(new Image(side, side, new byte[3 * side * side]), "a", 1));
    }

    @Test
    void whatIsAlikeIsDrawnOnce() {
        Drawings known = new Drawings();
        List<Generated> first = known.of(key("a", 1, 3), () -> drawn(8));
        assertThat(known.of(key("a", 1, 3), () -> drawn(8))).isSameAs(first);
        assertThat(known.of(key("a", 1, 1), () -> drawn(8))).isNotSameAs(first);
        assertThat(known.of(key("a", 2, 3), () -> drawn(8))).isNotSameAs(first);
        assertThat(known.of(key("b", 1, 3), () -> drawn(8))).isNotSameAs(first);
    }

    @Test
    void onlySoMuchIsKept() {
        Drawings known = new Drawings();
        List<Generated> large = known.of(key("a", 1, 3), () -> drawn(5000)); // 75 MB
        assertThat(known.of(key("a", 1, 3), () -> drawn(8))).isNotSameAs(large);
        List<Generated> none = Drawings.NONE.of(key("a", 1, 3), () -> drawn(8));
        assertThat(Drawings.NONE.of(key("a", 1, 3), () -> drawn(8))).isNotSameAs(none);
    }
}
