package gift.transfer;

import gift.data.Contents;
import gift.data.ImageCache;
import gift.data.ImageDataset;
import gift.data.LabelledDataset;
import gift.image.Image;
import gift.io.InputException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Some images of a data set, with the classes that are left; decoded images are kept in memory, up to a bound. */
final class ChosenImages extends LabelledDataset {
    private static final long KEPT = 1L << 30; // bytes of decoded images

    private final ImageDataset all;
    private final int[] numbers;
    private final ImageCache cache;
    private String hash;

    private ChosenImages(ImageDataset all, int[] numbers, List<String> classNames, int[] labels) {
        super(all.name(), classNames, labels);
        this.all = all;
        this.numbers = numbers;
        this.cache = ImageCache.of(all.subset(numbers), UnaryOperator.identity(), KEPT);
    }

    /** The images of some numbers, with all classes. */
    static ChosenImages of(ImageDataset all, int[] numbers) {
        return new ChosenImages(all, numbers, all.classNames(), IntStream.of(numbers).map(all::label).toArray());
    }

    /** The first images, at most so many; 0 for all. */
    static ChosenImages first(ImageDataset all, int most) {
        return of(all, IntStream.range(0, most == 0 ? all.size() : Math.min(most, all.size())).toArray());
    }

    /** Every n-th class: of 10 classes by 2 those of the numbers 0, 2, 4, 6 and 8. */
    static List<String> classes(List<String> names, int oneClassIn) {
        return IntStream.range(0, names.size()).filter(c -> c % oneClassIn == 0).mapToObj(names::get).toList();
    }

    /**
     * The first images of {@link #classes some classes}, which are numbered anew.
     *
     * @throws InputException if a class has fewer
     */
    static ChosenImages perClass(ImageDataset all, int oneClassIn, int perClass) {
        List<String> names = classes(all.classNames(), oneClassIn);
        int[] count = new int[names.size()];
        int[] numbers = IntStream.range(0, all.size()).filter(i -> all.label(i) % oneClassIn == 0
                && count[all.label(i) / oneClassIn]++ < perClass).toArray();
        for (int c = 0; c < count.length; c++) {
            InputException.require(count[c] >= perClass, "transfer: the class '" + names.get(c) + "' of " + all.name() + " has "
                    + count[c] + " images, not the " + perClass + " that pretraining asks for");
        }
        return new ChosenImages(all, numbers, names, IntStream.of(numbers).map(i -> all.label(i) / oneClassIn).toArray());
    }

    @Override
    public Image image(int i) {
        return cache.get(i);
    }

    @Override
    public String source(int i) {
        return all.source(numbers[i]);
    }

    /** Of the contents of all images and their classes; computed once. */
    synchronized String hash() {
        if (hash == null) {
            hash = Contents.sha256(this) + " " + classNames().size() + " classes";
        }
        return hash;
    }
}
