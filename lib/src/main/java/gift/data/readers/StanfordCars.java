package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.FileDataset;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import us.hebi.matlab.mat.types.Cell;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.Struct;

/**
 * Stanford Cars: {@code devkit/cars_meta.mat} names the 196 classes; {@code devkit/cars_train_annos.mat} and
 * {@code cars_test_annos_withlabels.mat} give file name and class (from 1) of the images in {@code cars_train/} and
 * {@code cars_test/}. All classes of cars_meta.mat count, with their names there.
 */
final class StanfordCars {
    private static final String SET = "StanfordCars";

    private StanfordCars() {}

    /** @param root the folder of {@code devkit}, or the one above {@code stanford_cars} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "devkit", "", "stanford_cars");
        Path devkit = folder.resolve("devkit");
        Path testList = folder.resolve("cars_test_annos_withlabels.mat");
        if (!Files.exists(testList)) {
            testList = devkit.resolve("cars_test_annos_withlabels.mat");
        }
        List<String> names = read(devkit.resolve("cars_meta.mat"), "a cell array class_names", StanfordCars::names);
        return new Task(
                SET,
                images("/train", names, devkit.resolve("cars_train_annos.mat"), Layout.inner(folder.resolve("cars_train"))),
                images("/test", names, testList, Layout.inner(folder.resolve("cars_test"))),
                ClassNames.of(SET).templates());
    }

    private static List<String> names(MatFile file) {
        Cell cell = file.getCell("class_names");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < cell.getNumElements(); i++) {
            names.add(cell.getChar(i).getString());
        }
        return names;
    }

    private static ImageDataset images(String part, List<String> names, Path list, Path folder) {
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        read(list, "a struct array annotations with the fields class and fname", file -> {
            Struct annotations = file.getStruct("annotations");
            for (int i = 0; i < annotations.getNumElements(); i++) {
                files.add(DataFiles.resolve(folder, annotations.getChar("fname", i).getString(), list));
                labels.add(annotations.getMatrix("class", i).getInt(0) - 1);
            }
            return null;
        });
        if (labels.contains(-1) && labels.stream().allMatch(label -> label < names.size() - 1)) {
            throw new InputException(SET + ": " + list + " counts classes from 0, where the original counts from 1; "
                    + "unpack the original archive again");
        }
        return new FileDataset(SET + part, names, files, labels.stream().mapToInt(label -> label).toArray());
    }

    private static <T> T read(Path path, String expected, MatFiles.Reading<T> reading) {
        return MatFiles.read(SET, path, expected, "unpack the original archive again (the labels of the test images are"
                + " a download of their own)", reading);
    }
}
