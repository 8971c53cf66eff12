package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import gift.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopesTest {
    private final NDManager manager = Devices.newManager(Device.cpu());

    @AfterEach
    void close() {
        JniUtils.setGradMode(false);
        manager.close();
    }

    private static boolean isOpen(NDArray array) {
        return !((PtNDArray) array).isReleased();
    }

    @Test
    void withoutGradientsClosesAllButItsResult() {
        List<NDArray> made = new ArrayList<>();
        NDArray result = Scopes.withoutGradients(() -> {
            made.add(manager.create(1f));
            made.add(made.get(0).add(1f));
            return made.get(1).mul(3f);
        });
        assertThat(made).noneMatch(ScopesTest::isOpen);
        assertThat(result.getFloat()).isEqualTo(6);
    }

    @Test
    void theResultBelongsToTheScopeAround() {
        NDArray result;
        NDArray kept;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = Scopes.withoutGradients(() -> manager.create(1f).add(1f));
            kept = Scopes.outside(() -> manager.create(1f));
            assertThat(isOpen(result)).isTrue();
        }
        assertThat(isOpen(result)).isFalse();
        assertThat(isOpen(kept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradModeIsRestored(boolean before) {
        JniUtils.setGradMode(before);
        Scopes.withoutGradients(() -> assertThat(JniUtils.isGradMode()).isFalse());
        assertThat(JniUtils.isGradMode()).isEqualTo(before);

        Runnable failing = () -> {
            throw new IllegalStateException("on purpose");
        };
        assertThatThrownBy(() -> Scopes.withoutGradients(failing)).hasMessage("on purpose");
        assertThat(JniUtils.isGradMode()).isEqualTo(before);
    }

    @Test
    void aFailureClosesWhatWasMade() {
        int before = Numbers.openArrays(manager);
        Runnable failing = () -> {
            manager.create(1f).add(1f);
            throw new IllegalStateException("on purpose");
        };
        assertThatThrownBy(() -> Scopes.withoutGradients(failing)).hasMessage("on purpose");
        assertThat(Numbers.openArrays(manager)).isEqualTo(before);
    }
}
