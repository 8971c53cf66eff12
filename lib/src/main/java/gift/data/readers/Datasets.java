package gift.data.readers;

import gift.data.PairDataset;
import gift.data.Task;
import gift.io.InputException;
import gift.io.Nearest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Opens data sets by name, in the folder layouts in which they were published. */
public final class Datasets {
    private static final Map<String, Function<Path, Task>> READERS = new LinkedHashMap<>();

    static {
        READERS.put("Aircraft", Aircraft::open);
        READERS.put("Caltech101", Caltech101::open);
        READERS.put("CIFAR100", Cifar::open100);
        READERS.put("DTD", Dtd::open);
        READERS.put("EuroSAT", EuroSat::open);
        READERS.put("Flowers", Flowers::open);
        READERS.put("Food", Food::open);
        READERS.put("MNIST", Mnist::open);
        READERS.put("OxfordPet", OxfordPet::open);
        READERS.put("StanfordCars", StanfordCars::open);
        READERS.put("SUN397", Sun397::open);
        READERS.put("CIFAR10", Cifar::open10);
        READERS.put("ImageNet", ImageNet::open);
        READERS.put("ImageNetSM", ImageNet::small);
        READERS.put("ImageNet100", ImageNet::hundred);
        READERS.put("TinyImageNet", TinyImageNet::open);
        READERS.put("CUB", Cub::open);
        READERS.put("Birdsnap", Birdsnap::open);
        READERS.put("Caltech256", Caltech256::open);
        READERS.put("ImageNetSketch", ImageNetShift::sketch);
        READERS.put("ImageNetR", ImageNetShift::renditions);
        READERS.put("UCF101", Ucf101::open);
        READERS.put("ImageFolder", ImageFolder::open);
    }

    private Datasets() {}

    /** The names that {@link #open} knows. */
    public static List<String> names() {
        return List.copyOf(READERS.keySet());
    }

    /**
     * Opens a data set: reads its lists, decodes no image.
     *
     * <p>In a part of a data set, the classes are those that its own lists or folders name: the label lists of DTD,
     * OxfordPet and Food, the folders of Caltech101, Caltech256, EuroSAT, the ImageNets and ImageFolder, the class tables of
     * Aircraft, StanfordCars, SUN397, CUB and Birdsnap, the lists of UCF101, {@code wnids.txt} of TinyImageNet, and all classes of MNIST, CIFAR,
     * Flowers and ImageNet100.
     *
     * @param name one of {@link #names()}
     * @param root the data set's folder, or the folder that holds it under its original name
     * @throws InputException if the name is unknown (with the nearest known one), or lists or folders are missing or
     *     wrong
     */
    public static Task open(String name, Path root) {
        Function<Path, Task> reader = READERS.get(name);
        if (reader == null) {
            throw new InputException("no data set \"" + name + "\"; did you mean " + Nearest.to(name, names())
                    + "? Known: " + String.join(", ", names()));
        }
        return reader.apply(root);
    }

    /** The names that {@link #openPairs} knows: data sets of images with sentences, without classes. */
    public static List<String> pairNames() {
        return List.of(ConceptualCaptions.SET);
    }

    /**
     * Opens images with their sentences: reads the table, decodes no image.
     *
     * @param name one of {@link #pairNames()}
     * @param root as in {@link #open}
     * @throws InputException as in {@link #open}
     */
    public static PairDataset openPairs(String name, Path root) {
        requirePairs(name);
        return ConceptualCaptions.open(root);
    }

    /** All sentences of such a data set, whether their images are there or not. */
    public static List<String> captions(String name, Path root) {
        requirePairs(name);
        return ConceptualCaptions.captions(root);
    }

    private static void requirePairs(String name) {
        if (!pairNames().contains(name)) {
            throw new InputException("no data set of images with sentences \"" + name + "\"; known: "
                    + String.join(", ", pairNames()));
        }
    }
}
