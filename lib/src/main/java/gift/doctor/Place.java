package gift.doctor;

import gift.data.catalog.Catalog;
import gift.data.catalog.Catalog.Item;
import gift.data.catalog.Catalog.Kind;
import gift.data.catalog.Catalog.Remote;
import gift.io.Nearest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the catalog says of data sets and files of weights.
 *
 * @param root the folder of all data
 * @param catalog null where there is none
 */
record Place(Path root, Catalog catalog) {

    /** The catalog's entry of a name; null if there is none. */
    Item item(String name) {
        return catalog == null ? null : catalog.items().get(name);
    }

    /** What gets a data set. */
    String mend(String name) {
        Item item = item(name);
        return item == null ? "put it there (data/README.md says how it lies)"
                : item.files().isEmpty() ? "by hand: " + item.byHand()
                : "delete what is broken, then environment/gift data get " + name + " --data " + root;
    }

    /** What gets weights that should lie at a path: the catalog's entry of that file, else the nearest name. */
    String mendWeights(Path path) {
        if (catalog == null) {
            return "put them there";
        }
        List<String> known = catalog.items().entrySet().stream().filter(e -> e.getValue().kind() == Kind.WEIGHTS)
                .map(Map.Entry::getKey).toList();
        if (known.isEmpty()) {
            return "put them there";
        }
        String name = known.stream().filter(item -> item(item).files().stream().anyMatch(file -> path.endsWith(file.to())))
                .findFirst().orElseGet(() -> Nearest.to(path.getFileName().toString(), known));
        return "environment/gift data get " + name + " --data " + root + " (to " + root.resolve(item(name).folder())
                + "), or put them there";
    }

    /**
     * The catalog's entry of a file: it lies where the catalog puts it, or in a folder called like the item, or its name
     * is that of one item's file alone, as ViT-B-16.pt is. Null if there is none.
     */
    Remote remote(Path file) {
        if (catalog == null) {
            return null;
        }
        List<Map.Entry<String, Item>> weights = catalog.items().entrySet().stream()
                .filter(entry -> entry.getValue().kind() == Kind.WEIGHTS).toList();
        for (Map.Entry<String, Item> entry : weights) {
            for (Remote remote : entry.getValue().files()) {
                Path to = Path.of(remote.to());
                Path folder = file.endsWith(to) ? up(file, to.getNameCount()) : null;
                boolean torch = remote.to().matches("[^/]*\\.pth?");
                if (folder != null && (torch || folder.equals(root.resolve(entry.getValue().folder()))
                        || folder.getFileName() != null && folder.getFileName().toString().equals(entry.getKey()))) {
                    return remote;
                }
            }
        }
        return null;
    }

    private static Path up(Path file, int names) {
        Path folder = file;
        for (int i = 0; i < names && folder != null; i++) {
            folder = folder.getParent();
        }
        return folder;
    }
}
