package gift.doctor;

import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.study.ReferenceSet;
import gift.study.StudyConfig;
import gift.study.StudyConfig.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Checks reference sets: their folders, images and texts; of plans also the Stable Diffusion that draws missing images. */
final class ReferenceCheck {
    private final StudyConfig config;
    private final List<String> tasks; // in the order of learning
    private final Path folder; // of the study's file
    private final DatasetSource root;
    private final Pass pass;
    private final WeightsCheck weights;
    private final Findings findings;

    ReferenceCheck(StudyConfig config, List<String> tasks, Path folder, DatasetSource root, Pass pass, WeightsCheck weights,
            Findings findings) {
        this.config = config;
        this.tasks = tasks;
        this.folder = folder;
        this.root = root;
        this.pass = pass;
        this.weights = weights;
        this.findings = findings;
    }

    /**
     * A set as far as it is known.
     *
     * @param pairs of a task
     * @param texts distinct ones of a task, or the sentences in their place
     * @param some of the texts
     * @param generation of the images that have yet to be drawn; else null
     */
    record Facts(int pairs, int texts, List<String> some, Generation generation) {}

    /** Null if the set cannot be used. */
    Facts check(String name) {
        String topic = "reference set " + name;
        Reference wanted = config.references().get(name);
        if (!wanted.plan().isEmpty()) {
            return plan(topic, name, wanted, folder.resolve(wanted.plan()).normalize());
        }
        String mend = "environment/gift data get, or gift generate PLAN.json (data/README.md, references)";
        return findings.attempt(topic, mend, () -> {
            ReferenceSet set = new ReferenceSet(name, wanted, folder, tasks, root);
            set.check();
            List<Path> folders = set.folders();
            List<PairDataset> pairs = folders == null ? set.dataPairs().stream().distinct().toList()
                    : folders.stream().distinct().map(PairDataset::read).toList();
            pairs.forEach(some -> images(topic, wanted, some, folders != null || root.needsInspection()));
            if (!findings.faulty(topic)) {
                int behind = folders == null ? 0 : rowsBehind(folders, pairs);
                findings.sound(topic, String.format(Locale.ROOT, "%,d pairs%s%s", pairs.stream().mapToInt(PairDataset::size).sum(),
                        folders == null ? "" : " in " + pairs.size() + " folders", behind == 0 ? ""
                        : String.format(Locale.ROOT, "; %,d rows of image_text.csv behind the last image have none", behind)));
            }
            return facts(wanted, pairs.get(0), set.sentences());
        });
    }

    private static Facts facts(Reference wanted, PairDataset pairs, List<String> sentences) {
        int size = wanted.images() == 0 ? pairs.size() : Math.min(wanted.images(), pairs.size());
        List<String> texts = !sentences.isEmpty() ? sentences
                : IntStream.range(0, size).mapToObj(pairs::text).distinct().toList();
        return new Facts(size, texts.size(), texts.subList(0, Math.min(64, texts.size())), null);
    }

    private void images(String topic, Reference wanted, PairDataset pairs, boolean decode) {
        AtomicInteger black = new AtomicInteger();
        if (decode) {
            List<String> problems = pass.problems(pairs, (i, image) -> {
                black.addAndGet(image.isBlack() ? 1 : 0);
                return image;
            });
            problems.stream().limit(5).forEach(problem -> findings.fault(topic, problem,
                    "make or copy this image again; the others stay"));
        }
        if (pairs.size() == 0) {
            findings.fault(topic, pairs.name() + " holds no pair", "draw its images, or copy them again");
        } else if (wanted.images() > pairs.size() - black.get()) {
            findings.warning(topic, pairs.name() + " has " + (pairs.size() - black.get()) + " pairs, wanted are "
                    + wanted.images(), "draw the others, or want fewer (\"pictures\")");
        }
        if (black.get() > 0) {
            findings.warning(topic, pairs.name() + ": " + black + " images are all black, they are left out",
                    "nothing, if they are few: the generator's safety checker made them");
        }
    }

    /** Rows of a set's lists behind the last image of each. */
    private static int rowsBehind(List<Path> folders, List<PairDataset> pairs) {
        int rows = folders.stream().distinct().mapToInt(f -> PairFolder.rows(PairFolder.texts(f)).size()).sum();
        return rows - pairs.stream().mapToInt(PairDataset::size).sum();
    }

    private Facts plan(String topic, String name, Reference wanted, Path file) {
        GenerationPlan plan = findings.attempt(topic, "mend the plan", () -> GenerationPlan.read(file));
        if (plan == null) {
            return null;
        }
        order(topic, wanted, plan, file);
        boolean model = weights.diffusion(root.beside(file.toAbsolutePath().getParent(), plan.model()));
        if (!model) {
            return null;
        }
        return findings.attempt(topic, "choose another output in the plan, or undo the change", () -> {
            ReferenceSet set = new ReferenceSet(name, wanted, folder, tasks, root);
            set.check();
            Generation generation = new Generation(file, null, root.folder());
            generation.check();
            Optional<Path> unmade = set.unmade();
            for (String task : plan.tasks()) {
                Path made = PairFolder.of(generation.output(), task);
                if (Files.exists(PairFolder.texts(made))) {
                    images(topic, wanted, PairDataset.read(made), true);
                }
            }
            int left = generation.left();
            String text = String.format(Locale.ROOT, "%,d of %,d images of %s are there", generation.total() - left,
                    generation.total(), file);
            if (unmade.isPresent()) {
                findings.note(topic, text + "; the others are drawn first");
            } else if (!findings.faulty(topic)) {
                findings.sound(topic, text);
            }
            int pairs = wanted.images() == 0 ? plan.images() : Math.min(wanted.images(), plan.images());
            return new Facts(pairs, pairs, List.of(), left == 0 ? null : generation);
        });
    }

    /** Task k of a plan draws the classes of the tasks before it, so that another order gives other images. */
    private void order(String topic, Reference wanted, GenerationPlan plan, Path file) {
        Set<String> learnt = new HashSet<>(tasks);
        List<String> here = plan.tasks().stream().filter(learnt::contains).toList();
        if (wanted.ofTask().isEmpty() && here.size() == tasks.size()
                && !plan.tasks().subList(0, here.size()).equals(tasks)) {
            findings.warning(topic, file + " draws for the order " + String.join(", ", plan.tasks()) + ", the study learns "
                    + String.join(", ", tasks), "a plan with the study's order of tasks");
        }
    }
}
