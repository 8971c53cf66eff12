package gift.data;

import gift.tensor.RandomStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Validation images of a data set that has none of its own: of each class a fifth of the training images (rounded, at least
 * one where there are two), a fixed random choice. The others are left to train on.
 */
public final class ValidationSplit {
    private static final double SHARE = 0.2; // of the training images of a class

    private ValidationSplit() {}

    /** The task with the rest of its training images, and validation images in place of its test images. */
    public static Task of(Task task) {
        ImageDataset all = task.train();
        Set<Integer> validation = validation(all);
        return new Task(task.name(), all.subset(training(all)),
                all.subset(validation.stream().mapToInt(i -> i).sorted().toArray()), task.templates());
    }

    /** The numbers of the images that are left to train on, in their order. */
    public static int[] training(ImageDataset all) {
        Set<Integer> validation = validation(all);
        return IntStream.range(0, all.size()).filter(i -> !validation.contains(i)).toArray();
    }

    private static Set<Integer> validation(ImageDataset all) {
        Map<Integer, List<Integer>> byClass = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            byClass.computeIfAbsent(all.label(i), c -> new ArrayList<>()).add(i);
        }
        Set<Integer> validation = new HashSet<>();
        byClass.forEach((label, images) -> {
            int[] order = RandomStream.of(0, "validation images", label).permutation(images.size());
            int count = images.size() < 2 ? 0 : Math.max(1, (int) Math.round(SHARE * images.size()));
            for (int k = 0; k < count; k++) {
                validation.add(images.get(order[k]));
            }
        });
        return validation;
    }
}
