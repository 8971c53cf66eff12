package gift.generate;

import gift.data.FileDataset;
import gift.data.ImageDataset;
import gift.data.PairFolder;
import gift.diffusion.Sampling;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Texts;
import gift.train.FolderLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Images of classes from sentences: a {@link GenerationPlan} whose "tasks" are the classes, so that the generator, its folder,
 * its resuming and its parts serve for them too. Sentence s of a class gives the images {@code n s, ..., n s + n - 1}, the views
 * of one caption.
 *
 * <p>{@link #write} leaves {@code plan.json} and the prompts of every image in a folder; {@code gift generate plan.json} draws.
 *
 * @param model folder of a Stable Diffusion
 * @param sentences of every class, as many of each, in the order of the classes
 * @param wrapper what becomes a prompt, with {} for the sentence: "a centered satellite photo of {}"
 * @param perSentence n
 * @param settings everything else; its tasks, images, lists and output are set here
 */
public record ClassPrompts(Path model, Map<String, List<String>> sentences, String wrapper, int perSentence,
        GenerationPlan settings) {
    private static final String PLAN = "plan.json";
    private static final String CLASSES = "classes"; // their names, which the plan takes for its pools of prompts
    private static final String PROMPTS = "prompts";
    private static final String GUIDES = "guides";
    private static final String IMAGES = "images";

    public ClassPrompts {
        sentences = Collections.unmodifiableMap(new LinkedHashMap<>(sentences));
        InputException.require(!sentences.isEmpty(), "class images: there is no class");
        InputException.require(wrapper.contains("{}"), "class images: the wrapper \"" + wrapper + "\" has no {} for the sentence");
        InputException.require(perSentence > 0, "class images: " + perSentence + " images a sentence must be at least 1");
        int most = sentences.values().stream().mapToInt(List::size).max().orElse(0);
        sentences.forEach((label, own) -> InputException.require(!own.isEmpty() && own.size() == most, "class images: the class '"
                + label + "' has " + own.size() + " sentences, others " + most + "; every class needs as many"));
    }

    /** Settings of a plan of which only these are told; images lose nothing to JPEG. */
    public static GenerationPlan settings(String about, long seed, Sampling sampling, String device) {
        GenerationPlan d = GenerationPlan.DEFAULT;
        return new GenerationPlan(about, "", "", d.generic(), List.of(), Map.of(), 1, seed, sampling, null, d.output(), 1, device,
                d.precision(), d.draw(), 0, "", "", null, null);
    }

    /** Draws the images of a plan's file that are missing. */
    public static void draw(Path plan) {
        Generation generation = new Generation(plan, null);
        if (generation.left() > 0) {
            generation.run(0, generation.total());
        }
    }

    /**
     * The images of all classes, of which this draws what is missing, together with other processes that call it at the same
     * time; goes on where it was stopped. The folder gets what {@link #write} leaves.
     *
     * @param name for messages
     */
    public ImageDataset drawn(String name, Path folder) {
        Generation generation = new Generation(FolderLock.alone(folder, true, () -> write(folder)), null);
        new SharedDrawing(generation, folder.resolve("parts")).run();
        return read(name, folder, List.copyOf(sentences.keySet()), images());
    }

    /** The name of a class's folder, which sorts as the classes are numbered: "0003_annual_crop_land". */
    public static String folder(int index, String label) {
        String plain = label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
        return String.format(Locale.ROOT, "%04d%s", index, plain.isEmpty() ? "" : "_" + plain);
    }

    /** Images of each class. */
    public int images() {
        return perSentence * sentences.values().iterator().next().size();
    }

    /**
     * Writes plan and prompts into a folder.
     *
     * @return the plan's file
     */
    public Path write(Path folder) {
        return write(folder, null, 0);
    }

    /**
     * The same with images to begin with.
     *
     * @param guides of each class, in order, as many of each; or null
     * @param strength see {@link GenerationPlan.Guides}
     */
    public Path write(Path folder, List<List<Image>> guides, double strength) {
        List<String> tasks = new ArrayList<>();
        for (Map.Entry<String, List<String>> entry : sentences.entrySet()) {
            String task = folder(tasks.size(), entry.getKey());
            List<String> prompts = new ArrayList<>();
            entry.getValue().forEach(text -> prompts.addAll(Collections.nCopies(perSentence, wrapper.replace("{}", text))));
            Path own = PairFolder.of(folder.resolve(PROMPTS), task);
            if (!Files.exists(PairFolder.texts(own)) || !texts(own).equals(prompts)) {
                PairFolder.writeTexts(own, prompts);
            }
            if (guides != null) {
                writeGuides(folder.resolve(GUIDES), task, guides.get(tasks.size()));
            }
            tasks.add(task);
        }
        Map<String, String> pools = new LinkedHashMap<>(Map.of(CLASSES, CLASSES + ".txt"));
        tasks.forEach(task -> pools.put(task, CLASSES + ".txt"));
        writeIfNew(folder.resolve(CLASSES + ".txt"), String.join("\n", sentences.keySet()) + "\n");
        GenerationPlan s = settings;
        GenerationPlan plan = new GenerationPlan(s.about(), model.toAbsolutePath().normalize().toString(), "", CLASSES, tasks,
                pools, images(), s.seed(), s.sampling(), s.taskGuidance(), IMAGES, s.quality(), s.device(), s.precision(),
                GenerationPlan.Draw.OWN, 0, PROMPTS, "", null, guides == null ? null : new GenerationPlan.Guides(GUIDES, strength));
        writeIfNew(folder.resolve(PLAN), Json.write(plan));
        return folder.resolve(PLAN);
    }

    /** Leaves a file of the same text as it is, since other processes may read it. */
    private static void writeIfNew(Path file, String text) {
        if (!Files.exists(file) || !Texts.read(file).equals(text)) {
            AtomicFiles.writeString(file, text);
        }
    }

    private static List<String> texts(Path own) {
        return PairFolder.rows(PairFolder.texts(own)).stream().map(PairFolder.Row::text).toList();
    }

    private static void writeGuides(Path root, String task, List<Image> images) {
        for (int i = 0; i < images.size(); i++) {
            Path file = GuideImages.file(root, task, i);
            if (!Files.exists(file)) {
                ImageFiles.writePng(file, images.get(i));
            }
        }
    }

    /**
     * The finished images of a folder as a data set, class by class.
     *
     * @param name for messages
     * @throws InputException naming an image that is not there
     */
    public static ImageDataset read(String name, Path folder, List<String> labels, int images) {
        List<Path> files = new ArrayList<>();
        int[] numbers = new int[labels.size() * images];
        for (int c = 0; c < labels.size(); c++) {
            Path own = PairFolder.of(folder.resolve(IMAGES), folder(c, labels.get(c)));
            for (int j = 0; j < images; j++) {
                Path file = PairFolder.image(own, j);
                InputException.require(Files.isRegularFile(file), name + ": no image " + file + "; draw it by gift generate "
                        + folder.resolve(PLAN));
                numbers[files.size()] = c;
                files.add(file);
            }
        }
        return new FileDataset(name, labels, files, numbers);
    }
}
