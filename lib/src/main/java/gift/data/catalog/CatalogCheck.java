package gift.data.catalog;

import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.catalog.Catalog.Counts;
import gift.data.catalog.Catalog.Item;
import gift.data.catalog.Catalog.Kind;
import gift.data.catalog.Catalog.Remote;
import gift.data.readers.Datasets;
import gift.data.readers.FolderSet;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks whether what the catalog names is there as it was published. */
public final class CatalogCheck {
    private final Path root;
    private final Map<String, FolderSet> own;
    private final DownloadRecord record;

    /** @param root the folder of all data */
    public CatalogCheck(Path root) {
        this.root = root;
        this.own = FolderSet.in(root);
        this.record = DownloadRecord.in(root);
    }

    /**
     * What is wrong with an item, one line each; empty if nothing is. Of a data set classes and images are counted, of
     * weights size and checksum are compared with what is stated or was recorded.
     *
     * @param images whether every image is decoded, too
     */
    public List<String> problems(String name, Item item, boolean images) {
        List<String> problems = new ArrayList<>();
        try {
            if (item.kind() == Kind.WEIGHTS) {
                item.files().forEach(file -> weights(name, root.resolve(item.folder()).resolve(file.to()), file, problems));
            } else if (item.counts() == null) {
                PairDataset pairs = Datasets.openPairs(name, root);
                problems.addAll(images ? Inspection.problems(pairs) : List.of());
            } else {
                counted(name, Datasets.open(name, root), item.counts(), images, problems);
            }
        } catch (InputException e) {
            problems.add(e.getMessage());
        }
        return problems;
    }

    /** The same for a data set of {@code data_sets.json}, of which no counts are known. */
    public List<String> problems(String name, boolean images) {
        FolderSet set = own.get(name);
        if (set == null) {
            throw new InputException("no data set '" + name + "'" + Json.nearest(name, own.keySet()));
        }
        try {
            Task task = set.open(name, root);
            return images ? Inspection.problems(task) : List.of();
        } catch (InputException e) {
            return List.of(e.getMessage());
        }
    }

    /** The names in {@code data_sets.json}. */
    public List<String> own() {
        return List.copyOf(own.keySet());
    }

    private static void counted(String name, Task task, Counts counts, boolean images, List<String> problems) {
        compare(name, "classes", task.classNames().size(), counts.classes(), problems);
        compare(name, "training images", task.train().size(), counts.train(), problems);
        compare(name, "test images", task.test().size(), counts.test(), problems);
        if (images) {
            boolean tested = counts.train() == 0 && task.train().size() == 0; // a set for testing alone
            problems.addAll(tested ? Inspection.problems(task.test()) : Inspection.problems(task));
        }
    }

    private static void compare(String name, String what, int found, int published, List<String> problems) {
        if (!Counts.agree(published, found)) {
            problems.add(name + ": " + found + " " + what + ", published are " + published);
        }
    }

    private void weights(String name, Path file, Remote remote, List<String> problems) {
        if (!Files.isRegularFile(file)) {
            problems.add(name + ": no file " + file + "; gift data get " + name);
            return;
        }
        try {
            long size = Files.size(file);
            if (remote.size() != null && size != remote.size()) {
                problems.add(name + ": " + file + " has " + size + " bytes, not " + remote.size());
            } else {
                record.difference(remote, file).ifPresent(text -> problems.add(name + ": " + text));
            }
        } catch (IOException e) {
            problems.add(name + ": cannot read " + file + " (" + InputException.kindAndMessage(e) + ")");
        }
    }
}
