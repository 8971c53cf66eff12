package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.data.Task;
import gift.data.readers.ImageFolder;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.mini.World;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldCommandTest {
    @TempDir
    Path folder;

    @Test
    void whatIsExportedIsReadBack() {
        assertThat(Terminal.run("world", "--part", "pets", "--export", folder).code()).isZero();
        Task written = ImageFolder.open(folder.resolve("pets"));
        Task painted = World.open("pets");
        assertThat(written.classNames()).containsExactlyInAnyOrderElementsOf(painted.classNames());
        assertThat(written.train().size()).isEqualTo(painted.train().size());
        assertThat(written.test().size()).isEqualTo(painted.test().size());
        Map<String, byte[]> byName = new HashMap<>();
        for (int i = 0; i < written.test().size(); i++) {
            byName.put(Path.of(written.test().source(i)).getFileName().toString(), written.test().image(i).rgb());
        }
        for (int i = 0; i < painted.test().size(); i++) {
            assertThat(byName.get(String.format(Locale.ROOT, "%05d.png", i))).isEqualTo(painted.test().image(i).rgb());
        }
    }

    @Test
    void contactSheet() {
        Path file = folder.resolve("sheet.png");
        assertThat(Terminal.run("world", "--part", "digits", "--columns", 3, "--sheet", file).code()).isZero();
        Image sheet = ImageFiles.read(file);
        assertThat(sheet.width()).isEqualTo(4 * (3 * 34 + 8));
        assertThat(sheet.height()).isEqualTo(3 * (9 + 32 + 4));
    }

    @Test
    void list() {
        Terminal terminal = Terminal.run("world", "--list");
        assertThat(terminal.code()).isZero();
        assertThat(terminal.out()).contains("digits (10 classes, 600 + 400 images): number zero, number one");
        assertThat(terminal.out().lines()).hasSize(World.names().size());
    }

    @Test
    void badInput() {
        refused("nothing to do", "world");
        refused("the mini world has no 'flower'; the nearest is 'flowers'", "world", "--part", "flower", "--list");
        refused("--columns 0 must be at least 1", "world", "--columns", 0, "--sheet", folder.resolve("a.png"));
    }

    private static void refused(String part, Object... arguments) {
        Terminal terminal = Terminal.run(arguments);
        assertThat(terminal.err().strip()).contains(part).hasLineCount(1);
        assertThat(terminal.code()).isEqualTo(2);
    }
}
