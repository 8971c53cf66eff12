package gift.data;

import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Where data sets come from, by name: a folder with images in files, or the mini world, which paints them. It is chosen
 * where a recipe, plan or study is read; all other code asks the source.
 */
public interface DatasetSource {
    /** The folder, or the name of the world. Names of images begin with it; fingerprints leave it out. */
    Path path();

    /** The folder that files of data sets and weights lie in; null if there is none. */
    Path folder();

    /** The names of all data sets with classes. */
    List<String> names();

    /** Whether there is a data set with classes of this name. */
    boolean knows(String name);

    /** Whether the name stands for a data set as it was published, whose classes and number of images are known. */
    boolean isPublished(String name);

    /** Whether the name stands for images with sentences, without classes. */
    boolean isPairs(String name);

    /** Whether {@link #pairs} knows the name. */
    default boolean knowsPairs(String name) {
        return knows(name) || isPairs(name);
    }

    /**
     * Refuses names that stand for no data set with classes.
     *
     * @throws InputException with the nearest name that there is
     */
    default void require(Collection<String> names) {
        for (String name : names) {
            if (isPairs(name)) {
                throw new InputException(name + " has sentences and no classes: it is no task, but can be a reference set"
                        + " or sentences");
            }
            if (!knows(name)) {
                throw new InputException("no data set '" + name + "' at " + path() + Json.nearest(name, names()));
            }
        }
    }

    /**
     * Opens a data set and inspects every image of it.
     *
     * @throws InputException naming what is missing or unreadable
     */
    default Task open(String name) {
        Task task = openUnseen(name);
        inspect(task);
        return task;
    }

    /**
     * Inspects a data set that came from here, if it needs it.
     *
     * @throws InputException naming what is missing or unreadable
     */
    default void inspect(Task task) {
        if (needsInspection()) {
            Inspection.require(task);
        }
    }

    /**
     * Decodes every image of pairs that came from here, if they need it.
     *
     * @throws InputException naming what is missing or unreadable
     */
    default void inspect(PairDataset pairs) {
        if (needsInspection()) {
            Inspection.require(pairs);
        }
    }

    /** Whether images can be missing or unreadable, so that they are decoded once before they are used. */
    default boolean needsInspection() {
        return true;
    }

    /** As {@link #open}, but looks at no image. */
    Task openUnseen(String name);

    /**
     * Images with texts: of a data set of pairs its own, of the mini world's web their captions, else the training
     * images with the prompts of their classes. No image is looked at.
     */
    PairDataset pairs(String name);

    /** The texts of {@link #pairs}, which need no images. */
    default List<String> captions(String name) {
        PairDataset pairs = pairs(name);
        return IntStream.range(0, pairs.size()).mapToObj(pairs::text).toList();
    }

    /**
     * Texts with the names of all classes that may be learnt later, from which a vocabulary is made besides the captions
     * of what is learnt first; none where these captions name everything.
     */
    List<String> namingTexts();

    /**
     * How the user described a data set in data_sets.json, as part of the settings of a run; null where it is not
     * described there.
     */
    default Object description(String name) {
        return null;
    }

    /**
     * The same data sets with validation images in place of the test images, which cannot be reached any more. Settings are
     * chosen by validation images. Painted ones are painted for it; of images in files they are a part of the training
     * images ({@link ValidationSplit}), and the others are what is left to train and distil on.
     *
     * @throws InputException if there are none
     */
    default DatasetSource forValidation() {
        throw new InputException(path() + " has no validation images, by which settings could be chosen");
    }

    /** The same data sets, with the packed images of a folder in place of their files'; a source without files stays as it is. */
    default DatasetSource packed(Path folder) {
        return this;
    }

    /** Whether packed images are used. */
    default boolean isPacked() {
        return false;
    }

    /**
     * Refuses packed images of another size than the model sees.
     *
     * @throws InputException naming the data set and the two sizes
     */
    default void requireResolution(int resolution) {}

    /** What packing changed in the images opened so far, by data set; part of the settings of a run. */
    default Map<String, String> changes() {
        return Map.of();
    }

    /** What a file names by a path: beside it or, where that does not exist, below the folder of the data sets. */
    default Path beside(Path folder, String path) {
        return DataFiles.beside(folder, path, folder());
    }

    /** For messages about what {@link #beside} did not find: the places where it looked, that of the data sets first. */
    default String places(Path folder, String path) {
        String beside = folder.resolve(path).normalize().toString();
        String below = folder() == null ? beside : folder().resolve(path).normalize().toString();
        return below.equals(beside) ? "at " + beside : "at " + below + ", nor at " + beside;
    }
}
