package gift.study;

import gift.clip.Preprocess;
import gift.data.PictureCache;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Picture;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The training pictures of several data sets by class, with captions made of class prompts: what a pretraining draws
 * its batches from.
 */
final class CaptionedPictures {
    private static final long CACHE = 2L << 30; // bytes of decoded pictures

    private final List<SourceClass> classes = new ArrayList<>();

    /** The pictures of one class. */
    private record SourceClass(PictureCache pictures, int[] items, List<String> captions) {}

    /** A picture and one of its captions. */
    record Pair(Picture picture, String caption) {}

    /**
     * Opens and inspects the data sets of a recipe.
     *
     * @param recipe the recipe's folder, to which {@code configured} is relative
     * @param data the folder of the data sets instead of {@code configured}, or null
     */
    static CaptionedPictures open(Path recipe, Path data, String configured, List<String> sets, List<String> templates) {
        DataRoot root = new DataRoot(data != null ? data : recipe.resolve(configured).normalize(), sets);
        return new CaptionedPictures(sets.stream().map(root::open).toList(), templates);
    }

    /** @param templates prompts with {} for the class; empty for each set's own */
    private CaptionedPictures(List<Task> sets, List<String> templates) {
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
                List<String> captions = wordings.stream().map(t -> task.prompts(t).get(number)).toList();
                classes.add(new SourceClass(pictures, items.get(c).stream().mapToInt(i -> i).toArray(), captions));
            }
        }
    }

    /** All captions. */
    List<String> captions() {
        return classes.stream().flatMap(c -> c.captions.stream()).toList();
    }

    /** Refuses a batch that cannot be of distinct classes. */
    void requireClasses(int batch) {
        if (batch > classes.size()) {
            throw new InputException("batch_size " + batch + " exceeds the " + classes.size()
                    + " classes, which are distinct in a batch");
        }
    }

    /**
     * The pairs of one update, of distinct classes: a random picture of each, cropped, mirrored or not, with one of the
     * class's captions. Depends on seed and update alone.
     *
     * @param size pixels of a side
     * @param leastArea least share of a picture's area in the crop
     */
    List<Pair> batch(long seed, int update, int count, int size, double leastArea) {
        int[] order = RandomStream.of(seed, "pretraining classes", update).permutation(classes.size());
        List<Pair> batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            SourceClass source = classes.get(order[i % order.length]);
            RandomStream random = RandomStream.of(seed, "pretraining picture", update, i);
            Picture picture = source.pictures.get(source.items[random.nextInt(source.items.length)]);
            String caption = source.captions.get(random.nextInt(source.captions.size()));
            Preprocess.Box box = Preprocess.randomBox(picture.width(), picture.height(), leastArea, 1, 3.0 / 4, 4.0 / 3,
                    random);
            Picture crop = Preprocess.resizedCrop(picture, box, size);
            batch.add(new Pair(random.nextInt(2) == 0 ? crop : mirrored(crop), caption));
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
