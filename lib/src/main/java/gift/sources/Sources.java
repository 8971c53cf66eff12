package gift.sources;

import gift.data.DatasetSource;
import gift.io.InputException;
import gift.mini.World;
import gift.mini.WorldSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** Chooses the source of data sets that a recipe, plan or study names under {@code data}. */
public final class Sources {
    /** The one name that is no folder: the mini world. A folder of that name is written "./mini". */
    public static final String WORLD = World.NAME;

    private Sources() {}

    /** Whether the configured place is a folder. */
    public static boolean isFolder(String configured) {
        return !configured.equals(WORLD);
    }

    /**
     * The source that a configuration names: {@link #WORLD}, else a folder.
     *
     * @param base the folder to which {@code configured} is relative
     * @param override a folder in place of the configured one, or null; the world needs none and stays itself
     * @param needed the data sets that will be asked for, to name them where the folder is missing
     * @throws InputException if there is no such folder
     */
    public static DatasetSource of(Path base, Path override, String configured, Collection<String> needed) {
        if (!isFolder(configured)) {
            return new WorldSource();
        }
        Path root = override != null ? override : base.resolve(configured).normalize();
        if (!Files.isDirectory(root)) {
            throw new InputException("no images at " + root + ": download " + String.join(", ", needed)
                    + " (data/README.md says where and how they lie) and give their folder with --data or GIFT_DATA");
        }
        return new FolderSource(root);
    }
}
