package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Test sets of ImageNet's classes in other styles: ImageNet-Sketch (Wang et al. 2019), drawings of all 1,000 classes in
 * {@code sketch/n01440764/...}, and ImageNet-R (Hendrycks et al. 2021), renditions of 200 of them in
 * {@code imagenet-r/n01443537/...}. A class has ImageNet's name. The training split is empty: nothing is learnt from them.
 */
final class ImageNetShift {
    private ImageNetShift() {}

    /** @param root the folder of the class folders, or the one above {@code sketch} */
    static Task sketch(Path root) {
        return open("ImageNetSketch", root, "sketch", "ImageNet-Sketch/sketch", "imagenet-sketch/sketch", "ImageNet-Sketch",
                "imagenet-sketch");
    }

    /** @param root the folder of the class folders, or the one above {@code imagenet-r} */
    static Task renditions(Path root) {
        return open("ImageNetR", root, "imagenet-r", "ImageNet-R", "ImageNet-R/imagenet-r");
    }

    private static Task open(String set, Path root, String... places) {
        ClassNames table = ClassNames.of("ImageNet");
        Path folder = classes(set, table, root, places);
        List<Layout.Entry> images = Layout.entries(set, Layout.classFolders(set, folder));
        List<String> keys = images.stream().map(Layout.Entry::key).distinct().sorted().toList();
        return Layout.task(set, keys, keys.stream().map(table::ofFolder).toList(), table.templates(), List.of(), images);
    }

    /** The first folder with class folders in it, that of the user's own first. */
    private static Path classes(String set, ClassNames table, Path root, String... places) {
        DataFiles.requireFolder(set, root);
        for (String place : Stream.concat(Stream.of(""), Arrays.stream(places)).toList()) {
            Path folder = root.resolve(place);
            if (Files.isDirectory(folder) && Layout.folders(set, folder).stream()
                    .anyMatch(one -> table.hasFolder(DataFiles.name(one)))) {
                return folder;
            }
        }
        throw new InputException(set + ": no class folders such as n01443537 in " + root + " or its subfolders "
                + String.join(", ", places) + "; unpack the original archive there");
    }
}
