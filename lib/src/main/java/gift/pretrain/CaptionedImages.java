package gift.pretrain;

import gift.data.DatasetSource;
import gift.data.ImageCache;
import gift.data.PairDataset;
import gift.data.Task;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.sources.Sources;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The training images of several data sets by class, with captions made of class prompts: what a pretraining draws
 * its batches from.
 */
final class CaptionedImages {
    private static final long CACHE = 2L << 30; // bytes of decoded images

    private static final int CAPTIONS = 50;       // images of a class whose captions the vocabulary is learnt from

    private final List<String> namingTexts;
    private final List<SourceClass> classes = new ArrayList<>();

    /** The images of one class: their places in the data set, the captions of each, the number of the first. */
    private record SourceClass(ImageCache images, int[] items, IntFunction<List<String>> captions, int first) {}

    /** An image, one of its captions, and its number among all images, {@code 0 .. size() - 1}. */
    record Pair(Image image, String caption, int number) {}

    /**
     * Opens and inspects the data sets of a recipe.
     *
     * @param recipe the recipe's folder, to which {@code configured} is relative
     * @param data the folder of the data sets instead of {@code configured}, or null
     */
    static CaptionedImages open(Path recipe, Path data, String configured, List<String> sets, List<String> templates) {
        DatasetSource root = Sources.of(recipe, data, configured, sets);
        return new CaptionedImages(root.namingTexts(), sets.stream().map(root::open).toList(), templates);
    }

    /** @param templates prompts with {} for the class; empty for each set's own, or for the images' own captions */
    private CaptionedImages(List<String> namingTexts, List<Task> sets, List<String> templates) {
        this.namingTexts = namingTexts;
        for (Task task : sets) {
            ImageCache images = ImageCache.of(task.train(), p -> p, CACHE);
            List<List<Integer>> items = new ArrayList<>();
            task.classNames().forEach(name -> items.add(new ArrayList<>()));
            for (int i = 0; i < task.train().size(); i++) {
                items.get(task.train().label(i)).add(i);
            }
            List<String> wordings = templates.isEmpty() ? task.templates() : templates;
            for (int c = 0; c < items.size(); c++) {
                int number = c;
                List<String> prompts = wordings.stream().map(t -> task.prompts(t).get(number)).toList();
                IntFunction<List<String>> captions = templates.isEmpty() && task.train() instanceof PairDataset own
                        ? i -> List.of(own.text(i)) : i -> prompts;
                classes.add(new SourceClass(images, items.get(c).stream().mapToInt(i -> i).toArray(), captions, size()));
            }
        }
    }

    /**
     * The texts that a vocabulary is learnt from: {@link DatasetSource#namingTexts}, then the captions of the first images
     * of every class, among which is each wording and each name.
     */
    List<String> vocabularyTexts() {
        return Stream.concat(namingTexts.stream(), classes.stream().flatMap(c -> Arrays.stream(c.items).limit(CAPTIONS)
                .mapToObj(c.captions).flatMap(List::stream).distinct())).toList();
    }

    /** Number of images. */
    int size() {
        if (classes.isEmpty()) {
            return 0;
        }
        SourceClass last = classes.get(classes.size() - 1);
        return last.first + last.items.length;
    }

    /** The images {@code from .. to - 1} as they are, the shorter side made {@code size}, the middle cut out. */
    List<Image> whole(int from, int to, int size) {
        List<Image> some = new ArrayList<>();
        for (SourceClass source : classes) {
            for (int i = Math.max(from, source.first); i < Math.min(to, source.first + source.items.length); i++) {
                some.add(Preprocess.evaluation(source.images.get(source.items[i - source.first]), size));
            }
        }
        return some;
    }

    /** Refuses a batch that cannot be of distinct classes. */
    void requireClasses(int batch) {
        if (batch > classes.size()) {
            throw new InputException("batch_size " + batch + " exceeds the " + classes.size()
                    + " classes, which are distinct in a batch");
        }
    }

    /**
     * The pairs of one update, of distinct classes: a random image of each, cropped, mirrored or not, with one of its
     * captions. Depends on seed and update alone.
     *
     * @param size pixels of a side
     * @param leastArea least share of an image's area in the crop; 1 for images as they are, never mirrored
     */
    List<Pair> batch(long seed, int update, int count, int size, double leastArea) {
        int[] order = RandomStream.of(seed, "pretraining classes", update).permutation(classes.size());
        List<Pair> batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SourceClass source = classes.get(order[i % order.length]);
            RandomStream random = RandomStream.of(seed, "pretraining picture", update, i);
            int chosen = random.nextInt(source.items.length);
            int item = source.items[chosen];
            Image image = source.images.get(item);
            List<String> captions = source.captions.apply(item);
            String caption = captions.get(random.nextInt(captions.size()));
            if (leastArea == 1) {
                batch.add(new Pair(Preprocess.evaluation(image, size), caption, source.first + chosen));
                continue;
            }
            Preprocess.Box box = Preprocess.randomBox(image.width(), image.height(), leastArea, 1, 3.0 / 4, 4.0 / 3,
                    random);
            Image crop = Preprocess.resizedCrop(image, box, size);
            batch.add(new Pair(random.nextInt(2) == 0 ? crop : mirrored(crop), caption, source.first + chosen));
        }
        return batch;
    }

    private static Image mirrored(Image image) {
        int w = image.width();
        byte[] rgb = new byte[image.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            int x = pixel % w;
            rgb[3 * (pixel - x + w - 1 - x) + i % 3] = image.rgb()[i];
        }
        return new Image(w, image.height(), rgb);
    }
}
