package gift.pretrain;

import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.PictureCache;
import gift.data.Task;
import gift.sources.Sources;
import gift.image.Picture;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The training pictures of several data sets by class, with captions made of class prompts: what a pretraining draws
 * its batches from.
 */
final class CaptionedPictures {
    private static final long CACHE = 2L << 30; // bytes of decoded pictures

    private static final int CAPTIONS = 50;       // pictures of a class whose captions the vocabulary is learnt from

    private final boolean world;
    private final List<SourceClass> classes = new ArrayList<>();

    /** The pictures of one class: their places in the data set, the captions of each, the number of the first. */
    private record SourceClass(PictureCache pictures, int[] items, IntFunction<List<String>> captions, int first) {}

    /** A picture, one of its captions, and its number among all pictures, {@code 0 .. size() - 1}. */
    record Pair(Picture picture, String caption, int number) {}

    /**
     * Opens and inspects the data sets of a recipe.
     *
     * @param recipe the recipe's folder, to which {@code configured} is relative
     * @param data the folder of the data sets instead of {@code configured}, or null
     */
    static CaptionedPictures open(Path recipe, Path data, String configured, List<String> sets, List<String> templates) {
        DatasetSource root = Sources.of(recipe, data, configured, sets);
        return new CaptionedPictures(root.isPainted(), sets.stream().map(root::open).toList(), templates);
    }

    /** @param templates prompts with {} for the class; empty for each set's own, or for the world's own captions */
    private CaptionedPictures(boolean world, List<Task> sets, List<String> templates) {
        this.world = world;
        for (Task task : sets) {
            PictureCache pictures = PictureCache.of(task.train(), p -> p, CACHE);
            List<List<Integer>> items = new ArrayList<>();
            task.classNames().forEach(name -> items.add(new ArrayList<>()));
            for (int i = 0; i < task.train().size(); i++) {
                items.get(task.train().label(i)).add(i);
            }
            List<String> wordings = templates.isEmpty() ? task.templates() : templates;
            for (int c = 0; c < items.size(); c++) {
                int number = c;
                List<String> prompts = wordings.stream().map(t -> task.prompts(t).get(number)).toList();
                IntFunction<List<String>> captions = world && templates.isEmpty() && task.train() instanceof PairDataset own
                        ? i -> List.of(own.text(i)) : i -> prompts;
                classes.add(new SourceClass(pictures, items.get(c).stream().mapToInt(i -> i).toArray(), captions, size()));
            }
        }
    }

    /** Whether the pictures are those of the mini world. */
    boolean ofWorld() {
        return world;
    }

    /** The captions of the first pictures of every class: each wording and each name is among them. */
    List<String> captions() {
        return classes.stream().flatMap(c -> Arrays.stream(c.items).limit(CAPTIONS)
                .mapToObj(c.captions).flatMap(List::stream).distinct()).toList();
    }

    /** Number of pictures. */
    int size() {
        if (classes.isEmpty()) {
            return 0;
        }
        SourceClass last = classes.get(classes.size() - 1);
        return last.first + last.items.length;
    }

    /** The pictures {@code from .. to - 1} as they are, the shorter side made {@code size}, the middle cut out. */
    List<Picture> whole(int from, int to, int size) {
        List<Picture> some = new ArrayList<>();
        for (SourceClass source : classes) {
            for (int i = Math.max(from, source.first); i < Math.min(to, source.first + source.items.length); i++) {
                some.add(Preprocess.evaluation(source.pictures.get(source.items[i - source.first]), size));
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
     * The pairs of one update, of distinct classes: a random picture of each, cropped, mirrored or not, with one of its
     * captions. Depends on seed and update alone.
     *
     * @param size pixels of a side
     * @param leastArea least share of a picture's area in the crop; 1 for pictures as they are, never mirrored
     */
    List<Pair> batch(long seed, int update, int count, int size, double leastArea) {
        int[] order = RandomStream.of(seed, "pretraining classes", update).permutation(classes.size());
        List<Pair> batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SourceClass source = classes.get(order[i % order.length]);
            RandomStream random = RandomStream.of(seed, "pretraining picture", update, i);
            int chosen = random.nextInt(source.items.length);
            int item = source.items[chosen];
            Picture picture = source.pictures.get(item);
            List<String> captions = source.captions.apply(item);
            String caption = captions.get(random.nextInt(captions.size()));
            if (leastArea == 1) {
                batch.add(new Pair(Preprocess.evaluation(picture, size), caption, source.first + chosen));
                continue;
            }
            Preprocess.Box box = Preprocess.randomBox(picture.width(), picture.height(), leastArea, 1, 3.0 / 4, 4.0 / 3,
                    random);
            Picture crop = Preprocess.resizedCrop(picture, box, size);
            batch.add(new Pair(random.nextInt(2) == 0 ? crop : mirrored(crop), caption, source.first + chosen));
        }
        return batch;
    }

    private static Picture mirrored(Picture picture) {
        int w = picture.width();
        byte[] rgb = new byte[picture.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            int x = pixel % w;
            rgb[3 * (pixel - x + w - 1 - x) + i % 3] = picture.rgb()[i];
        }
        return new Picture(w, picture.height(), rgb);
    }
}
