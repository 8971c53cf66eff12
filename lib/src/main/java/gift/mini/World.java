package gift.mini;

import gift.data.Task;
import gift.io.InputException;
import gift.io.Nearest;
import gift.mini.Concept.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A procedural world of 32 x 32 images, the same on every machine, in which the whole study can be run in minutes.
 *
 * <p>Its <em>web</em> shows every concept in many looks, with captions: the counterpart of the image-text pairs that
 * CLIP and Stable Diffusion were trained on. Its <em>tasks</em> show some of the same concepts, each task in a style of
 * its own that the web does not have: the counterparts of MTIL's data sets. All of them are ordinary data sets.
 */
public final class World {
    /** The name by which recipes, plans and studies refer to the world as the place of their data. */
    public static final String NAME = "mini";

    /** Changes whenever any image or caption does; part of every image's source. */
    static final int VERSION = 1;

    /** The web as a data set whose classes are all concepts. */
    public static final String WEB = "web";

    /** The web's images of concepts that are in no task. */
    public static final String GENERIC = "generic";

    /** As in MTIL's prompts. */
    public static final String TEMPLATE = "a photo of a {}.";

    private static final int TASK_TRAINING = 60; // images a class
    private static final int TASK_TEST = 400;    // images a task
    private static final int WEB_TRAINING = 500; // images a class
    private static final int WEB_TEST = 15;
    private static final long TEST = 1L << 32;   // first number of test images, beyond all of training
    private static final long VALIDATION = 1L << 33; // of validation images, beyond all of test

    private static final List<Concept> CONCEPTS = all();

    /** All who ask for a data set get the same one, and share the images that it has painted. */
    private static final Map<String, WorldDataset> DATASETS = new ConcurrentHashMap<>();

    private World() {}

    private static List<Concept> all() {
        List<Concept> all = new ArrayList<>();
        add(all, Family.AIRCRAFT, Aircraft.ALL.keySet());
        add(all, Family.OBJECTS, Things.OBJECTS.keySet());
        add(all, Family.TEXTURES, Textures.NAMES);
        add(all, Family.LAND, Lands.NAMES);
        add(all, Family.FLOWERS, Flowers.ALL.keySet());
        add(all, Family.FOOD, Foods.ALL.keySet());
        add(all, Family.DIGITS, Glyphs.DIGITS.stream().map("number "::concat).toList());
        add(all, Family.PETS, Animals.ALL.keySet());
        add(all, Family.LETTERS, IntStream.rangeClosed('a', 'z').mapToObj(c -> "letter " + (char) c).toList());
        add(all, Family.THINGS, Things.GENERIC.keySet());
        add(all, Family.SHAPES, Things.SHAPES.keySet());
        return List.copyOf(all);
    }

    private static void add(List<Concept> all, Family family, Collection<String> names) {
        names.forEach(name -> all.add(new Concept(name, family)));
    }

    /** All concepts of the web, family by family. */
    public static List<Concept> concepts() {
        return CONCEPTS;
    }

    /** The concepts that are in no task. */
    public static List<Concept> genericConcepts() {
        return CONCEPTS.stream().filter(concept -> concept.family().generic()).toList();
    }

    /** The names of the tasks: "aircraft", "objects", ... */
    public static List<String> tasks() {
        return Arrays.stream(Family.values()).filter(family -> !family.generic()).map(World::nameOf).toList();
    }

    /** The tasks, {@link #WEB} and {@link #GENERIC}: everything that {@link #open} knows. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(WEB, GENERIC));
        names.addAll(tasks());
        return names;
    }

    /**
     * A task, or the web or its generic part as one.
     *
     * @throws InputException if there is none of that name
     */
    public static Task open(String name) {
        return open(name, "/test", TEST);
    }

    /**
     * The same with validation images in place of the test images: as many others, in no split of {@link #open}. Settings
     * are chosen by them.
     *
     * @throws InputException if there is none of that name
     */
    public static Task openForValidation(String name) {
        return open(name, "/validation", VALIDATION);
    }

    /** @param first number of the images that the model is evaluated on */
    private static Task open(String name, String split, long first) {
        if (isCaptioned(name)) {
            return new Task(name, captioned(name), web(name, split, WEB_TEST, first), List.of(TEMPLATE));
        }
        List<Concept> concepts = CONCEPTS.stream()
                .filter(concept -> !concept.family().generic() && nameOf(concept.family()).equals(name)).toList();
        if (concepts.isEmpty()) {
            throw unknown(name);
        }
        return new Task(name, ofTask(name + "/train", concepts, TASK_TRAINING * concepts.size(), 0),
                ofTask(name + split, concepts, TASK_TEST, first), List.of(TEMPLATE));
    }

    private static WorldDataset ofTask(String name, List<Concept> concepts, int size, long first) {
        return DATASETS.computeIfAbsent(name, key -> new WorldDataset(key, concepts, size, first, Styles::image,
                (concept, number) -> TEMPLATE.replace("{}", concept.name())));
    }

    /** Whether it is a part of the web, whose images have captions. */
    public static boolean isCaptioned(String name) {
        return name.equals(WEB) || name.equals(GENERIC);
    }

    /**
     * The training images of {@link #WEB} or {@link #GENERIC} with their own captions; the same images in the same
     * order as those of {@link #open}.
     *
     * @throws InputException if there is no captioned set of that name
     */
    public static WorldDataset captioned(String name) {
        if (!isCaptioned(name)) {
            throw unknown(name);
        }
        return web(name, "/train", WEB_TRAINING, 0);
    }

    private static WorldDataset web(String name, String split, int each, long first) {
        List<Concept> concepts = name.equals(WEB) ? CONCEPTS : genericConcepts();
        return DATASETS.computeIfAbsent(name + split, key -> new WorldDataset(key, concepts, each * concepts.size(), first,
                Web::image, Web::caption));
    }

    private static InputException unknown(String name) {
        return new InputException("the mini world has no '" + name + "'; the nearest is '" + Nearest.to(name, names())
                + "' of " + String.join(", ", names()));
    }

    static String nameOf(Family family) {
        return family.name().toLowerCase(Locale.ROOT);
    }
}
