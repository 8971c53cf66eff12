package gift.study;

import gift.data.Datasets;
import gift.data.FolderSet;
import gift.data.ImageFolder;
import gift.data.Inspection;
import gift.data.Packs;
import gift.data.PairDataset;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Json;
import gift.mini.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where data sets come from: a folder with published ones by name and own ones, as image folders or described in
 * data_sets.json ({@link FolderSet}); or the mini world.
 */
public final class DataRoot {
    private static final Path WORLD = Path.of(World.NAME);

    private final Path root;
    private final Map<String, FolderSet> own; // those of data_sets.json
    private final Packs packs; // null where pictures come from their files

    private DataRoot(Path root, Packs packs) {
        this.root = root;
        this.packs = packs;
        this.own = root == WORLD ? Map.of() : FolderSet.in(root);
    }

    /**
     * The place that a configuration names: {@link World#NAME}, else a folder. (A folder of that name is written
     * "./mini".)
     *
     * @param base the folder to which {@code configured} is relative
     * @param override a folder in place of the configured one, or null; the world needs none and stays itself
     * @param needed the data sets that will be asked for, to name them where the folder is missing
     */
    public static DataRoot of(Path base, Path override, String configured, Collection<String> needed) {
        if (configured.equals(World.NAME)) {
            return new DataRoot(WORLD, null);
        }
        Path root = override != null ? override : base.resolve(configured).normalize();
        if (!Files.isDirectory(root)) {
            throw new InputException("no pictures at " + root + ": download " + String.join(", ", needed)
                    + " (data/README.md says where and how they lie) and give their folder with --data or GIFT_DATA");
        }
        return new DataRoot(root, null);
    }

    /** The same data sets, with the packed pictures of a folder in place of their files'; the mini world stays itself. */
    public DataRoot packed(Path folder) {
        return isWorld() ? this : new DataRoot(root, new Packs(folder, root));
    }

    /** The packed pictures that are used; null if there are none. */
    public Packs packs() {
        return packs;
    }

    /** Whether it is the mini world, whose data sets open by {@link World#open}. */
    public boolean isWorld() {
        return root == WORLD;
    }

    /** What a file names by a path: beside it or, where that does not exist, below the folder of the data sets. */
    public Path beside(Path folder, String path) {
        return beside(folder, path, isWorld() ? null : root);
    }

    /** @param data folder of the data sets, or null */
    static Path beside(Path folder, String path, Path data) {
        Path beside = folder.resolve(path).normalize();
        return data == null || Files.exists(beside) || !Files.exists(data.resolve(path)) ? beside : data.resolve(path);
    }

    /** For messages: the second place in which {@link #beside} looks. */
    String orBelow(String path) {
        return isWorld() || Path.of(path).isAbsolute() ? "" : ", nor below " + root;
    }

    /** The folder, or the name of the world. */
    public Path path() {
        return root;
    }

    /**
     * Opens a data set and inspects every picture of it.
     *
     * @throws InputException naming what is missing or unreadable
     */
    Task open(String name) {
        Task task = openUnseen(name);
        if (!isWorld()) { // whose pictures are painted, and are always there
            Inspection.require(task);
        }
        return task;
    }

    /** As {@link #open}, but looks at no picture. */
    public Task openUnseen(String name) {
        if (isWorld()) {
            return World.open(name);
        }
        return packs == null ? fromFiles(name) : packs.of(fromFiles(name));
    }

    private Task fromFiles(String name) {
        if (own.containsKey(name)) {
            return own.get(name).open(name, root);
        }
        return isFolder(name) ? ImageFolder.open(root.resolve(name)) : Datasets.open(name, root);
    }

    /** The entry of a data set in data_sets.json; null where it is not described there. */
    public FolderSet own(String name) {
        return own.get(name);
    }

    /**
     * Pictures with texts: of a data set of pairs its own, of the mini world's web their captions, else the training
     * pictures with the prompts of their classes. No picture is looked at.
     */
    PairDataset pairs(String name) {
        if (isWorld() && World.isCaptioned(name)) {
            return World.captioned(name);
        }
        PairDataset pairs = pairsOfFiles(name);
        return packs == null ? pairs : packs.of(name, pairs);
    }

    private PairDataset pairsOfFiles(String name) {
        if (isPairs(name)) {
            return Datasets.openPairs(name, root);
        }
        Task task = openUnseen(name);
        return PairDataset.of(task.train(), task.templates().get(0));
    }

    /** The texts of {@link #pairs}, which need no pictures. */
    List<String> captions(String name) {
        if (isPairs(name)) {
            return Datasets.captions(name, root);
        }
        PairDataset pairs = pairs(name);
        return IntStream.range(0, pairs.size()).mapToObj(pairs::text).toList();
    }

    private boolean isPairs(String name) {
        return !isWorld() && Datasets.pairNames().contains(name);
    }

    private boolean isFolder(String name) {
        return !Datasets.names().contains(name) && Files.isDirectory(root.resolve(name));
    }

    /** Whether there is a published data set, an entry of data_sets.json or a folder of this name. */
    boolean knows(String name) {
        return isWorld() ? World.names().contains(name)
                : Datasets.names().contains(name) || own.containsKey(name) || isFolder(name);
    }

    /** Whether {@link #pairs} knows it. */
    boolean knowsPairs(String name) {
        return knows(name) || isPairs(name);
    }

    /** Refuses names that stand for no data set with classes. */
    public void require(Collection<String> names) {
        for (String name : names) {
            if (isPairs(name)) {
                throw new InputException(name + " has sentences and no classes: it is no task, but serves as reference set"
                        + " or sentences");
            }
            if (!knows(name)) {
                throw new InputException("no data set '" + name + "' at " + root + Json.nearest(name, known()));
            }
        }
    }

    /** The published names, those of data_sets.json and the folders with own pictures. */
    private List<String> known() {
        if (isWorld()) {
            return World.names();
        }
        List<String> known = new ArrayList<>(Datasets.names());
        known.addAll(own.keySet());
        known.remove("ImageFolder"); // a layout, not a data set
        try (Stream<Path> folders = Files.list(root)) {
            folders.filter(f -> Files.isDirectory(f.resolve("train"))).map(f -> f.getFileName().toString())
                    .forEach(known::add);
        } catch (IOException e) {
            throw new InputException("cannot list " + root + ": " + e.getMessage(), e);
        }
        return known.stream().distinct().toList();
    }
}
