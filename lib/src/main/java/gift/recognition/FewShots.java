package gift.recognition;

import gift.io.InputException;
import gift.tensor.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A few images of every class, and others of every class to choose epochs by. The images of more shots hold those of fewer:
 * both are the beginning of one random order.
 *
 * @param shots numbers of the images, class by class
 * @param validation numbers of other images, class by class; of few images the last of the order
 */
public record FewShots(int[] shots, int[] validation) {
    /**
     * @param labels of all images
     * @param perClass k images of every class
     * @param validationPerClass images of every class to choose by, 0 for none
     * @throws InputException if a class has too few
     */
    public static FewShots draw(int[] labels, List<String> classNames, int perClass, int validationPerClass, long seed) {
        List<Integer> shots = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        for (int c = 0; c < classNames.size(); c++) {
            int number = c;
            int[] own = IntStream.range(0, labels.length).filter(i -> labels[i] == number).toArray();
            if (own.length < perClass + validationPerClass) {
                throw new InputException("the class '" + classNames.get(c) + "' has " + own.length + " images, not the "
                        + perClass + " shots" + (validationPerClass == 0 ? "" : " and " + validationPerClass + " for validation")
                        + " that are asked for");
            }
            int[] order = RandomStream.of(seed, "few shots", c).permutation(own.length);
            for (int i = 0; i < perClass; i++) {
                shots.add(own[order[i]]);
            }
            for (int i = 0; i < validationPerClass; i++) {
                validation.add(own[order[own.length - 1 - i]]);
            }
        }
        return new FewShots(array(shots), array(validation));
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
