package gift.data.readers;

import gift.data.ClassNames;
import gift.data.FileDataset;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Oxford Flowers 102: {@code imagelabels.mat} gives the class, from 1, of {@code jpg/image_00001.jpg} and those after
 * it; {@code setid.mat} the numbers, from 1, of the images of each part: {@code trnid} is for training, {@code tstid}
 * for testing; {@code valid} is left out. All 102 classes count.
 */
final class Flowers {
    private static final String SET = "Flowers";
    private static final String HINT = "it is a download of its own, beside the archive of the images";

    private Flowers() {}

    /** @param root the folder of {@code setid.mat}, or the one above {@code flowers-102} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "setid.mat", "", "flowers-102");
        ClassNames table = ClassNames.of(SET);
        int[] labels = numbers(folder.resolve("imagelabels.mat"), "labels");
        if (IntStream.of(labels).anyMatch(label -> label == 0)) {
            throw new InputException(SET + ": imagelabels.mat in " + folder + " counts classes from 0, where the original counts"
                    + " from 1; fetch it again from its publisher");
        }
        Path parts = folder.resolve("setid.mat");
        return new Task(SET, part("/train", folder, labels, numbers(parts, "trnid"), table.names()),
                part("/test", folder, labels, numbers(parts, "tstid"), table.names()), table.templates());
    }

    private static ImageDataset part(String part, Path folder, int[] labels, int[] images, List<String> names) {
        for (int image : images) {
            if (image < 1 || image > labels.length) {
                throw new InputException(SET + ": setid.mat in " + folder + " names image " + image
                        + ", imagelabels.mat has labels of " + labels.length + "; fetch both again");
            }
        }
        Path folderOfImages = Layout.inner(folder.resolve("jpg"));
        List<Path> files = Arrays.stream(images)
                .mapToObj(image -> folderOfImages.resolve(String.format(Locale.ROOT, "image_%05d.jpg", image)))
                .toList();
        return new FileDataset(SET + part, names, files,
                Arrays.stream(images).map(image -> labels[image - 1] - 1).toArray());
    }

    private static int[] numbers(Path file, String variable) {
        return MatFiles.read(SET, file, "a matrix " + variable, HINT, mat -> {
            var matrix = mat.getMatrix(variable);
            return IntStream.range(0, matrix.getNumElements()).map(matrix::getInt).toArray();
        });
    }
}
