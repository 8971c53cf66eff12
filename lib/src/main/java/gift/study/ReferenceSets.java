package gift.study;

import gift.data.ImageDataset;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.data.Task;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Picture;
import gift.tensor.RandomStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The reference pairs of a study, on which its methods distil: of a folder in the published layout, of one such folder
 * for every task, or of a data set whose pictures are written in that layout first.
 */
final class ReferenceSets {
    private static final float QUALITY = 0.95f; // of the JPEGs that are written

    private final StudyConfig.Reference wanted;
    private final List<String> tasks;
    private final DataRoot data;
    private final Path given;
    private final Path made;

    /**
     * @param folder of the study's file
     * @param results of the study, below which a set is made
     */
    ReferenceSets(StudyConfig config, Path folder, Path results, DataRoot data) {
        this.wanted = config.reference();
        this.tasks = config.tasks();
        this.data = data;
        this.given = folder.resolve(wanted.set()).normalize();
        this.made = PairFolder.of(results.resolve(StudyConfig.REFERENCE_FOLDER), wanted.set() + "_" + wanted.pictures());
    }

    /** Where the pairs of each task lie. */
    private List<Path> folders() {
        if (isSet(given)) {
            return tasks.stream().map(task -> given).toList();
        }
        List<Path> perTask = tasks.stream().map(task -> PairFolder.of(given, task)).toList();
        return perTask.stream().anyMatch(ReferenceSets::isSet) ? perTask : tasks.stream().map(task -> made).toList();
    }

    private static boolean isSet(Path folder) {
        return Files.exists(PairFolder.texts(folder));
    }

    /** @throws InputException before anything is computed, if the pairs are not there and cannot be made */
    void check() {
        List<Path> folders = folders();
        if (!folders.get(0).equals(made)) {
            folders.forEach(PairDataset::read);
        } else if (!isSet(made)) {
            if (Files.isDirectory(given) && !data.knows(wanted.set())) {
                throw new InputException("reference.set " + given + " holds neither image_text.csv nor, for every task, a"
                        + " folder such as " + tasks.get(0) + "_Syn with it");
            }
            data.require(List.of(wanted.set()));
            data.open(wanted.set());
        }
    }

    /** SHA-256 of texts and names of all pairs; makes them first if need be. */
    String sha256() {
        makeIfMissing();
        Map<Path, String> hashes = new LinkedHashMap<>();
        folders().forEach(f -> hashes.computeIfAbsent(f, folder -> DataLists.sha256(PairDataset.read(folder), folder)));
        return hashes.size() == 1 ? hashes.values().iterator().next()
                : Hashes.sha256(String.join("\n", hashes.values()).getBytes(StandardCharsets.UTF_8));
    }

    /** The pairs of every task, inspected. All-black pictures are left out: the generator's safety checker made them. */
    List<PairDataset> read() {
        makeIfMissing();
        Map<Path, PairDataset> sets = new LinkedHashMap<>();
        return folders().stream().map(folder -> sets.computeIfAbsent(folder, this::readOne)).toList();
    }

    private PairDataset readOne(Path folder) {
        PairDataset all = PairDataset.read(folder);
        Inspection.require(all);
        int[] shown = IntStream.range(0, all.size()).parallel().filter(i -> !isBlack(all.picture(i))).toArray();
        boolean whole = folder.equals(made) || wanted.pictures() == 0;
        return PairDataset.some(all, whole ? shown : Arrays.copyOf(shown, Math.min(wanted.pictures(), shown.length)));
    }

    private static boolean isBlack(Picture picture) {
        for (byte value : picture.rgb()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** A set of a data set's pictures is made by whoever comes first. */
    private void makeIfMissing() {
        if (!folders().get(0).equals(made) || isSet(made)) {
            return;
        }
        FolderLock.alone(made.getParent(), true, () -> {
            if (!isSet(made)) {
                Task task = data.open(wanted.set());
                PairDataset.write(made, PairDataset.of(choose(task), task.templates().get(0)), QUALITY);
            }
            return null;
        });
    }

    private ImageDataset choose(Task task) {
        int size = task.train().size();
        if (wanted.pictures() == 0 || wanted.pictures() >= size) {
            return task.train();
        }
        int[] chosen = Arrays.copyOf(RandomStream.of(0, "reference pictures").permutation(size), wanted.pictures());
        Arrays.sort(chosen);
        return task.train().subset(chosen);
    }
}
