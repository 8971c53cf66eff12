package gift.io.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.io.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives, most of them hostile. */
class ArchivesTest {
    @TempDir
    Path root;

    /** One entry of a tar: a file with content, or with a link's target. */
    private record Entry(String name, byte type, String content) {
        static Entry file(String name, String content) {
            return new Entry(name, TarConstants.LF_NORMAL, content);
        }

        static Entry link(String name, String target) {
            return new Entry(name, TarConstants.LF_SYMLINK, target);
        }

        static Entry hardLink(String name, String target) {
            return new Entry(name, TarConstants.LF_LINK, target);
        }
    }

    private Path tar(String name, Entry... entries) throws IOException {
        Path file = root.resolve(name);
        try (OutputStream raw = Files.newOutputStream(file);
                OutputStream out = name.endsWith("gz") ? new GZIPOutputStream(raw) : raw;
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Entry entry : entries) {
                TarArchiveEntry head = new TarArchiveEntry(entry.name, entry.type, true);
                byte[] content = entry.content.getBytes(StandardCharsets.UTF_8);
                boolean isFile = entry.type == TarConstants.LF_NORMAL;
                if (isFile) {
                    head.setSize(content.length);
                } else {
                    head.setLinkName(entry.content);
                }
                tar.putArchiveEntry(head);
                if (isFile) {
                    tar.write(content);
                }
                tar.closeArchiveEntry();
            }
        }
        return file;
    }

    private Path zip(String name, String... namesAndContents) throws IOException {
        Path file = root.resolve(name);
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file.toFile())) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                ZipArchiveEntry entry = new ZipArchiveEntry(namesAndContents[i]);
                if (namesAndContents[i + 1].startsWith("->")) {
                    entry.setUnixMode(0120777);
                }
                zip.putArchiveEntry(entry);
                zip.write(namesAndContents[i + 1].replaceFirst("^->", "").getBytes(StandardCharsets.UTF_8));
                zip.closeArchiveEntry();
            }
        }
        return file;
    }

    private Path out() {
        return root.resolve("out");
    }

    private void refused(Path archive, String... parts) throws IOException {
        assertThatThrownBy(() -> Archives.unpack(archive, out())).isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts).hasMessageContaining(archive.toString())
                .message().doesNotContain("\n");
        try (var left = Files.list(out())) {
            assertThat(left.toList()).isEmpty();
        }
        assertThat(root.resolve("evil")).doesNotExist();
    }

    @Test
    void goodOnes() throws IOException {
        for (String name : new String[] {"a.tar", "a.tar.gz", "a.tgz"}) {
            Archives.unpack(tar(name, Entry.file("./d/1.txt", name), Entry.file("d/e/2.txt", "two"),
                    Entry.link("d/l", "e"), Entry.hardLink("d/h", "d/1.txt")), out());
            assertThat(out().resolve("d/1.txt")).hasContent(name); // replaced each time
            assertThat(out().resolve("d/h")).hasContent(name);
            assertThat(out().resolve("d/l/2.txt")).hasContent("two");
        }
        Archives.unpack(zip("b.zip", "d/3.txt", "three", "e/", "", "f", "->d"), out());
        assertThat(out().resolve("d/3.txt")).hasContent("three");
        assertThat(out().resolve("f/1.txt")).hasContent("a.tgz");
        assertThat(out().resolve("e")).isDirectory();
        Path packed = root.resolve("labels.txt.gz");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            gzip.write(65);
        }
        Archives.unpack(packed, out());
        assertThat(out().resolve("labels.txt")).hasContent("A");
        try (var left = Files.list(out())) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("d", "e", "f", "labels.txt");
        }
    }

    @Test
    void pathsOutOfTheFolder() throws IOException {
        refused(tar("a.tar", Entry.file("ok", "x"), Entry.file("../evil", "x")), "../evil", "out of the folder");
        refused(tar("b.tgz", Entry.file("d/../../evil", "x")), "d/../../evil");
        TarArchiveEntry absolute = new TarArchiveEntry(root.resolve("evil").toString(), true);
        refused(tar("c.tar", Entry.file(absolute.getName(), "x")), "out of the folder");
        refused(zip("d.zip", "../evil", "x"), "../evil");
        refused(zip("e.zip", "..\\evil", "x"), "evil");
        refused(zip("f.zip", "C:/evil", "x"), "C:/evil");
    }

    @Test
    void linksOutOfTheFolder() throws IOException {
        refused(tar("a.tar", Entry.link("l", "../evil")), "the link l to ../evil");
        refused(tar("b.tar", Entry.link("l", root.toString())), "the link l to");
        refused(tar("c.tar", Entry.link("d", "."), Entry.link("d/up", "..")), "out of the folder");
        refused(tar("d.tar", Entry.file("x/y", "1"), Entry.link("l", "x"), Entry.file("l/evil", "2")), "below a link");
        refused(tar("e.tar", Entry.hardLink("h", "../secret")), "../secret");
        Files.writeString(root.resolve("secret"), "s");
        refused(tar("f.tar", Entry.hardLink("h", "nothing")), "nothing");
        refused(zip("g.zip", "l", "->../evil"), "the link l to ../evil");
        refused(tar("h.tar", new Entry("pipe", TarConstants.LF_FIFO, "")), "pipe", "neither file, folder nor link");
    }

    @Test
    void bombs() throws IOException {
        Path bomb = root.resolve("bomb.tar.gz");
        byte[] zeros = new byte[1 << 20];
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(bomb)))) {
            for (int i = 0; i < 80; i++) {
                TarArchiveEntry entry = new TarArchiveEntry("z" + i);
                entry.setSize(zeros.length);
                tar.putArchiveEntry(entry);
                tar.write(zeros);
                tar.closeArchiveEntry();
            }
        }
        assertThat(Files.size(bomb)).isLessThan(200_000);
        refused(bomb, "more than 64 MiB");
    }

    @Test
    void brokenOnes() throws IOException {
        Path whole = tar("a.tgz", Entry.file("x", "y".repeat(5000)));
        byte[] bytes = Files.readAllBytes(whole);
        refused(Files.write(root.resolve("cut.tgz"), Arrays.copyOf(bytes, bytes.length - 20)), "cannot unpack");
        refused(Files.writeString(root.resolve("page.zip"), "<html>not found</html>"), "cannot unpack");
        refused(Files.writeString(root.resolve("page.tgz"), "<html>not found</html>"), "cannot unpack");
        refused(Files.writeString(root.resolve("page.tar"), "<html>not found</html>".repeat(100)), "cannot unpack");
        refused(Files.writeString(root.resolve("page.rar"), "x"), "no archive that is known");
        assertThat(Archives.isOne("a.tgz")).isTrue();
        assertThat(Archives.isOne("a.safetensors")).isFalse();
    }
}
