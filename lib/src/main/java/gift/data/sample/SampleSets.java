package gift.data.sample;

import gift.data.ClassNames;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The published data sets by name, each with all its classes and a few painted images of each, in its true layout: what
 * a dry run opens in place of the downloads.
 */
public final class SampleSets {
    private static final int RANDOMLY_DIVIDED = 5; // images a class: with fewer a split leaves classes without training
    private static final int IMAGENET_CLASSES = 20;
    private static final int SENTENCES = 200;

    /** Where a set lies and how it is painted. */
    private record Sample(String folder, Consumer<Path> writer) {}

    private static final Map<String, Sample> SETS = new LinkedHashMap<>();

    static {
        add("Aircraft", "fgvc-aircraft-2013b", root -> TrueLayouts.aircraft(root, ClassNames.of("Aircraft").names()));
        add("Caltech101", "caltech101", root -> TrueLayouts.folders(root.resolve("caltech101/101_ObjectCategories"),
                TrueLayouts.classFolders("Caltech101"), RANDOMLY_DIVIDED));
        add("CIFAR100", "cifar-100-binary", TrueLayouts::cifar100);
        add("DTD", "dtd", TrueLayouts::dtd);
        add("EuroSAT", "eurosat", root -> TrueLayouts.folders(root.resolve("eurosat/2750"),
                TrueLayouts.classFolders("EuroSAT"), RANDOMLY_DIVIDED));
        add("Flowers", "flowers-102", TrueLayouts::flowers);
        add("Food", "food-101", TrueLayouts::food);
        add("MNIST", "MNIST", TrueLayouts::mnist);
        add("OxfordPet", "oxford-iiit-pet", TrueLayouts::oxfordPet);
        add("StanfordCars", "stanford_cars", TrueLayouts::stanfordCars);
        add("SUN397", "SUN397", root -> TrueLayouts.sun397(root, RANDOMLY_DIVIDED));
        add("CIFAR10", "cifar-10-batches-bin", TrueLayouts::cifar10);
        add("ImageNet", "ImageNet", root -> TrueLayouts.imageNet(root, IntStream.range(0, IMAGENET_CLASSES).boxed().toList(), 1));
        add("ImageNet100", "ImageNet100", TrueLayouts::imageNet100);
        add("TinyImageNet", "tiny-imagenet-200", TrueLayouts::tinyImageNet);
        add("CUB", "CUB_200_2011", root -> TrueLayouts.cub(root, List.of("001.Black_footed_Albatross", "002.Laysan_Albatross",
                "003.Sooty_Albatross")));
        add("Birdsnap", "birdsnap", root -> TrueLayouts.birdsnap(root, List.of("Acadian Flycatcher", "Allen's Hummingbird")));
        add("Caltech256", "caltech256", root -> TrueLayouts.caltech256(root, List.of("001.ak47", "002.american-flag",
                "063.electric-guitar-101"), RANDOMLY_DIVIDED));
        add("ImageNetSketch", "sketch", root -> TrueLayouts.imageNetShift(root.resolve("sketch"),
                ClassNames.of("ImageNet").folders().subList(0, IMAGENET_CLASSES)));
        add("ImageNetR", "imagenet-r", root -> TrueLayouts.imageNetShift(root.resolve("imagenet-r"),
                ClassNames.of("ImageNet").folders().subList(1, 1 + IMAGENET_CLASSES)));
        add("UCF101", "ucf101", root -> TrueLayouts.ucf101(root, List.of("Apply_Eye_Makeup", "Archery", "Yo_Yo")));
        add("ConceptualCaptions", "ConceptualCaptions", root -> TrueLayouts.conceptualCaptions(root, SENTENCES, 8));
    }

    private SampleSets() {}

    private static void add(String name, String folder, Consumer<Path> writer) {
        SETS.put(name, new Sample(folder, writer));
    }

    /** The sets that {@link #write} knows. */
    public static List<String> names() {
        return List.copyOf(SETS.keySet());
    }

    /** @throws InputException if there is no such set */
    public static void require(String name) {
        if (!SETS.containsKey(name)) {
            throw new InputException("no painted images for the data set '" + name + "'" + Json.nearest(name, SETS.keySet()));
        }
    }

    /**
     * Writes a set, whole or not at all, unless it is there.
     *
     * @param root the folder that holds the data sets
     * @return whether it was written now
     * @throws InputException if there is no such set, or the folder cannot be written
     */
    public static boolean write(String name, Path root) {
        require(name);
        Sample sample = SETS.get(name);
        Path place = root.resolve(sample.folder);
        if (Files.exists(place)) {
            return false;
        }
        Path part = root.resolve(".part-" + sample.folder);
        try {
            Folders.delete(part); // of a run that was killed
            sample.writer.accept(part);
            Files.move(part.resolve(sample.folder), place);
            Folders.delete(part);
        } catch (IOException e) {
            throw new InputException("cannot write " + place + ": " + AtomicFiles.reason(e), e);
        }
        return true;
    }
}
