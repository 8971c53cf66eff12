package gift.study;

import gift.data.Datasets;
import gift.data.ImageFolder;
import gift.data.Inspection;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** The folder that holds the data sets: published ones by name, own ones as image folders. */
final class DataRoot {
    private final Path root;

    /** @param needed the data sets that will be asked for, to name them where the folder is missing */
    DataRoot(Path root, Collection<String> needed) {
        this.root = root;
        if (!Files.isDirectory(root)) {
            throw new InputException("no pictures at " + root + ": download " + String.join(", ", needed)
                    + " (data/README.md says where and how they lie) and give their folder with --data or GIFT_DATA");
        }
    }

    /**
     * Opens a data set and inspects every picture of it.
     *
     * @throws InputException naming what is missing or unreadable
     */
    Task open(String name) {
        boolean folder = !Datasets.names().contains(name) && Files.isDirectory(root.resolve(name));
        Task task = folder ? ImageFolder.open(root.resolve(name)) : Datasets.open(name, root);
        Inspection.require(task);
        return task;
    }
}
