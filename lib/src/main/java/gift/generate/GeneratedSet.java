package gift.generate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import gift.data.PairFolder;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Precision;
import gift.train.FolderLock;
import gift.train.SettingsChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The folder of generated images, in the published layout: {@code <output>/<Task>_Syn} with {@code 0.jpeg},
 * {@code 1.jpeg}, ..., {@code image_text.csv} and {@code manifest.jsonl}; beside them {@code plan.json}. The images of a task of
 * more than {@link PairFolder#IN_FOLDER} lie in folders of so many each, unless the set was begun before there were such.
 *
 * <p>An image file appears whole, and its comment says what it was made of. So a job that was stopped at any moment goes on
 * from the files that are there. The table and the manifest of a task are written once its last image is there, by the
 * process that finds it complete.
 */
final class GeneratedSet {
    private static final String PLAN = "plan.json";
    private static final String MANIFEST = "manifest.jsonl";

    private final Path output;
    private final List<String> tasks;
    private final int images;
    private final int each; // in a folder; 0 for all of a task in one

    /** Everything that decides an image; kept in {@code plan.json}, where fp32 and prompts of the own draw are not written. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Settings(String model, Map<String, String> prompts, String generic, List<String> tasks, int images,
            long seed, SchedulerKind scheduler, int steps, double guidance, Double taskGuidance, double eta,
            String negativePrompt, int width, int height, double quality, Precision precision,
            GenerationPlan.Draw draw, Integer listRows, GuideImages.Settings guides, Integer imagesInFolder) {}

    /** What one image was made of; in its file, and with file name and hash in the manifest. */
    record Origin(String prompt, long seed, SchedulerKind scheduler, int steps, double guidance, String model,
            String plan) {}

    private record Line(String file, String sha256, Origin origin) {}

    /**
     * @param output the folder; may not exist
     * @param images of each task
     */
    GeneratedSet(Path output, List<String> tasks, int images) {
        this.output = output;
        this.tasks = tasks;
        this.images = images;
        this.each = isBegun() ? Json.tree(output.resolve(PLAN)).path("images_in_folder").asInt(0)
                : images > PairFolder.IN_FOLDER ? PairFolder.IN_FOLDER : 0;
    }

    /** Images in a folder, for the settings; null for all of a task in one. */
    Integer imagesInFolder() {
        return each == 0 ? null : each;
    }

    /** The folder. */
    Path output() {
        return output;
    }

    /** Whether there are settings that the folder is for. */
    boolean isBegun() {
        return Files.exists(output.resolve(PLAN));
    }

    /** Notes what the folder is for, unless it is noted already. */
    void begin(Settings settings) {
        if (!isBegun()) {
            AtomicFiles.writeString(output.resolve(PLAN), Json.write(settings));
        }
    }

    /** @throws InputException if the folder holds images of other settings */
    void requireSamePlan(Settings settings) {
        if (!isBegun()) {
            return;
        }
        JsonNode now = Json.parse(PLAN, Json.write(settings));
        List<SettingsChange> changes =
                SettingsChange.between(Json.tree(output.resolve(PLAN)), now, MissingNode.getInstance());
        if (!changes.isEmpty()) {
            throw new InputException(output + " holds images of another plan: " + changes.stream()
                    .map(c -> c.place() + " was " + c.before() + ", is now " + c.now()).collect(Collectors.joining("; "))
                    + ". Undo the change, or choose another output");
        }
    }

    /**
     * Looks without writing, before a model is loaded for minutes.
     *
     * @throws InputException if nothing can be written into the folder
     */
    void requireWritable() {
        Path there = output;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            throw new InputException("cannot write into " + output + ": "
                    + (Files.isDirectory(there) ? "no permission for " + there : there + " is not a folder"));
        }
    }

    /** The images of a task that are not there; by one look into each folder, since a job's bar asks twice a second. */
    TreeSet<Integer> missing(int task) {
        Path folder = folder(task);
        TreeSet<Integer> missing = new TreeSet<>();
        int inOne = each == 0 ? images : each;
        for (int first = 0; first < images; first += inOne) {
            String[] names = PairFolder.image(folder, first, each).getParent().toFile().list(); // null where there is no folder
            Set<String> there = names == null ? Set.of() : Set.of(names);
            IntStream.range(first, Math.min(images, first + inOne))
                    .filter(j -> !there.contains(image(task, j).getFileName().toString())).forEach(missing::add);
        }
        return missing;
    }

    /** Whether an image is there. */
    boolean has(int task, int j) {
        return Files.exists(image(task, j));
    }

    private Path image(int task, int j) {
        return PairFolder.image(folder(task), j, each);
    }

    /** {@link #missing}, after a look at those that are there, unless the task is finished. */
    TreeSet<Integer> checked(int task, String fingerprint) {
        TreeSet<Integer> missing = missing(task);
        if (!missing.isEmpty() || !isFinished(task)) {
            IntStream.range(0, images).filter(j -> !missing.contains(j)).forEach(j -> origin(task, j, fingerprint));
        }
        return missing;
    }

    private boolean isFinished(int task) {
        return Files.exists(folder(task).resolve(MANIFEST)) && Files.exists(PairFolder.texts(folder(task)));
    }

    private Path folder(int task) {
        return PairFolder.of(output, tasks.get(task));
    }

    /** What an image says that it was made of. */
    Origin origin(int task, int j, String fingerprint) {
        Path file = image(task, j);
        String comment = ImageFiles.comment(file).orElse("");
        if (comment.startsWith("{")) {
            Origin origin = Json.convert(file.toString(), Json.parse(file.toString(), comment), Origin.class);
            if (origin.plan().equals(fingerprint)) {
                return origin;
            }
        }
        throw new InputException(file + " was not made by this plan: move it away, or choose another output");
    }

    /** Writes an image with what it was made of. */
    void add(int task, int j, Image image, double quality, Origin origin) {
        ImageFiles.writeJpeg(image(task, j), image, (float) quality, Json.line(origin));
    }

    /**
     * Does the work under the lock, and finishes the tasks whose images are then all there.
     *
     * @param before what was missing of each task
     * @return how many images are still missing
     */
    int complete(Settings settings, Runnable work, List<TreeSet<Integer>> before, String fingerprint) {
        begin(settings);
        return FolderLock.during(output.resolve(PLAN), this::sweep, () -> {
            work.run();
            int left = 0;
            for (int t = 0; t < tasks.size(); t++) {
                TreeSet<Integer> still = missing(t);
                left += still.size();
                if (still.isEmpty()) {
                    finish(t, !before.get(t).isEmpty(), fingerprint);
                }
            }
            return left;
        });
    }

    /** Does work that others may do at the same time, of other images. Nobody tidies up meanwhile. */
    <T> T together(Settings settings, Supplier<T> work) {
        begin(settings);
        return FolderLock.during(output.resolve(PLAN), () -> { }, work);
    }

    /** Removes what killed processes left half written. Only where no other process works in the folder. */
    private void sweep() {
        List<Path> folders = new ArrayList<>(List.of(output));
        for (int t = 0; t < tasks.size(); t++) {
            folders.add(folder(t));
            for (int first = 0; each > 0 && first < images; first += each) {
                folders.add(image(t, first).getParent());
            }
        }
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                AtomicFiles.deleteLeftovers(folder);
            }
        }
    }

    /** Writes the manifest and then the table, whose presence says that the folder is whole. */
    private void finish(int task, boolean changed, String fingerprint) {
        if (!changed && isFinished(task)) {
            return;
        }
        Path folder = folder(task);
        StringBuilder manifest = new StringBuilder();
        List<String> texts = new ArrayList<>();
        for (int j = 0; j < images; j++) {
            Origin origin = origin(task, j, fingerprint);
            Path file = image(task, j);
            texts.add(origin.prompt());
            manifest.append(Json.line(new Line(PairFolder.name(folder, file), Hashes.sha256(file), origin))).append('\n');
        }
        AtomicFiles.writeString(folder.resolve(MANIFEST), manifest.toString());
        PairFolder.writeTexts(folder, texts, each);
    }
}
