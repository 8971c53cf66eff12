package gift.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.Shared;
import gift.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoding compared with the Python Imaging Library (Pillow), which the published code reads its images with. Needs a
 * Python that has it (Debian: python3-pil); what Pillow makes of the files lies in the test's own folder.
 */
class PillowTest {
    private static final int COMPARED = 200;
    /** Reads each file named on a line of the first argument and writes width, height (big-endian) and RGB beside it. */
    private static final String DECODE = """
            import sys, struct
            from PIL import Image
            for line in open(sys.argv[1]):
                source, target = line.rstrip("\\n").split("\\t")
                picture = Image.open(source).convert("RGB")
                with open(target, "wb") as out:
                    out.write(struct.pack(">ii", *picture.size) + picture.tobytes())
            """;
    /** A coloured image with edges and waves. */
    private static final String PAINT = """
            import sys, math
            from PIL import Image
            def paint(w, h):
                picture = Image.new("RGB", (w, h))
                picture.putdata([(int(128 + 100 * math.sin(x / 9.0)), 255 * ((x // 8 + y // 8) % 2),
                                  int(128 + 100 * math.cos(y / 7.0))) for y in range(h) for x in range(w)])
                return picture
            picture, to = paint(123, 77), sys.argv[1]
            """;

    @TempDir
    Path folder;

    private static String python; // found once

    private static String python() throws IOException, InterruptedException {
        for (String candidate : python != null ? List.of(python) : List.of("python3", "/usr/bin/python3")) {
            try {
                Process process = new ProcessBuilder(candidate, "-c", "import PIL").redirectErrorStream(true).start();
                if (process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0) {
                    python = candidate;
                    return candidate;
                }
            } catch (IOException e) {
                continue; // there is no such program
            }
        }
        Assumptions.abort("no Python with Pillow; on Debian: apt-get install python3-pil");
        return null;
    }

    private void python(String program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python(), "-c", program));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private List<Image> pillow(List<Path> files) throws IOException, InterruptedException {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            list.append(files.get(i).toAbsolutePath()).append('\t').append(folder.resolve(i + ".rgb")).append('\n');
        }
        python(DECODE, Files.writeString(folder.resolve("list.txt"), list));
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(i + ".rgb")));
            int width = bytes.getInt();
            int height = bytes.getInt();
            byte[] rgb = new byte[bytes.remaining()];
            bytes.get(rgb);
            images.add(new Image(width, height, rgb));
        }
        return images;
    }

    /** How many values differ by how many levels. */
    private static long[] differences(Image ours, Image theirs) {
        assertThat(ours.width()).isEqualTo(theirs.width());
        assertThat(ours.height()).isEqualTo(theirs.height());
        long[] counts = new long[256];
        for (int i = 0; i < ours.rgb().length; i++) {
            counts[Math.abs((ours.rgb()[i] & 0xff) - (theirs.rgb()[i] & 0xff))]++;
        }
        return counts;
    }

    private static int largest(long[] counts) {
        int largest = 255;
        while (counts[largest] == 0) {
            largest--;
        }
        return largest;
    }

    @Test
    void realPhotographs() throws IOException, InterruptedException {
        python();
        List<Path> all;
        try (Stream<Path> files = Files.walk(Shared.require("realdata"))) {
            all = files.filter(file -> file.toString().endsWith(".jpg")).sorted().toList();
        }
        List<Path> some = new ArrayList<>();
        for (int i = 0; i < COMPARED; i++) {
            some.add(all.get((int) ((long) i * all.size() / COMPARED)));
        }
        List<Image> pillow = pillow(some);
        long[] counts = new long[256];
        int equal = 0;
        for (int i = 0; i < COMPARED; i++) {
            long[] one = differences(ImageFiles.read(some.get(i)), pillow.get(i));
            equal += largest(one) == 0 ? 1 : 0;
            for (int level = 0; level < 256; level++) {
                counts[level] += one[level];
            }
        }
        long values = Arrays.stream(counts).sum();
        StringBuilder report = new StringBuilder(String.format(Locale.ROOT,
                "%d of %d photographs decode as Pillow decodes them, bit for bit; of %,d values%n", equal, COMPARED, values));
        for (int level = 0; level <= largest(counts); level++) {
            report.append(String.format(Locale.ROOT, "  %3d levels apart: %8.4f %%%n", level, 100.0 * counts[level] / values));
        }
        System.out.print(report);
        Files.writeString(Path.of("target", "pillow.txt"), report);
        assertThat((double) counts[0] / values).isGreaterThan(0.98); // all of them where Java uses the same libjpeg
        assertThat(largest(counts)).isLessThanOrEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "jpeg.jpg | picture.save(to, quality=90)",
        "coarse.jpg | picture.save(to, quality=10)",
        "progressive.jpg | picture.save(to, quality=85, progressive=True)",
        "full.jpg | picture.save(to, quality=85, subsampling=0)",
        "half.jpg | picture.save(to, quality=85, subsampling=1)",
        "quarter.jpg | picture.save(to, quality=85, subsampling=2)",
        "optimized.jpg | picture.save(to, quality=85, optimize=True)",
        "grey.jpg | picture.convert('L').save(to, quality=85)",
        "grey_progressive.jpg | picture.convert('L').save(to, progressive=True)",
        "thin.jpg | paint(1, 50).save(to)",
        "cmyk.jpg | picture.convert('CMYK').save(to, quality=95)",
        "cmyk_progressive.jpg | picture.convert('CMYK').save(to, quality=95, progressive=True)",
        "cmyk_black.jpg | c = picture.split(); Image.merge('CMYK', (c[0], c[1], c[2], c[1])).save(to, quality=95)",
        "cmyk_dark.jpg | c = picture.split(); Image.merge('CMYK', (c[0], c[1], c[2], c[2])).save(to, quality=95)",
        "rotated.jpg | e = Image.Exif(); e[0x112] = 6; picture.save(to, exif=e)",
        "profile.jpg | from PIL import ImageCms; picture.save(to, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile('LAB')).tobytes())"})
    void jpegs(String name, String program) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        python(PAINT + program, file);
        long[] counts = differences(ImageFiles.read(file), pillow(List.of(file)).get(0));
        System.out.println(name + ": at most " + largest(counts) + " levels from Pillow, " + counts[0] + " of "
                + Arrays.stream(counts).sum() + " values equal");
        assertThat(largest(counts)).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rgb.png | picture.save(to)",
        "grey.png | picture.convert('L').save(to)",
        "one_bit.png | picture.convert('1').save(to)",
        "alpha.png | picture.putalpha(picture.convert('L')); picture.save(to)",
        "grey_alpha.png | g = picture.convert('L'); g.putalpha(128); g.save(to)",
        "palette.png | picture.quantize(60).save(to)",
        "transparent_palette.png | picture.quantize(60).save(to, transparency=3)",
        "rgb.bmp | picture.save(to)",
        "grey.bmp | picture.convert('L').save(to)",
        "palette.gif | picture.quantize(200).save(to)",
        "rgb.tif | picture.save(to)"})
    void formatsWithoutLoss(String name, String program) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        python(PAINT + program, file);
        assertThat(ImageFiles.read(file).rgb()).isEqualTo(pillow(List.of(file)).get(0).rgb());
    }

    /** Pillow, too, refuses them as the published code uses it. */
    @ParameterizedTest
    @ValueSource(strings = {"quality=85", "quality=85, progressive=True"})
    void whatIsCutOffIsRefusedByBoth(String how) throws IOException, InterruptedException {
        Path whole = folder.resolve("whole.jpg");
        python(PAINT + "picture.save(to, " + how + ")", whole);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> ImageFiles.read(cut)).isInstanceOf(InputException.class).hasMessageContaining(cut.toString());
        assertThatThrownBy(() -> pillow(List.of(cut))).isInstanceOf(AssertionError.class).hasMessageContaining("truncated");
    }
}
