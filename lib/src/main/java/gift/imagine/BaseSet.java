package gift.imagine;

import gift.data.FileDataset;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.generate.ClassPrompts;
import gift.generate.GenerationPlan;
import gift.image.Image;
import gift.imagine.ImagineStudyConfig.BaseImages;
import gift.io.InputException;
import gift.io.Json;
import gift.sentences.FactorCaptions;
import gift.sentences.Factors;
import gift.sentences.RecordedSentences;
import gift.sentences.Sentence;
import gift.sentences.SentenceSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The images of ImagineFSL: of each class captions, of each caption several views. Images are counted class by class, caption
 * by caption, view by view.
 *
 * @param images with all classes
 * @param views images a caption
 */
public record BaseSet(ImageDataset images, int views) {
    private static final long KEPT = 1L << 30; // bytes of decoded images in memory

    /**
     * Draws what is missing by Stable Diffusion, together with other processes that call this at the same time; goes on where it
     * was stopped. The folder gets {@code plan.json}, of which {@code gift generate} can draw parts; view v of a class's caption
     * k is its image {@code views k + v}.
     *
     * @param base to which paths of the settings are relative
     * @param labels of each task, as they stand in sentences
     * @param model folder of the Stable Diffusion
     */
    static BaseSet drawn(BaseImages settings, Path base, Path folder, Map<String, List<String>> labels, Path model, String device) {
        Map<String, List<String>> captions = new LinkedHashMap<>();
        labels.forEach((task, own) -> FactorCaptions.first(source(settings, base, task), own, settings.count())
                .forEach((label, sentences) -> captions.put(label, sentences.stream().map(Sentence::text).toList())));
        GenerationPlan plan = ClassPrompts.settings("base set", settings.seed(), settings.sampling(), device);
        return new BaseSet(new ClassPrompts(model, captions, "{}", settings.views(), plan).drawn("base set", folder),
                settings.views());
    }

    private static SentenceSource source(BaseImages settings, Path base, String task) {
        if (!settings.captions().isEmpty()) {
            return RecordedSentences.read(base.resolve(settings.captions()).normalize());
        }
        InputException.require(!settings.factors().isEmpty(), "imagine: base_set needs factors, a folder with " + task
                + ".json, or captions, a file of recorded ones");
        return new FactorCaptions(Factors.read(base.resolve(settings.factors()).resolve(task + ".json").normalize()),
                settings.seed());
    }

    /**
     * Reads given images: {@code view1/<class>/<file>} and files of the same names below view2 and so on, as the published code
     * lays them.
     *
     * @param labels classes; a folder is a class's by its letters and digits
     * @throws InputException naming the class, view or file that is missing
     */
    static BaseSet folders(Path folder, List<String> labels, int views) {
        List<Path> files = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            Path first = classFolder(folder.resolve("view1"), labels.get(c));
            for (Path file : sorted(first)) {
                for (int v = 1; v <= views; v++) {
                    Path other = classFolder(folder.resolve("view" + v), labels.get(c)).resolve(file.getFileName());
                    InputException.require(Files.isRegularFile(other), "the base set has no " + other + ", and has " + file
                            + ": every image needs its " + views + " views, view1 to view" + views);
                    files.add(other);
                    numbers.add(c);
                }
            }
            InputException.require(numbers.contains(c), "the base set has no image of '" + labels.get(c) + "' in " + first);
        }
        return new BaseSet(new FileDataset("base set", labels, files, numbers.stream().mapToInt(Integer::intValue).toArray()),
                views);
    }

    private static Path classFolder(Path view, String label) {
        InputException.require(Files.isDirectory(view), "the base set has no folder " + view + ": it needs view1, view2 and so"
                + " on, each with a folder a class");
        List<Path> all = sorted(view);
        return all.stream().filter(own -> plain(String.valueOf(own.getFileName())).equals(plain(label))).findFirst()
                .orElseThrow(() -> new InputException("the base set has no folder of the class '" + label + "' in " + view
                        + Json.nearest(label, all.stream().map(own -> String.valueOf(own.getFileName())).toList())));
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    private static List<Path> sorted(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new InputException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Real images in place of the base set: of each class the first, so many together as if they were of one caption.
     *
     * @param each images of every class at most; what does not fill a group is left out
     */
    static BaseSet real(List<ImageDataset> tasks, int each, int views) {
        List<ImageDataset> from = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (ImageDataset task : tasks) {
            for (int c = 0; c < task.classNames().size(); c++) {
                int label = c;
                int[] own = IntStream.range(0, task.size()).filter(i -> task.label(i) == label).limit(each).toArray();
                for (int i = 0; i < own.length / views * views; i++) {
                    from.add(task);
                    numbers.add(own[i]);
                }
            }
        }
        InputException.require(!from.isEmpty(), "no class has " + views + " training images, as pretraining on real images needs");
        return new BaseSet(new Joined(from, numbers), views);
    }

    /** Images of several data sets, without classes. */
    private record Joined(List<ImageDataset> from, List<Integer> numbers) implements ImageDataset {
        @Override
        public String name() {
            return "real";
        }

        @Override
        public List<String> classNames() {
            return List.of("real");
        }

        @Override
        public int label(int i) {
            return 0;
        }

        @Override
        public int size() {
            return from.size();
        }

        @Override
        public Image image(int i) {
            return from.get(i).image(numbers.get(i));
        }

        @Override
        public String source(int i) {
            return from.get(i).source(numbers.get(i));
        }

        @Override
        public String contents(int i) {
            return from.get(i).contents(numbers.get(i));
        }
    }

    /** The first captions of every class. */
    BaseSet captions(int most) {
        return most == 0 ? this : new BaseSet(images.firstPerClass(Math.multiplyExact(most, views)), views);
    }

    /** For pretraining; decoded images are kept in memory. */
    ImaginePretraining.Groups groups(String name) {
        ImageCache cache = ImageCache.of(images, UnaryOperator.identity(), KEPT);
        return new ImaginePretraining.Groups() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int size() {
                return images.size() / views;
            }

            @Override
            public int views() {
                return views;
            }

            @Override
            public Image image(int group, int view) {
                return cache.get(group * views + view);
            }
        };
    }

    /**
     * The images of a task's classes, for tuning.
     *
     * @param labels its classes, all of which are there
     * @return images with the classes' numbers in the task
     */
    ImageDataset of(List<String> labels) {
        int[] chosen = IntStream.range(0, images.size())
                .filter(i -> labels.contains(images.classNames().get(images.label(i)))).toArray();
        return images.subset(chosen);
    }
}
