package gift.study;

import gift.continual.Method;
import gift.data.ChangedPairs;
import gift.data.DatasetSource;
import gift.data.Inspection;
import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.data.Task;
import gift.data.readers.TorchRandom;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.generate.PromptFile;
import gift.io.Hashes;
import gift.io.InputException;
import gift.study.StudyConfig.Choice;
import gift.study.StudyConfig.Reference;
import gift.tensor.RandomStream;
import gift.train.FolderLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One reference set of a study: for every task the pairs on which methods distil. They are those of a folder in the
 * published layout, of one such folder for every task, of a generation plan, or of a data set.
 */
public final class ReferenceSet {
    private static final List<String> PUBLISHED_ORDER = List.of("Aircraft", "Caltech101", "CIFAR100", "DTD", "EuroSAT",
            "Flowers", "Food", "MNIST", "OxfordPet", "StanfordCars", "SUN397");
    private static final long PUBLISHED_SEED = 42;

    private final String name;
    private final Reference wanted;
    private final List<String> tasks;
    private final DatasetSource data;
    private final Path planFile; // null unless images are generated
    private final Path folder;   // of the pairs, or of a folder for every task; may not exist
    private final Path sentences;

    /**
     * @param name in the study
     * @param base folder of the study's file
     */
    public ReferenceSet(String name, Reference wanted, Path base, List<String> tasks, DatasetSource data) {
        this.name = "reference set " + name;
        this.wanted = wanted;
        this.tasks = tasks;
        this.data = data;
        this.planFile = wanted.plan().isEmpty() ? null : base.resolve(wanted.plan()).normalize();
        this.folder = planFile != null ? generation().output() : base.resolve(wanted.set()).normalize();
        this.sentences = base.resolve(wanted.sentences()).normalize();
    }

    private Generation generation() {
        return new Generation(planFile, null, data.folder());
    }

    /** Where the pairs of each task lie; null where they are those of a data set. */
    public List<Path> folders() {
        if (isOwn()) {
            return null;
        }
        if (isSet(folder)) {
            return tasks.stream().map(task -> folder).toList();
        }
        List<Path> perTask = imaged().stream().map(task -> PairFolder.of(folder, task)).toList();
        boolean each = planFile != null || !wanted.ofTask().isEmpty() || perTask.stream().anyMatch(ReferenceSet::isSet);
        return each ? perTask : null;
    }

    /** Whether every task distils on its own training images. */
    private boolean isOwn() {
        return wanted.set().equals(Method.TASK);
    }

    /** For every task, the task whose images it distils on. */
    private List<String> imaged() {
        return wanted.ofTask().isEmpty() ? tasks : Collections.nCopies(tasks.size(), wanted.ofTask());
    }

    private static boolean isSet(Path folder) {
        return Files.exists(PairFolder.texts(folder));
    }

    /** @throws InputException before anything is computed, if the pairs are not there and cannot be made */
    public void check() {
        List<Path> folders = folders();
        require(folders == null || wanted.choice() == Choice.ONE, "choice is about the images of a data set, and "
                + folder + " holds pairs: leave it out");
        require(wanted.choice() != Choice.AS_PUBLISHED || PUBLISHED_ORDER.containsAll(tasks),
                "choice as_published goes by a task's place in " + PUBLISHED_ORDER + "; for others there is each_task");
        if (isOwn()) {
            data.require(tasks);
        } else if (folders == null) {
            if (Files.isDirectory(folder) && !data.knowsPairs(wanted.set())) {
                throw new InputException(name + ": " + folder + " holds neither image_text.csv nor, for every task, a folder"
                        + " such as " + imaged().get(0) + "_Syn with it");
            }
            if (!data.knowsPairs(wanted.set())) {
                data.require(List.of(wanted.set()));
            }
        } else if (planFile == null) {
            folders.stream().distinct().forEach(folder -> requireEnough(folder, wanted.images()));
        } else {
            GenerationPlan plan = GenerationPlan.read(planFile);
            require(wanted.images() <= plan.images(), "pictures " + wanted.images() + " are wanted, " + planFile + " has "
                    + plan.images() + " images a task");
            for (String task : imaged()) {
                require(plan.tasks().contains(task), "no images for task " + task + " in " + planFile);
            }
        }
        if (!wanted.imagesOf().isEmpty()) {
            data.require(List.of(wanted.imagesOf()));
        }
        if (!wanted.sentences().isEmpty() && !Files.isRegularFile(sentences)) {
            require(data.knowsPairs(wanted.sentences()), "sentences '" + wanted.sentences()
                    + "' are neither a file, one sentence a line, nor a data set");
        }
    }

    /** Its plan's file; null unless its images are generated. */
    Path plan() {
        return planFile;
    }

    /** @throws InputException if images of another plan lie where those of its plan belong */
    public void requireSamePlan() {
        if (planFile != null) {
            generation().requireSamePlan();
        }
    }

    /**
     * The pairs of a folder, at least so many. All-black images count, though they are left out later: as many were drawn.
     */
    private PairDataset requireEnough(Path folder, int wantedImages) {
        PairDataset pairs = PairDataset.read(folder);
        if (wantedImages > pairs.size()) {
            List<PairFolder.Row> rows = PairFolder.rows(PairFolder.texts(folder));
            require(false, folder + " has " + pairs.size() + " images, wanted are " + wantedImages + "; "
                    + (rows.size() > pairs.size() ? rows.get(pairs.size()).fileName() + " is the first that is missing"
                    : "image_text.csv names no more") + ". Draw the others, or want fewer (\"pictures\")");
        }
        return pairs;
    }

    private void require(boolean condition, String message) {
        InputException.require(condition, name + ": " + message);
    }

    /** The plan some of whose images are missing, if it is one. */
    public Optional<Path> unmade() {
        boolean made = planFile == null || folders().stream().allMatch(ReferenceSet::isSet);
        return made ? Optional.empty() : Optional.of(planFile);
    }

    /** Draws the images of a plan that are missing. */
    void make() {
        if (unmade().isPresent()) {
            FolderLock.alone(folder, true, () -> {
                Generation generation = generation();
                generation.run(0, generation.total());
                return null;
            });
        }
    }

    /** SHA-256 of texts and names of all pairs, and of what generated ones were made of. */
    String sha256() {
        List<String> parts = new ArrayList<>();
        if (folders() == null) {
            dataPairs().stream().distinct().forEach(pairs -> parts.add(DataLists.sha256(pairs, data.path())));
        } else {
            folders().stream().distinct().forEach(f -> parts.add(DataLists.sha256(PairDataset.read(f), f)));
        }
        if (planFile != null) {
            parts.add(Hashes.sha256(folder.resolve("plan.json")));
        }
        sentences().forEach(parts::add);
        return Hashes.sha256(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    /** The pairs of every task. All-black images are left out: the generator's safety checker made them. */
    public List<PairDataset> read() {
        List<Path> folders = folders();
        if (folders == null) {
            Map<PairDataset, PairDataset> changed = new IdentityHashMap<>();
            return dataPairs().stream().map(chosen -> changed.computeIfAbsent(chosen, pairs -> {
                data.inspect(pairs);
                return changed(pairs);
            })).toList();
        }
        Map<Path, PairDataset> sets = new LinkedHashMap<>();
        return folders.stream().map(f -> sets.computeIfAbsent(f, this::readOne)).toList();
    }

    private PairDataset readOne(Path folder) {
        PairDataset all = requireEnough(folder, planFile == null ? wanted.images() : GenerationPlan.read(planFile).images());
        int[] shown = Inspection.require(all, image -> !image.isBlack());
        int most = wanted.images() == 0 ? shown.length : Math.min(wanted.images(), shown.length);
        return changed(PairDataset.some(all, Arrays.copyOf(shown, most)));
    }

    /**
     * Of a data set the chosen pairs of every task, unchanged; only where there are no {@link #folders}. Tasks with the same
     * pairs share one object.
     */
    public List<PairDataset> dataPairs() {
        if (!isOwn() && wanted.choice() == Choice.ONE) {
            return Collections.nCopies(tasks.size(), choose(data.pairs(wanted.set()), 0));
        }
        PairDataset shared = isOwn() ? null : data.pairs(wanted.set());
        return IntStream.range(0, tasks.size())
                .mapToObj(t -> choose(isOwn() ? data.pairs(tasks.get(t)) : shared, t)).toList();
    }

    private PairDataset choose(PairDataset all, int t) {
        int size = all.size();
        if (wanted.images() == 0 || wanted.images() >= size) {
            return all;
        }
        int[] order = switch (wanted.choice()) {
            case ONE -> RandomStream.of(0, "reference pictures").permutation(size);
            case EACH_TASK -> RandomStream.of(0, "reference pictures of a task", t).permutation(size);
            case AS_PUBLISHED -> TorchRandom.randperm(size, PUBLISHED_SEED + PUBLISHED_ORDER.indexOf(tasks.get(t)));
        };
        int[] chosen = Arrays.copyOf(order, wanted.images());
        Arrays.sort(chosen);
        return PairDataset.some(all, chosen);
    }

    /** The pairs as the study wants them changed, for ablations. */
    private PairDataset changed(PairDataset pairs) {
        PairDataset result = switch (wanted.change()) {
            case NONE -> pairs;
            case NOISE -> ChangedPairs.noise(pairs);
            case SHUFFLED -> ChangedPairs.shuffled(pairs);
        };
        if (wanted.imagesOf().isEmpty()) {
            return result;
        }
        Task source = data.openUnseen(wanted.imagesOf());
        return ChangedPairs.images(result, source);
    }

    /** The sentences that images are compared with in place of their own texts; empty if there are none. */
    public List<String> sentences() {
        if (wanted.sentences().isEmpty()) {
            return List.of();
        }
        if (!Files.isRegularFile(sentences)) {
            return choose(data.captions(wanted.sentences()).stream().distinct().toList());
        }
        return choose(PromptFile.read(sentences, "the sentences of " + name));
    }

    private List<String> choose(List<String> all) {
        if (wanted.sentenceCount() == 0 || wanted.sentenceCount() >= all.size()) {
            return all;
        }
        int[] order = RandomStream.of(0, "reference sentences").permutation(all.size());
        return Arrays.stream(order, 0, wanted.sentenceCount()).sorted().mapToObj(all::get).toList();
    }
}
