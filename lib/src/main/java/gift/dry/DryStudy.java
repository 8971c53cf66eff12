package gift.dry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.continual.Method;
import gift.continual.Training;
import gift.data.ClassNames;
import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.data.readers.Datasets;
import gift.data.sample.SampleFiles;
import gift.data.sample.SampleSets;
import gift.generate.GenerationPlan;
import gift.image.Image;
import gift.incremental.ClassIncremental;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.sources.Sources;
import gift.study.StudyConfig;
import gift.study.StudyConfig.Reference;
import gift.study.StudyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One study as its dry run has it: the same tasks, methods and learning rates, on what {@link DryRun} painted. */
final class DryStudy {
    private static final String DEFAULT_METHOD = "gift";
    private static final List<String> SIZES = List.of("iterations", "batch_size", "reference_batch_size", "checkpoint_every", "epochs",
            "evaluate_every", "dump_every");
    private static final float QUALITY = 0.95f;

    private final Path folder;
    private final DryScale scale;
    private final StudyConfig real;
    private final Map<String, Reference> used = new LinkedHashMap<>(); // as in the real study
    private final Map<String, Drawn> drawn = new LinkedHashMap<>(); // those of them that a plan draws

    /** What a reference set's images are drawn for: its plan, and the prompts of each name in it. */
    private record Drawn(GenerationPlan plan, Map<String, List<String>> pools) {
        static Drawn of(Path file) {
            GenerationPlan plan = GenerationPlan.read(file);
            return new Drawn(plan, plan.pools(file.getParent()));
        }

        /** The published plan for these tasks. */
        static Drawn of(List<String> tasks) {
            GenerationPlan plan = Json.replace(GenerationPlan.DEFAULT, "tasks", tasks);
            return new Drawn(plan, plan.pools(Path.of("")));
        }
    }

    /**
     * @param file of the study
     * @param folder of the dry run
     * @param methods of it; none for GIFT alone
     */
    DryStudy(Path file, Path folder, DryScale scale, List<String> methods) {
        this.folder = folder;
        this.scale = scale;
        StudyConfig all = StudyFile.read(file);
        if (!Sources.isFolder(all.data())) {
            throw new InputException(file + " is a study of the mini world, which is small as it is: a dry run is for"
                    + " studies of the published data sets");
        }
        List<String> chosen = !methods.isEmpty() || !all.methods().containsKey(DEFAULT_METHOD) ? methods
                : List.of(DEFAULT_METHOD);
        this.real = all.only(chosen, List.of(all.seeds().get(0)));
        real.resolved(file.toString()).stream().filter(method -> method.method().usesReferenceSet())
                .map(method -> method.method().reference()).forEach(name -> used.put(name, real.references().get(name)));
        used.forEach((name, reference) -> {
            if (!reference.plan().isEmpty()) {
                drawn.put(name, Drawn.of(file.toAbsolutePath().resolveSibling(reference.plan()).normalize()));
            } else if (!isDataSet(reference.set()) && !reference.set().equals(Method.TASK)) {
                drawn.put(name, Drawn.of(real.tasks()));
            }
        });
        sets().forEach(SampleSets::require);
    }

    private static boolean isDataSet(String name) {
        return Datasets.names().contains(name) || Datasets.pairNames().contains(name);
    }

    String name() {
        return real.name();
    }

    /** The tasks in the order of learning. */
    List<String> tasks() {
        return real.tasks();
    }

    /** Whether any method distils on images that a plan draws. */
    boolean draws() {
        return !drawn.isEmpty();
    }

    /** Data sets that it reads. */
    Set<String> sets() {
        Set<String> sets = new LinkedHashSet<>(real.tasks());
        sets.addAll(real.watched());
        used.values().stream().flatMap(r -> Stream.of(r.set(), r.sentences(), r.imagesOf())).filter(DryStudy::isDataSet)
                .forEach(sets::add);
        return sets;
    }

    Path file() {
        return folder.resolve("studies").resolve(name() + ".json");
    }

    private Path pairs(String reference) {
        return folder.resolve("pairs").resolve(name()).resolve(reference);
    }

    /**
     * Writes the study's file; of a reference set that wants more images than are painted, it takes all of these.
     *
     * @param model folder of CLIP
     */
    void write(Path data, Path model) {
        ObjectNode tree = (ObjectNode) Json.toTree(real);
        tree.put("data", relative(data));
        tree.put("model", relative(model));
        tree.put("vocabulary", "");
        Map<String, Reference> references = new LinkedHashMap<>();
        used.forEach((name, r) -> references.put(name, !drawn.containsKey(name) ? r
                : Json.replace(r.with(relative(pairs(name)), "", r.sentences()), "pictures",
                        r.images() > scale.pairs() ? 0 : r.images())));
        tree.set("references", Json.toTree(references));
        ObjectNode training = (ObjectNode) tree.get("training");
        training.remove(Training.RARE_KEYS);
        training.put("iterations", scale.iterations());
        training.put("batch_size", batchSize());
        training.put("reference_batch_size", scale.referenceBatchSize());
        for (JsonNode method : tree.get("methods")) {
            if (method.get("training") instanceof ObjectNode own) {
                own.remove(SIZES);
            }
        }
        if (real.scenario() != null) {
            ((ObjectNode) tree.at("/scenario/class_incremental")).put("images_per_class", 1);
        }
        tree.put("test_pictures", scale.testImages());
        tree.put("test_templates", scale.testTemplates());
        tree.put("keep_weights", "none");
        AtomicFiles.writeString(file(), Json.write(tree));
    }

    /** Of images of a task; a class-incremental step, which learns for an epoch, has them in at most two batches. */
    private int batchSize() {
        if (real.scenario() == null) {
            return scale.batchSize();
        }
        ClassIncremental steps = real.scenario().classIncremental();
        return Math.max(scale.batchSize(), (Math.max(steps.initial(), steps.increment()) + 1) / 2);
    }

    private String relative(Path path) {
        return file().getParent().toAbsolutePath().relativize(path.toAbsolutePath()).toString();
    }

    /**
     * Paints the pairs of every task that are not there, with prompts drawn as for the real ones.
     *
     * @param more images by the model of full size, by the task that they are for
     */
    void paint(Map<String, PairDataset> more) {
        drawn.forEach((reference, set) -> {
            List<String> tasks = set.plan.tasks();
            for (int t = 0; t < tasks.size(); t++) {
                Path place = PairFolder.of(pairs(reference), tasks.get(t));
                if (!Files.exists(PairFolder.texts(place))) {
                    // those of a class-incremental study are drawn for its data set
                    String of = t == 0 && real.scenario() != null ? real.tasks().get(0) : tasks.get(t);
                    paint(place, set, t, more.get(of));
                }
            }
        });
    }

    private void paint(Path place, Drawn set, int t, PairDataset more) {
        List<String> pool = set.plan.poolOf(t, set.pools);
        List<String> texts = new ArrayList<>();
        List<Image> images = new ArrayList<>();
        for (int j = 0; j < scale.pairs(); j++) {
            int prompt = set.plan.draw(t, j, pool.size());
            texts.add(pool.get(prompt));
            images.add(SampleFiles.image(prompt % 397));
        }
        for (int i = 0; more != null && i < more.size(); i++) {
            texts.add(more.text(i));
            images.add(more.image(i));
        }
        for (int i = 0; i < images.size(); i++) {
            PairFolder.writeImage(place, i, images.get(i), QUALITY);
        }
        PairFolder.writeTexts(place, texts);
    }

    /** What differs from the real study, a line each. */
    List<String> cut() {
        String methods = real.methods().keySet().stream().collect(Collectors.joining(", "));
        int most = real.tasks().stream().mapToInt(task -> ClassNames.of(task).templates().size()).max().orElseThrow();
        int all = real.tasks().stream().map(ClassNames::of).mapToInt(s -> s.names().size() * s.templates().size()).sum();
        int kept = real.tasks().stream().map(ClassNames::of)
                .mapToInt(s -> s.names().size() * Math.min(scale.testTemplates(), s.templates().size())).sum();
        List<String> lines = new ArrayList<>(List.of(
                "methods: " + methods + "; seed " + real.seeds().get(0),
                "weights: random. Vocabulary: learnt from the class names; the embedding has its full size",
                "images: painted, of all classes a few each",
                String.format(Locale.ROOT, "training: %s; %d + %d images an update (%d + %d)", real.scenario() == null
                        ? String.format(Locale.ROOT, "%d updates of a task, the last at rate 0 (%,d)", scale.iterations() + 1,
                                real.training().iterations() + 1) : "a step has an image of each of its classes, for an epoch",
                        batchSize(), scale.referenceBatchSize(),
                        real.training().batchSize(), real.training().referenceBatchSize()),
                String.format(Locale.ROOT, "evaluation: test images of a task: %d; %d of up to %d templates a class, %,d prompts in place"
                        + " of %,d, since the text tower would take most of the time", scale.testImages(),
                        scale.testTemplates(), most, kept, all)));
        if (draws()) {
            lines.add(String.format(Locale.ROOT, "reference pairs: %d of a task, painted, with prompts drawn as for the real ones (%,d); for"
                    + " the first task %d more, drawn by a Stable Diffusion of full size with random weights, %d x %d in %d"
                    + " steps, single precision", scale.pairs(), drawn.values().iterator().next().plan.images(), scale.drawn(),
                    scale.pixels(), scale.pixels(), scale.steps()));
        }
        return lines;
    }
}
