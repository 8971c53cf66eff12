package gift.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path folder;

    @Test
    void writesAndReplaces() throws IOException {
        Path target = folder.resolve("a/b/note.txt");
        AtomicFiles.writeString(target, "first é");
        AtomicFiles.writeString(target, "second");
        assertThat(target).hasContent("second");
        assertThat(names(target.getParent())).containsExactly("note.txt");
    }

    @Test
    void aFailureLeavesNeitherTemporaryNorChangedTarget() throws IOException {
        Path target = folder.resolve("note.txt");
        AtomicFiles.writeString(target, "old");
        assertThatThrownBy(() -> AtomicFiles.write(target, out -> {
            out.write(new byte[100_000]);
            throw new IllegalStateException("no more");
        })).isInstanceOf(IllegalStateException.class).hasMessage("no more");
        assertThatThrownBy(() -> AtomicFiles.write(target, out -> {
            throw new IOException("disk\nfull");
        })).isInstanceOf(InputException.class).hasMessage("cannot write " + target + ": disk full");
        assertThat(target).hasContent("old");
        assertThat(names(folder)).containsExactly("note.txt");
    }

    @Test
    void aFolderInTheWayIsNamed() {
        assertThatThrownBy(() -> AtomicFiles.writeString(folder, "x"))
                .isInstanceOf(InputException.class).hasMessageContaining(folder.toString()).hasMessageNotContaining("\n");
    }

    @Test
    void aFileWhereAFolderIsNeededIsNamed() {
        AtomicFiles.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> AtomicFiles.writeString(folder.resolve("file/below.txt"), "x"))
                .isInstanceOf(InputException.class).hasMessageContaining("below.txt").hasMessageContaining("in the way");
    }

    @Test
    void hashesAreSha256() throws IOException {
        // the published test vector of "abc"
        String expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(Hashes.sha256("abc".getBytes())).isEqualTo(expected);
        Files.writeString(folder.resolve("abc"), "abc");
        assertThat(Hashes.sha256(folder.resolve("abc"))).isEqualTo(expected);
        assertThatThrownBy(() -> Hashes.sha256(folder.resolve("absent")))
                .isInstanceOf(InputException.class).hasMessageContaining("absent does not exist");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
