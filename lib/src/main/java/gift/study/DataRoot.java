package gift.study;

import gift.data.Datasets;
import gift.data.ImageFolder;
import gift.data.Inspection;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that holds the data sets: published ones by name, own ones as image folders. */
final class DataRoot {
    private final Path root;

    DataRoot(Path root) {
        this.root = root;
        if (!Files.isDirectory(root)) {
            throw new InputException("no pictures at " + root + ": give the folder of the data sets with --data or"
                    + " GIFT_DATA; data/README.md says what to download");
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
