package gift.dry;

import ai.djl.ndarray.NDManager;
import gift.clip.ClipConfig;
import gift.data.ClassNames;
import gift.data.sample.SampleFiles;
import gift.data.sample.SampleSets;
import gift.diffusion.Sampling;
import gift.generate.ClassPrompts;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.image.ImageFiles;
import gift.imagine.ImagineStudy;
import gift.imagine.ImagineStudyConfig;
import gift.imagine.ImagineStudyConfig.Method;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sources.Sources;
import gift.tensor.Devices;
import gift.train.Environment;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The whole chain of a study of ImagineFSL before its data and weights are downloaded: of the data sets one with few
 * classes in its true layout, a CLIP and a Stable Diffusion of full size with random weights, two images drawn of a caption, an
 * adapter of published size pretrained in a few updates on painted images, every method tuned on one shot and evaluated. Below its
 * folder: {@code data}, {@code clip}, {@code base}, {@code drawn}, {@code studies}, {@code runs}, and {@code report.json} and
 * {@code report.txt} with seconds and memory of each phase. Stopped and called again, it goes on.
 */
public final class DryImagine {
    private static final int TASKS = 1;
    /** Painted sets with images enough for validation beside training. */
    private static final List<String> DIVIDED = List.of("EuroSAT", "Caltech101", "SUN397");
    private static final int VIEWS = 2;
    private static final float QUALITY = 0.95f;
    private static final String LARGE = "L-14"; // in the name of the weights

    private final Path folder;
    private final DryScale scale;
    private final ImagineStudyConfig real;
    private final List<String> tasks;
    private final String device;
    private final DryReport report;
    private final Consumer<String> log;

    /**
     * @param file of the study
     * @param folder of all that it makes
     * @param device instead of the study's, or null
     * @param log is told of every phase
     * @throws InputException if the study is one of the mini world, or of data sets of which none can be painted
     */
    public DryImagine(Path file, Path folder, DryScale scale, String device, Consumer<String> log) {
        this.folder = folder;
        this.real = ImagineStudyConfig.read(file, new Overrides(List.of()));
        this.scale = scale.withClip(clip(real, scale.clip()));
        this.device = device == null ? real.device() : device;
        this.log = log;
        InputException.require(Sources.isFolder(real.data()), file + " is a study of the mini world, which is small as it is: a dry"
                + " run is for studies of the published data sets");
        tasks = real.tasks().stream().filter(DIVIDED::contains)
                .sorted(Comparator.comparingInt(task -> ClassNames.of(task).names().size())).limit(TASKS).toList();
        InputException.require(!tasks.isEmpty(), file + ": a dry run paints images of one of "
                + String.join(", ", DIVIDED) + ", of which it has none");
        this.report = new DryReport(folder);
    }

    /** The published size of the backbone that the study names, if the scale is that of the paper. */
    private static ClipConfig clip(ImagineStudyConfig study, ClipConfig usual) {
        return usual.equals(ClipConfig.VIT_B_16) && study.model().contains(LARGE) ? ClipConfig.VIT_L_14 : usual;
    }

    public void run() {
        report.cut(cut());
        phase("data", () -> tasks.forEach(task -> SampleSets.write(task, folder.resolve("data"))));
        phase("weights", () -> DryModels.clip(folder.resolve("clip"), scale));
        draw();
        phase("base set", this::paint);
        Path study = folder.resolve("studies").resolve(real.name() + ".json");
        AtomicFiles.writeString(study, Json.write(small()));
        phase("pretraining, tuning of a frozen tower", () -> study(study, false));
        phase("tuning with low-rank weights", () -> study(study, true));
        log.accept("\n" + report.text());
    }

    private void phase(String name, Runnable work) {
        Stop.check();
        log.accept(name);
        report.phase(real.name(), name, scale, work);
    }

    /** Two images of a caption, by a Stable Diffusion that is deleted afterwards: it takes 4 GB of disk. */
    private void draw() {
        Path drawn = folder.resolve("drawn");
        Path model = folder.resolve("stable-diffusion");
        if (Files.exists(drawn.resolve("done"))) {
            return;
        }
        phase("weights", () -> {
            if (!Files.exists(model.resolve("model_index.json"))) {
                DryModels.diffusion(model, folder.resolve("clip"), scale);
            }
        });
        phase("generation", () -> {
            GenerationPlan d = GenerationPlan.DEFAULT;
            Sampling sampling = Sampling.DEFAULT.withSteps(scale.steps()).withSize(scale.pixels(), scale.pixels()).withBatch(1);
            GenerationPlan plan = new GenerationPlan("dry run", "", "", d.generic(), List.of(), Map.of(), 1, 0, sampling, null,
                    d.output(), 1, device, d.precision(), d.draw(), 0, "", "", null, null);
            String task = tasks.get(0);
            String label = ClassNames.of(task).names().get(0);
            ClassPrompts prompts = new ClassPrompts(model.toAbsolutePath(), Map.of(label, List.of("a photo of a " + label)), "{}",
                    VIEWS, plan);
            Generation generation = new Generation(prompts.write(drawn), null);
            generation.run(0, generation.total());
        });
        AtomicFiles.writeString(drawn.resolve("done"), "");
        Folders.delete(model);
    }

    /** One image of every class and view. */
    private void paint() {
        int number = 0;
        for (String task : tasks) {
            for (String label : ClassNames.of(task).names()) {
                for (int v = 1; v <= VIEWS; v++) {
                    Path image = folder.resolve("base/view" + v).resolve(label.replace('/', ' ')).resolve("0.jpg");
                    if (!Files.exists(image)) {
                        ImageFiles.writeJpeg(image, SampleFiles.image((number + v) % 397), QUALITY);
                    }
                }
                number++;
            }
        }
    }

    private Map<String, Object> small() {
        Map<String, Object> pretrainings = new LinkedHashMap<>();
        real.usedPretrainings().forEach(name -> pretrainings.put(name, Map.of("settings", Map.of("epochs", 1,
                "epoch_length", scale.iterations() + 1, "batch_size", scale.batchSize()), "weights", "", "captions", 0)));
        Map<String, Object> study = new LinkedHashMap<>();
        study.put("name", real.name());
        study.put("device", device);
        study.put("data", "../data");
        study.put("model", "../clip");
        study.put("tasks", tasks);
        study.put("seeds", real.seeds().subList(0, 1));
        study.put("shots", List.of(1));
        study.put("base_set", Map.of("folder", "../base", "count", 1, "views", VIEWS));
        study.put("pretrainings", pretrainings);
        study.put("methods", real.methods());
        study.put("tuning", Map.of("epochs", 1, "batch_size", 4 * scale.batchSize()));
        study.put("low_rank_tuning", Map.of("epochs", 1, "batch_size", 4 * scale.batchSize()));
        study.put("search", Map.of("rates", List.of(), "epochs", List.of(), "low_rank_rates", List.of(), "ranks", List.of(), "alphas",
                List.of()));
        study.put("validation_images", scale.testImages());
        study.put("test_images", scale.testImages());
        study.put("keep_weights", false);
        return study;
    }

    /** @param lowRank whether the methods with low-rank weights run too; what has run before is picked up */
    private void study(Path study, boolean lowRank) {
        Map<String, Method> methods = new LinkedHashMap<>(real.methods());
        methods.replaceAll((name, method) -> new Method(method.pretraining(), method.lowRank(), null));
        if (!lowRank) {
            methods.values().removeIf(Method::lowRank);
        }
        if (methods.isEmpty()) {
            return;
        }
        Overrides only = new Overrides(List.of("methods=" + Json.line(methods)));
        new ImagineStudy(study, folder.resolve("runs"), null, false, only, log).run(List.of(), run -> log.accept(String.format(
                Locale.ROOT, "%s %s, %d shots", run.task(), run.method(), run.shots())));
        try (NDManager manager = Devices.newManager(Devices.parse(device))) {
            report.environment(Environment.of(manager));
        }
    }

    /** What differs from the real study, a line each. */
    private List<String> cut() {
        return List.of(
                "data sets: " + String.join(", ", tasks) + " of " + real.tasks().size() + ", painted, a few images a class; one shot,"
                        + " one seed of " + real.seeds().size(),
                "weights: random. Vocabulary: learnt from the class names; the embedding has its full size",
                String.format(Locale.ROOT, "base set: one caption a class and %d views, painted (%d captions, %d views); %d images more,"
                        + " drawn by a Stable Diffusion of full size with random weights, %d x %d in %d steps", VIEWS, real.baseSet().count(),
                        real.baseSet().views(), VIEWS, scale.pixels(), scale.pixels(), scale.steps()),
                String.format(Locale.ROOT, "pretraining: %d updates of %d groups (%,d of %d); adapter and heads of full size",
                        scale.iterations() + 1, scale.batchSize(), real.pretraining().settings().updates(),
                        real.pretraining().settings().batchSize()),
                "tuning: one epoch, no search; " + scale.testImages() + " images of a task are evaluated on");
    }
}
