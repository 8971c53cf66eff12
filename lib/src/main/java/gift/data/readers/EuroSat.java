package gift.data.readers;

import gift.data.ClassNames;
import gift.data.Task;
import java.nio.file.Path;
import java.util.List;

/**
 * EuroSAT, the 27,000 RGB images: one folder a class in {@code 2750} (the first archive) or {@code EuroSAT_RGB} (the
 * one on Zenodo), or in the folder itself (on Kaggle). Images are numbered class by class in sorted order, and divided 80/20 at random with seed 42. The
 * classes are the folders present.
 */
final class EuroSat {
    private static final String SET = "EuroSAT";

    private EuroSat() {}

    /** @param root the folder of {@code 2750} or {@code EuroSAT_RGB}, or the one above {@code eurosat} */
    static Task open(Path root) {
        ClassNames table = ClassNames.of(SET);
        Path folder = Layout.classesIn(table, root, List.of("2750", "EuroSAT_RGB"), "", "eurosat", "EuroSAT");
        return Layout.randomTask(table, Layout.classFolders(SET, folder));
    }
}
