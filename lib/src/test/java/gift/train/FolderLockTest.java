package gift.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void theThreadThatHasTheLockHasItAgain() {
        assertThat(FolderLock.<Integer>alone(folder, false, () -> FolderLock.alone(folder, false, () -> 7))).isEqualTo(7);
    }

    @Test
    void anotherThreadIsRefusedOrWaits() throws Exception {
        CompletableFuture<String> waiting = FolderLock.alone(folder, false, () -> {
            assertThatThrownBy(() -> elsewhere(false).join()).hasCauseInstanceOf(InputException.class)
                    .hasMessageContaining("another process works on " + folder + ": wait for it");
            assertThat(CompletableFuture.supplyAsync(() -> FolderLock.ifFree(folder, () -> { })).join()).isFalse();
            CompletableFuture<String> second = elsewhere(true);
            assertThat(second).isNotDone();
            return second;
        });
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo("done");
        assertThat(FolderLock.ifFree(folder, () -> { })).isTrue();
    }

    @Test
    void aFileIsLockedAlone() {
        Path file = folder.resolve("new/a.record");
        boolean[] others = new boolean[2];
        assertThat(FolderLock.ifFileFree(file, () -> {
            others[0] = CompletableFuture.supplyAsync(() -> FolderLock.ifFileFree(file, () -> { })).join();
            others[1] = CompletableFuture.supplyAsync(() -> FolderLock.ifFileFree(folder.resolve("new/b.record"), () -> { })).join();
        })).isTrue();
        assertThat(others).containsExactly(false, true);
    }

    private CompletableFuture<String> elsewhere(boolean patient) {
        return CompletableFuture.supplyAsync(() -> FolderLock.alone(folder, patient, () -> "done"));
    }

    @Test
    void aFailureFreesTheFolder() {
        assertThatThrownBy(() -> FolderLock.alone(folder, false, () -> {
            throw new IllegalStateException("failed");
        })).hasMessage("failed");
        assertThat(FolderLock.ifFree(folder, () -> { })).isTrue();
    }
}
