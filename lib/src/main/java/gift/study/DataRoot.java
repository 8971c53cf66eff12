package gift.study;

import gift.data.Datasets;
import gift.data.ImageFolder;
import gift.data.Inspection;
import gift.data.Task;
import gift.io.InputException;
import gift.mini.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Where data sets come from: a folder with published ones by name and own ones as image folders, or the mini world. */
final class DataRoot {
    private final Path root; // null for the mini world

    private DataRoot(Path root) {
        this.root = root;
    }

    /**
     * The place that a configuration names: {@link World#NAME}, else a folder. (A folder of that name is written
     * "./mini".)
     *
     * @param base the folder to which {@code configured} is relative
     * @param override a folder in place of the configured one, or null; the world needs none and stays itself
     * @param needed the data sets that will be asked for, to name them where the folder is missing
     */
    static DataRoot of(Path base, Path override, String configured, Collection<String> needed) {
        if (configured.equals(World.NAME)) {
            return new DataRoot(null);
        }
        Path root = override != null ? override : base.resolve(configured).normalize();
        if (!Files.isDirectory(root)) {
            throw new InputException("no pictures at " + root + ": download " + String.join(", ", needed)
                    + " (data/README.md says where and how they lie) and give their folder with --data or GIFT_DATA");
        }
        return new DataRoot(root);
    }

    /** Whether it is the mini world, whose data sets open by {@link World#open}. */
    boolean isWorld() {
        return root == null;
    }

    /**
     * Opens a data set and inspects every picture of it; those of the world need no look.
     *
     * @throws InputException naming what is missing or unreadable
     */
    Task open(String name) {
        if (isWorld()) {
            return World.open(name);
        }
        boolean folder = !Datasets.names().contains(name) && Files.isDirectory(root.resolve(name));
        Task task = folder ? ImageFolder.open(root.resolve(name)) : Datasets.open(name, root);
        Inspection.require(task);
        return task;
    }
}
