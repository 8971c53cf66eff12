package gift.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.sample.SampleFiles;
import gift.image.Image;
import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairDatasetTest {
    @TempDir
    Path root;

    private final ImageDataset data = Samples.dataset(List.of("green_tea", "a \"cup\", red"), 1, 0, 1);

    @Test
    void captionsFromClasses() {
        PairDataset pairs = PairDataset.of(data, "a photo of {}.");
        assertThat(pairs.size()).isEqualTo(3);
        assertThat(pairs.text(1)).isEqualTo("a photo of green tea.");
        assertThat(pairs.source(2)).isEqualTo("memory#2");
        assertThat(pairs.image(2).get(0, 0, 0)).isEqualTo(2);
    }

    @Test
    void oneAfterTheOther() {
        PairDataset both = PairDataset.concat(List.of(
                PairDataset.of(data, "a {}"), PairDataset.concat(List.of()), PairDataset.of(data, "b {}")));
        assertThat(both.size()).isEqualTo(6);
        assertThat(both.text(2)).startsWith("a ");
        assertThat(both.text(3)).startsWith("b ");
        assertThat(both.image(5).get(0, 0, 1)).isEqualTo(2);
        assertThatThrownBy(() -> both.text(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path folder = PairFolder.of(root, "DTD");
        assertThat(folder.getFileName()).hasToString("DTD_Syn");
        PairDataset pairs = PairDataset.of(data, "{}");
        PairDataset.write(folder, pairs, 0.95f);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("0.jpeg", "1.jpeg", "2.jpeg", "image_text.csv");
        }
        assertThat(Files.readString(folder.resolve("image_text.csv")))
                .isEqualTo("image,text\n0.jpeg,\"a \"\"cup\"\", red\"\n1.jpeg,green tea\n2.jpeg,\"a \"\"cup\"\", red\"\n");
        PairDataset read = PairDataset.read(folder);
        Inspection.require(read);
        for (int i = 0; i < 3; i++) {
            assertThat(read.text(i)).isEqualTo(pairs.text(i));
            assertThat(read.image(i).get(0, 0, 0)).isBetween(i - 1, i + 1);
            assertThat(read.source(i)).isEqualTo(folder.resolve(i + ".jpeg").toString());
        }
    }

    @Test
    void pathsOfTheGeneratingMachine() throws IOException {
        Files.createDirectories(root.resolve("elsewhere"));
        Samples.jpeg(root.resolve("7.jpeg"));
        Samples.jpeg(root.resolve("8.jpeg"));
        Path other = Samples.jpeg(root.resolve("elsewhere/9.jpeg"));
        SampleFiles.text(root.resolve("image_text.csv"),
                "image,text\r\n/home/x/syn/DTD_Syn/7.jpeg,a\r\nC:\\syn\\8.jpeg,b\r\n" + other + ",c\r\n");
        PairDataset pairs = PairDataset.read(root);
        assertThat(Inspection.problems(pairs)).isEmpty();
        assertThat(pairs.source(0)).isEqualTo(root.resolve("7.jpeg").toString());
        assertThat(pairs.source(2)).isEqualTo(other.toString());
    }

    @Test
    void brokenFolders() {
        assertThatThrownBy(() -> PairDataset.read(root.resolve("absent"))).isInstanceOf(InputException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> PairDataset.read(root)).isInstanceOf(InputException.class)
                .hasMessageContaining("image_text.csv");
        for (String[] bad : new String[][] {
            {"", "header image,text"},
            {"0.jpeg,a cat\n", "header image,text"},
            {"image,text\n0.jpeg\n", "row 1"},
            {"image,text\n0.jpeg,a\n1.jpeg,\n", "row 2"},
            {"image,text\n0.jpeg,a,b\n", "row 1"},
            {"image,text\n0.jpeg,\"a\n", "not a CSV file"},
        }) {
            Path csv = SampleFiles.text(root.resolve("image_text.csv"), bad[0]);
            assertThatThrownBy(() -> PairDataset.read(root)).isInstanceOf(InputException.class)
                    .hasMessageContainingAll(csv.toString(), bad[1]).message().doesNotContain("\n");
        }
    }

    @Test
    void rowsBehindTheLastImageAreLeftOutAndAHoleIsAFault() {
        Samples.jpeg(root.resolve("2.jpeg"));
        Samples.jpeg(root.resolve("0.jpeg"));
        Path csv = SampleFiles.text(root.resolve("image_text.csv"),
                "image,text\n./syn/0.jpeg,a\n./syn/1.jpeg,b\n./syn/2.jpeg,c\n./syn/3.jpeg,d\n./syn/4.jpeg,e\n");
        PairDataset pairs = PairDataset.read(root);
        assertThat(pairs.size()).isEqualTo(3);
        assertThat(pairs.text(2)).isEqualTo("c");
        assertThat(PairFolder.rows(csv)).hasSize(5).last().isEqualTo(new PairFolder.Row("./syn/4.jpeg", "e"));
        assertThat(Inspection.problems(pairs)).singleElement().asString().contains(root.resolve("1.jpeg").toString(), "row 2");
        assertThatThrownBy(() -> Inspection.require(pairs)).isInstanceOf(InputException.class).hasMessageContaining("row 2");
        SampleFiles.text(csv, "image,text\n7.jpeg,a\n8.jpeg,b\n");
        assertThatThrownBy(() -> PairDataset.read(root)).isInstanceOf(InputException.class)
                .hasMessageContainingAll("names 2 images, and none is there", "7.jpeg");
        assertThatThrownBy(() -> Inspection.require(PairDataset.concat(List.of()))).isInstanceOf(InputException.class)
                .hasMessageContaining("no images");
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = SampleFiles.text(root.resolve("a.txt"), "old");
        assertThatThrownBy(() -> AtomicFiles.write(file, out -> {
            out.write(1);
            throw new IOException("disk full");
        })).isInstanceOf(InputException.class).hasMessageContainingAll(file.toString(), "disk full");
        assertThatThrownBy(() -> AtomicFiles.write(file.resolve("below"), out -> out.write(1)))
                .isInstanceOf(InputException.class).hasMessageContaining("below");
        assertThat(file).hasContent("old");
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void theCacheMakesEachImageOnceWithinItsBound() {
        AtomicInteger made = new AtomicInteger();
        ImageCache cache = ImageCache.of(PairDataset.of(data, "{}"), image -> {
            made.incrementAndGet();
            return new Image(2, 1, new byte[6]);
        }, 13);
        for (int epoch = 0; epoch < 3; epoch++) {
            for (int i = 0; i < cache.size(); i++) {
                assertThat(cache.get(i).width()).isEqualTo(2);
            }
        }
        assertThat(cache.bytes()).isEqualTo(12); // two images of six bytes fit
        assertThat(made).hasValue(2 + 3); // the third is made in each epoch
    }

    @Test
    void imagesInMemoryKeepTheirTexts() {
        Image red = new Image(1, 1, new byte[] {(byte) 255, 0, 0});
        PairDataset pairs = PairDataset.of("drawn", List.of(red), List.of("a red dot."));
        assertThat(pairs.size()).isEqualTo(1);
        assertThat(pairs.image(0)).isSameAs(red);
        assertThat(pairs.text(0)).isEqualTo("a red dot.");
        assertThat(pairs.source(0)).isEqualTo("drawn#0");
        assertThatThrownBy(() -> PairDataset.of("drawn", List.of(red), List.of()))
                .hasMessage("drawn: 0 texts for 1 images");
    }
}
