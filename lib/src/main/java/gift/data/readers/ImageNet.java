package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * ImageNet (ILSVRC 2012) in folders: {@code train/n01440764/...} and {@code val/n01440764/...}, a folder a class, named
 * by its WordNet number; its label is the place of the folder in sorted order. The class names are those that OpenAI
 * made for prompts. The classes are the folders present.
 *
 * <p>For a reference set the training images suffice: without {@code val} the test split is empty.
 */
final class ImageNet {
    private static final String SET = "ImageNet";
    static final String SMALL_SET = "ImageNetSM";
    private static final String HUNDRED_SET = "ImageNet100";
    /** Of the small reference set of the published ZSCL code: so many classes, and images of each. */
    private static final int SMALL = 100;

    private ImageNet() {}

    /**
     * @param root the folder of {@code train}, or the one above {@code ImageNet} (also {@code imagenet}, and
     *     {@code ILSVRC/Data/CLS-LOC} as in the archive on Kaggle)
     */
    static Task open(Path root) {
        Path train = Layout.find(SET, root, List.of("train"), "", SET, "imagenet", "ILSVRC/Data/CLS-LOC",
                "ImageNet/ILSVRC/Data/CLS-LOC");
        Path val = Stream.of("val_in_folder", "val").map(train::resolveSibling).filter(Files::isDirectory).findFirst()
                .orElse(null);
        ClassNames table = ClassNames.of(SET);
        return Layout.task(table, entries(train), val == null ? List.of() : entries(val));
    }

    /**
     * The small reference set of the published ZSCL code, {@code ImageNetSM}: of the first 100 classes the first 100
     * training images each, in sorted order; both splits.
     */
    static Task small(Path root) {
        Task whole = open(root);
        int[] some = IntStream.range(0, whole.train().size()).filter(i -> whole.train().label(i) < SMALL).toArray();
        ImageDataset images = whole.train().subset(some).firstPerClass(SMALL);
        return new Task(SMALL_SET, images, images, whole.templates());
    }

    /**
     * ImageNet-100 of class-incremental learning (Zheng et al., ZSCL, 2023): the first 100 classes of ImageNet, in the order of
     * their folders, with all their images. Folders of other classes are passed over.
     *
     * @param root the folder of {@code train} and {@code val}, or the one above {@code ImageNet100} or {@code ImageNet}
     * @throws InputException naming the folder of a class, if one of the 100 is missing
     */
    static Task hundred(Path root) {
        Path train = Layout.find(HUNDRED_SET, root, List.of("train"), "", HUNDRED_SET, "imagenet100", SET, "imagenet",
                "ILSVRC/Data/CLS-LOC", "ImageNet/ILSVRC/Data/CLS-LOC");
        Path val = Stream.of("val_in_folder", "val").map(train::resolveSibling).filter(Files::isDirectory).findFirst()
                .orElseThrow(() -> new InputException(HUNDRED_SET + ": no folder " + train.resolveSibling("val")
                        + "; its images, sorted into class folders, are the test images"));
        ClassNames table = ClassNames.of(HUNDRED_SET);
        return Layout.task(table, listed(table, train), listed(table, val));
    }

    private static List<Layout.Entry> listed(ClassNames table, Path folder) {
        List<Path> classes = table.folders().stream().map(folder::resolve).toList();
        List<Path> missing = classes.stream().filter(place -> !Files.isDirectory(place)).toList();
        if (!missing.isEmpty()) {
            Path first = missing.get(0);
            throw new InputException(HUNDRED_SET + ": no folder " + first + " (" + table.ofFolder(DataFiles.name(first)) + "); "
                    + missing.size() + " of its " + classes.size() + " classes are missing there");
        }
        return Layout.entries(HUNDRED_SET, classes);
    }

    private static List<Layout.Entry> entries(Path folder) {
        List<Path> classes = Layout.classFolders(SET, folder);
        if (classes.isEmpty()) {
            throw new InputException(SET + ": no class folders such as n01440764 in " + folder + "; the images of the"
                    + " validation archive lie in one folder and must be sorted into class folders first");
        }
        return Layout.entries(SET, classes);
    }
}
