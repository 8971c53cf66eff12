package gift.data.catalog;

import gift.io.InputException;
import gift.io.Json;
import gift.io.download.Checksum;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What the paper profile needs and where its publishers keep it: {@code data/catalog.json}.
 *
 * @param about what the file is
 * @param groups names that stand for several items
 * @param items data sets and weights, by name
 */
public record Catalog(String about, Map<String, List<String>> groups, Map<String, Item> items) {
    public Catalog {
        if (groups == null || items == null || groups.containsValue(null) || items.containsValue(null)) {
            throw new InputException("a catalog needs groups and items, none of them null");
        }
        groups = new LinkedHashMap<>(groups);
        items = new LinkedHashMap<>(items);
    }

    /** What an item is. */
    public enum Kind { DATA_SET, WEIGHTS }

    /** Classes and images as published; 0 where no number is known, which agrees with every number. */
    public record Counts(int classes, int train, int test) {
        /** Whether what was found is as published. */
        public boolean agree(Counts found) {
            return agree(classes, found.classes) && agree(train, found.train) && agree(test, found.test);
        }

        static boolean agree(int published, int found) {
            return published == 0 || published == found;
        }
    }

    /**
     * A data set or a model.
     *
     * @param home the publisher's page
     * @param licence in a few words
     * @param cite the paper, in one line
     * @param folder where its files go, below the folder of all data
     * @param files in the order of fetching; none if it cannot be fetched without a login
     * @param there a path below {@code folder} that tells that all of it is there, {@code |} between alternatives; left
     *     out where its files tell
     * @param counts of a data set with classes; null otherwise
     * @param byHand where else to look, and what to put where
     */
    public record Item(Kind kind, String home, String licence, String cite, String folder, List<Remote> files,
            String there, Counts counts, String byHand) {
        public Item {
            folder = folder == null ? "" : folder;
            files = files == null ? List.of() : List.copyOf(files);
            byHand = byHand == null ? "" : byHand;
        }

        /** Whether all of it is there. */
        public boolean isThere(Path root) {
            return there == null ? files.stream().allMatch(file -> file.isThere(root.resolve(folder)))
                    : oneExists(root.resolve(folder), there);
        }

        /** Bytes to fetch, -1 if a size is unknown. */
        public long size() {
            return files.stream().anyMatch(file -> file.size == null) ? -1 : files.stream().mapToLong(Remote::size).sum();
        }
    }

    /**
     * A file at its publisher's.
     *
     * @param addresses the official one first, then those of copies
     * @param size in bytes; null where nobody states it
     * @param checksum {@code sha256:...} or {@code md5:...}; null where nobody states it: then the first download is
     *     recorded, and later ones are compared with it
     * @param statedBy who states the checksum
     * @param to its path below the item's folder; an archive's name where it is unpacked
     * @param unpack whether it is an archive to unpack in the item's folder
     * @param inner archives within, to unpack where they lie
     * @param there what tells that it is there, as of the item; needed of an archive, else its own path
     */
    public record Remote(List<URI> addresses, Long size, String checksum, String statedBy, String to, Boolean unpack,
            List<String> inner, String there) {
        public Remote {
            if (addresses == null || addresses.isEmpty()) {
                throw new InputException("a file without an address");
            }
            addresses = List.copyOf(addresses);
            for (URI address : addresses) {
                if (address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
                    throw new InputException("\"" + address + "\" is no address of the web: http:// or https:// and a host");
                }
            }
            unpack = unpack != null && unpack;
            inner = inner == null ? List.of() : List.copyOf(inner);
            String path = addresses.get(0).getPath();
            to = to == null ? path.substring(path.lastIndexOf('/') + 1) : to;
            if (unpack && there == null) {
                throw new InputException("the archive " + to + " needs there: what tells that it is unpacked");
            }
            there = there == null ? to : there;
            if (checksum != null) {
                Checksum.parse(checksum);
            }
            if ((checksum == null) != (statedBy == null)) {
                throw new InputException("a checksum needs stated_by, and only a checksum has it");
            }
        }

        boolean isThere(Path folder) {
            return oneExists(folder, there);
        }

        /** The stated checksum, or null. */
        public Checksum stated() {
            return checksum == null ? null : Checksum.parse(checksum);
        }
    }

    private static boolean oneExists(Path folder, String alternatives) {
        return Arrays.stream(alternatives.split("\\|")).anyMatch(path -> Files.exists(folder.resolve(path)));
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static Catalog read(Path file) {
        Catalog catalog = Json.read(file, Catalog.class);
        catalog.groups.values().forEach(names -> names.forEach(name -> {
            if (!catalog.items.containsKey(name)) {
                throw new InputException(file + ": a group names '" + name + "'" + Json.nearest(name, catalog.items.keySet()));
            }
        }));
        return catalog;
    }

    /**
     * The items that names stand for, each once; a name may be that of a group.
     *
     * @throws InputException with the nearest name, if there is none of that name
     */
    public Map<String, Item> wanted(List<String> names) {
        LinkedHashSet<String> wanted = new LinkedHashSet<>();
        for (String name : names) {
            if (!groups.containsKey(name) && !items.containsKey(name)) {
                LinkedHashSet<String> known = new LinkedHashSet<>(groups.keySet());
                known.addAll(items.keySet());
                throw new InputException("nothing called '" + name + "' in the catalog" + Json.nearest(name, known));
            }
            wanted.addAll(groups.getOrDefault(name, List.of(name)));
        }
        Map<String, Item> found = new LinkedHashMap<>();
        wanted.forEach(name -> found.put(name, items.get(name)));
        return found;
    }
}
