package gift.data.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.Samples;
import gift.data.Task;
import gift.data.readers.ImageFolder;
import gift.data.sample.SampleFiles;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.tensor.RandomStream;
import gift.train.Prefetch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packed images against the files that they were made of. */
class PackedImagesTest {
    private static final int[][] SIZES = {{97, 64}, {64, 64}, {40, 71}, {130, 33}, {500, 375}};

    private static final List<byte[]> JPEGS = new ArrayList<>();

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private Packs packs;

    /** Encoded once: every write of a JPEG waits for the disk. */
    @BeforeAll
    static void encode(@TempDir Path scratch) throws IOException {
        for (int i = 0; i < 40; i++) {
            int[] size = SIZES[i % SIZES.length];
            ImageFiles.writeJpeg(scratch.resolve(i + ".jpg"), wavy(size[0], size[1], i), 0.9f);
            JPEGS.add(Files.readAllBytes(scratch.resolve(i + ".jpg")));
        }
    }

    @BeforeEach
    void make() {
        for (String split : List.of("train", "test")) {
            for (int i = 0; i < 40; i++) {
                SampleFiles.bytes(file(split, i), JPEGS.get(i));
            }
        }
        packs = packs();
    }

    private Path file(String split, int i) {
        return folder.resolve("photos").resolve(split).resolve(i % 2 == 0 ? "even" : "odd").resolve(String.format(Locale.ROOT, "%02d.jpg", i));
    }

    private Packs packs() {
        return new Packs(folder.resolve("packed"), folder);
    }

    private static Image wavy(int width, int height, int number) {
        RandomStream random = RandomStream.of(1, "wavy", number);
        byte[] rgb = new byte[3 * width * height];
        double along = 0.05 + 0.2 * random.nextDouble();
        double down = 0.05 + 0.2 * random.nextDouble();
        for (int k = 0; k < rgb.length; k++) {
            int x = k / 3 % width;
            int y = k / 3 / width;
            rgb[k] = (byte) (128 + 90 * Math.sin(along * x + down * y + k % 3) + 20 * (random.nextDouble() - 0.5));
        }
        return new Image(width, height, rgb);
    }

    private Task task() {
        return ImageFolder.open(folder.resolve("photos"));
    }

    private void pack(PackKind train, PackKind test) {
        packs.pack("photos", "train", task().train(), train, said::add, done -> { });
        packs.pack("photos", "test", task().test(), test, said::add, done -> { });
    }

    @Test
    void whatIsMadeOfWholeImagesEqualsTheFilesToTheLastBit() {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        assertThat(said.get(0)).contains("photos/train: 40 images, whole").contains("equal to the files");
        Task files = task();
        Task packed = packs().of(files);
        for (int i = 0; i < 40; i++) {
            Image file = files.train().image(i);
            Image kept = packed.train().image(i);
            assertThat(kept.width()).isEqualTo(file.width());
            assertThat(kept.rgb()).isEqualTo(file.rgb());
            assertThat(crop(kept, i)).isEqualTo(crop(file, i));
            assertThat(Preprocess.evaluation(packed.test().image(i), 48).rgb())
                    .isEqualTo(Preprocess.evaluation(files.test().image(i), 48).rgb());
            assertThat(packed.train().label(i)).isEqualTo(files.train().label(i));
            assertThat(packed.train().source(i)).isEqualTo(files.train().source(i));
        }
        assertThat(Inspection.problems(packed)).isEmpty();
    }

    private static byte[] crop(Image image, int i) {
        return Preprocess.randomResizedCrop(image, 48, RandomStream.of(1, "crop", 0, 3, i)).rgb();
    }

    @Test
    void packedOnceTheSecondCallOnlyCompares() throws IOException {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        FileTime before = Files.getLastModifiedTime(packs.file("photos", "train"));
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        assertThat(said.get(2)).contains("packed before").contains("32 read back and compared");
        assertThat(Files.getLastModifiedTime(packs.file("photos", "train"))).isEqualTo(before);
        pack(PackKind.WHOLE, PackKind.evaluation(64)); // another kind is another file
        assertThat(said.get(5)).contains("squares of 64").doesNotContain("packed before");
    }

    @Test
    void pairsShareTheFormat() {
        PairDataset pairs = PairDataset.of(task().train(), "a photo of a {}.");
        packs.pack("photos", "pairs", pairs, PackKind.evaluation(48), said::add, done -> { });
        PairDataset packed = packs().of("photos", pairs);
        for (int i = 0; i < 40; i++) {
            assertThat(packed.image(i).rgb()).isEqualTo(Preprocess.evaluation(pairs.image(i), 48).rgb());
            assertThat(packed.text(i)).isEqualTo(pairs.text(i));
        }
        assertThat(packed.contents(0)).isNotEqualTo(packed.contents(1));
    }

    @Test
    void aLimitSaysHowFarItIsFromTheFiles() {
        pack(PackKind.limited(300), PackKind.evaluation(48));
        assertThat(said.get(0)).containsPattern("levels of 255 away in the mean, at most [1-9]");
        Packs again = packs();
        ImageDataset packed = again.of(task()).train();
        assertThat(packed.image(2).height()).isEqualTo(300); // of 500 x 375
        assertThat(packed.image(0).rgb()).isEqualTo(task().train().image(0).rgb()); // small ones stay whole
        assertThat(again.changes()).hasSize(1).containsEntry("packed photos.train.pictures", "shorter side at most 300");
        assertThat(packs().changes()).isEmpty();
    }

    @Test
    void imagesOverTheEdgeOfAWindowAreWhole() {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        // not far below an image: every window is a map of its own, and Linux gives a process 65,530 of them
        for (long window : new long[] {4096, 12_345, 70_001, 600_000, 1 << 20}) {
            PackedImages packed = PackedImages.open(packs.file("photos", "train"), window);
            for (int i = 0; i < 40; i++) {
                assertThat(packed.image(i).rgb()).isEqualTo(task().train().image(i).rgb());
            }
        }
    }

    @Test
    void whatIsStaleIsRefusedByName() throws IOException {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        FileTime time = Files.getLastModifiedTime(file("train", 7));
        Files.setLastModifiedTime(file("train", 7), FileTime.fromMillis(time.toMillis() + 1000));
        stale("1 of 40 files have changed", file("train", 7).toString(), "gift data pack");
        Files.setLastModifiedTime(file("train", 7), time);
        packs().of(task());
        Files.write(file("train", 7), new byte[] {0}, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(file("train", 7), time);
        stale("1 of 40 files have changed");
        Files.move(file("train", 7), file("train", 9).resolveSibling("new.jpg"));
        stale("another list of images");
        Files.delete(file("train", 9).resolveSibling("new.jpg"));
        stale("another list of images, 40 in place of 39");
        pack(PackKind.WHOLE, PackKind.evaluation(48)); // makes it anew
        assertThat(packs().of(task()).train().size()).isEqualTo(39);
    }

    private void stale(String... parts) {
        assertThatThrownBy(() -> packs().of(task())).isInstanceOf(InputException.class).hasMessageContaining("is stale")
                .hasMessageContainingAll(parts).hasMessageNotContaining("\n");
    }

    @Test
    void damageIsNoticed() throws IOException {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        Path file = packs.file("photos", "train");
        byte[] sound = Files.readAllBytes(file);
        for (int at : new int[] {0, 9, 17, 21, 30, sound.length - 1, sound.length - 100, sound.length - 1500}) {
            changed(file, sound, at);
            assertThatThrownBy(() -> PackedImages.open(file)).isInstanceOf(InputException.class)
                    .hasMessageContaining(file.toString()).hasMessageContaining("pack again");
        }
        for (double share : new double[] {0, 0.001, 0.5, 0.999}) {
            Files.write(file, Arrays.copyOf(sound, (int) (share * sound.length)));
            assertThatThrownBy(() -> PackedImages.open(file)).isInstanceOf(InputException.class);
        }
        changed(file, sound, PackedImages.HEADER + 10); // a pixel of the first image
        PackedImages packed = PackedImages.open(file);
        assertThatThrownBy(() -> packed.image(0)).isInstanceOf(InputException.class).hasMessageContaining("image 0");
        packed.image(1);
    }

    private static void changed(Path file, byte[] sound, int at) throws IOException {
        byte[] bytes = sound.clone();
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void whatCannotBePackedIsRefused() throws IOException {
        ImageDataset inMemory = Samples.dataset(List.of("a"), 0, 0);
        assertThatThrownBy(() -> packs.pack("memory", "train", inMemory, PackKind.WHOLE, said::add, done -> { }))
                .isInstanceOf(InputException.class).hasMessageContaining("gain nothing");
        Files.write(file("test", 3), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> pack(PackKind.WHOLE, PackKind.evaluation(48))).isInstanceOf(InputException.class)
                .hasMessageContaining(file("test", 3).toString());
        assertThat(folder.resolve("packed").toFile().list()).containsExactly("photos.train.pictures");
    }

    @Test
    void squaresServeOneResolutionAndNoTraining() {
        pack(PackKind.WHOLE, PackKind.evaluation(48));
        Packs opened = packs();
        opened.of(task());
        opened.requireResolution(48);
        assertThatThrownBy(() -> opened.requireResolution(64)).hasMessageContaining("squares of 48")
                .hasMessageContaining("--resolution 64");
        packs.pack("photos", "train", task().train(), PackKind.evaluation(48), said::add, done -> { });
        assertThatThrownBy(() -> packs().of(task())).hasMessageContaining("nothing can be trained");
    }

    @Test
    void theNumberOfWorkersChangesNothing() {
        ImageDataset data = task().train();
        List<List<Integer>> seen = new ArrayList<>();
        for (int workers : new int[] {1, 2, 7}) {
            try (Prefetch<Integer> batches = new Prefetch<>(
                    i -> Arrays.hashCode(crop(data.image(i % 40), i)), 60, workers)) {
                seen.add(IntStream.range(0, 60).mapToObj(batches::get).toList());
            }
        }
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
        assertThat(seen.get(2)).isEqualTo(seen.get(0));
    }
}
