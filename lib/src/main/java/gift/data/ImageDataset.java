package gift.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Images with one class label each: one split (training or test) of a data set.
 *
 * <p>Images are numbered {@code 0 .. size()-1}, classes {@code 0 .. classNames().size()-1}. A data set never changes,
 * and its methods may be called from several threads. Whether every image can be read is the question of
 * {@link Inspection}; opening a data set decodes none.
 */
public interface ImageDataset extends ImageSource {
    /** Class names as they appear in prompts; a label is an index into this list. */
    List<String> classNames();

    /** Class index of image {@code i}. */
    int label(int i);

    /** The labels of all images, in order. */
    default int[] labels() {
        return IntStream.range(0, size()).map(this::label).toArray();
    }

    /**
     * The images at {@code indices}, in that order, with the classes and labels of this data set.
     *
     * @throws IndexOutOfBoundsException if an index is not in {@code 0 .. size()-1}
     */
    default ImageDataset subset(int[] indices) {
        return new Subset(this, indices);
    }

    /** The first {@code count} images of every class (all of them where a class has fewer), in their order here. */
    default ImageDataset firstPerClass(int count) {
        Map<Integer, Integer> seen = new HashMap<>();
        return subset(IntStream.range(0, size())
                .filter(i -> seen.merge(label(i), 1, Integer::sum) <= count)
                .toArray());
    }
}
