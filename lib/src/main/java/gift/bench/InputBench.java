package gift.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.data.packed.PackKind;
import gift.data.packed.Packs;
import gift.data.readers.ImageFolder;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.Folders;
import gift.io.InputException;
import gift.sources.Sources;
import gift.tensor.Devices;
import gift.tensor.HostBuffers;
import gift.tensor.HostImages;
import gift.tensor.RandomStream;
import gift.train.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * How many images one core prepares for the model, by where they come from. Counted is the processor time of one thread,
 * which other work on the machine hardly changes; the disk's time is not in it, as the images are read before.
 */
public final class InputBench {
    private static final int WIDTH = 500; // the commonest size in ImageNet
    private static final int HEIGHT = 375;
    private static final float QUALITY = 0.95f;

    private final Settings settings;
    private final HostBuffers buffers = new HostBuffers();

    /**
     * @param data folder of data sets, or null for painted images of 500 x 375
     * @param set of which training images are taken
     * @param images how many
     * @param resolution R of the model
     * @param batch images that a step takes
     * @param stepMs milliseconds of a step
     * @param repeats how often all images are prepared
     */
    public record Settings(Path data, String set, int images, int resolution, int batch, double stepMs, Repeats repeats) {
        public Settings {
            if (images < 1 || resolution < 1 || batch < 1 || !(stepMs > 0)) {
                throw new InputException("images, resolution, batch and step-ms must be positive");
            }
            if ((data == null) != (set == null)) {
                throw new InputException("give both --data and --set, or neither for painted images");
            }
        }
    }

    /**
     * @param perSecond images a second and core, the middle one of the repeats
     * @param least the smallest of them
     * @param most the largest of them
     */
    public record Rate(String source, double perSecond, double least, double most) {
        /** The same as the time of one image, which is processor time of one thread. */
        private Timing timing(Repeats repeats) {
            return new Timing(source, repeats.warmup(), repeats.count(), Samples.rounded(1000 / perSecond), Samples.rounded(1000 / most),
                    Samples.rounded(1000 / least), Samples.rounded(1000 / perSecond), 0, null, null, null);
        }
    }

    public InputBench(Settings settings) {
        this.settings = settings;
    }

    /** What {@link #run} has measured, as a report. */
    public BenchReport report(List<Rate> rates) {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            String work = String.format(Locale.ROOT, "images of %s to %d x %d", settings.set == null ? "500 x 375" : settings.set,
                    settings.resolution, settings.resolution);
            return BenchReport.of("input", work, "fp32", Environment.of(manager), null,
                    rates.stream().map(rate -> rate.timing(settings.repeats)).toList());
        }
    }

    /** Measures and reports line by line. */
    public List<Rate> run(Consumer<String> report) {
        Path scratch = scratch();
        try {
            ImageDataset data = settings.data == null ? painted(scratch)
                    : Sources.of(settings.data, null, ".", List.of(settings.set)).openUnseen(settings.set).train();
            data = data.subset(IntStream.range(0, Math.min(settings.images, data.size())).toArray());
            return measure(data, scratch.resolve("packed"), report);
        } finally {
            Folders.delete(scratch);
        }
    }

    private List<Rate> measure(ImageDataset data, Path folder, Consumer<String> report) {
        int r = settings.resolution;
        ImageDataset whole = packed(data, folder.resolve("whole"), PackKind.WHOLE);
        ImageDataset squares = packed(data, folder.resolve("squares"), PackKind.evaluation(r));
        List<Image> memory = IntStream.range(0, Math.min(64, data.size())).mapToObj(data::image).toList();
        report.accept(String.format(Locale.ROOT, "%d images of %s, mean %d x %d; packed whole %.0f kB each, as squares %.0f kB",
                data.size(), data.name(), mean(memory, Image::width), mean(memory, Image::height),
                memory.stream().mapToInt(p -> p.rgb().length).average().orElseThrow() / 1e3, 3e-3 * r * r));
        report.accept(String.format(Locale.ROOT, "%-42s %10s %16s   cores for %d every %.0f ms", "images from",
                "ms each", "a second a core", settings.batch, settings.stepMs));
        List<Rate> rates = List.of(
                rate("files, training crop", i -> crop(data.image(i), i), data.size()),
                rate("packed whole, training crop", i -> crop(whole.image(i), i), data.size()),
                rate("memory, training crop", i -> crop(memory.get(i), i), memory.size()),
                rate("files, evaluation", i -> Preprocess.evaluation(data.image(i), r), data.size()),
                rate("packed squares, evaluation", squares::image, data.size()));
        rates.forEach(rate -> report.accept(String.format(Locale.ROOT, "%-42s %10.2f %16.0f   %d", rate.source,
                1000 / rate.perSecond, rate.perSecond, cores(rate.perSecond))));
        report.accept("each to bytes of " + r + " x " + r
                + " for the device, which normalizes them; processor time of one thread, files in the system's cache");
        return rates;
    }

    private static int mean(List<Image> images, ToIntFunction<Image> what) {
        return (int) Math.round(images.stream().mapToInt(what).average().orElseThrow());
    }

    /** How many cores keep up with the steps. */
    int cores(double perSecond) {
        return (int) Math.ceil(1000.0 * settings.batch / settings.stepMs / perSecond);
    }

    private Image crop(Image image, int i) {
        return Preprocess.randomResizedCrop(image, settings.resolution, RandomStream.of(0, "bench crop", i));
    }

    private Rate rate(String source, IntFunction<Image> prepare, int size) {
        double[] seconds = new double[settings.repeats.count()];
        for (int i = -settings.repeats.warmup(); i < seconds.length; i++) { // warm-up: until the compiler has seen it
            double one = time(prepare, size);
            seconds[Math.max(i, 0)] = one;
        }
        Arrays.sort(seconds);
        return new Rate(source, settings.images / seconds[seconds.length / 2], settings.images / seconds[seconds.length - 1],
                settings.images / seconds[0]);
    }

    private double time(IntFunction<Image> prepare, int size) {
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < settings.images; i++) {
            Image image = prepare.apply(i % size);
            buffers.give(HostImages.of(List.of(image)).fill(buffers));
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9;
    }

    private ImageDataset packed(ImageDataset data, Path folder, PackKind kind) {
        Path root = settings.data == null ? folder : settings.data;
        return new Packs(folder, root).packed(data, kind);
    }

    /** Images with edges, waves and noise, about as large in files as photographs. */
    private ImageDataset painted(Path folder) {
        for (String split : List.of("train", "test")) {
            int count = split.equals("train") ? Math.min(settings.images, 64) : 1;
            for (int i = 0; i < count; i++) {
                ImageFiles.writeJpeg(folder.resolve("painted").resolve(split).resolve("one").resolve(i + ".jpg"), paint(i), QUALITY);
            }
        }
        Task task = ImageFolder.open(folder.resolve("painted"));
        return task.train();
    }

    private static Image paint(int number) {
        RandomStream random = RandomStream.of(0, "painted", number);
        byte[] rgb = new byte[3 * WIDTH * HEIGHT];
        double[] wave = random.doubles(24).toArray();
        for (int i = 0; i < rgb.length; i++) {
            int x = i / 3 % WIDTH;
            int y = i / 3 / WIDTH;
            double value = 128 + 12 * (random.nextDouble() - 0.5);
            for (int k = 0; k < 6; k++) {
                double phase = (wave[k] * x + wave[6 + k] * y) * 0.02 * (1 << k) + 6 * wave[12 + k] + i % 3;
                value += (k % 2 == 0 ? Math.sin(phase) : Math.signum(Math.sin(phase))) * 50 / (k + 1);
            }
            rgb[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return new Image(WIDTH, HEIGHT, rgb);
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("gift-bench");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
