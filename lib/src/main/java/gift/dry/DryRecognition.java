package gift.dry;

import ai.djl.ndarray.NDManager;
import gift.clip.ClipConfig;
import gift.data.ClassNames;
import gift.data.sample.SampleSets;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.recognition.RecognitionConfig;
import gift.recognition.RecognitionMethod;
import gift.recognition.RecognitionStudy;
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
 * The whole chain of a recognition study before its data and weights are downloaded: of its data sets one with few classes in
 * its true layout, a CLIP of full width and a Stable Diffusion of full size with random weights, two images drawn of each class,
 * filter, every method tuned in one epoch and evaluated. Below its folder: {@code data}, {@code clip}, {@code studies},
 * {@code runs}, and {@code report.json} and {@code report.txt} with seconds and memory of each phase. Stopped and called again,
 * it goes on.
 */
public final class DryRecognition {
    /** Painted sets with images enough for validation beside training. */
    private static final List<String> DIVIDED = List.of("EuroSAT", "Caltech101", "SUN397");
    private static final int PIXELS = 128; // of a side of a drawn image, at most
    private static final int VALIDATION = 1;

    private final Path folder;
    private final DryScale scale;
    private final RecognitionConfig real;
    private final String task;
    private final String device;
    private final DryReport report;
    private final Consumer<String> log;

    /**
     * @param file of the study
     * @param folder of all that it makes
     * @param device instead of the study's, or null
     * @param log is told of every phase
     * @throws InputException if the study is one of the mini world, of a CLIP other than ViT-B/16, or of data sets of which none
     *     can be painted
     */
    public DryRecognition(Path file, Path folder, DryScale scale, String device, Consumer<String> log) {
        this.folder = folder;
        this.scale = scale;
        this.real = RecognitionConfig.read(file, Overrides.NONE);
        this.device = device == null ? real.device() : device;
        this.log = log;
        InputException.require(Sources.isFolder(real.data()), file + " is a study of the mini world, which is small as it is: a dry"
                + " run is for studies of the published data sets");
        InputException.require(!scale.clip().equals(ClipConfig.VIT_B_16) || real.model().contains("ViT-B-16"), file + ": a dry run"
                + " has a CLIP ViT-B/16 alone, and the model is " + real.model());
        task = real.tasks().stream().filter(DIVIDED::contains)
                .min(Comparator.comparingInt(name -> ClassNames.of(name).names().size()))
                .orElseThrow(() -> new InputException(file + ": a dry run paints images of one of " + String.join(", ", DIVIDED)
                        + ", of which it has none"));
        this.report = new DryReport(folder);
    }

    public void run() {
        report.cut(cut());
        Path diffusion = folder.resolve("stable-diffusion");
        phase("data", () -> SampleSets.write(task, folder.resolve("data")));
        phase("weights", () -> {
            DryModels.clip(folder.resolve("clip"), scale);
            if (!Files.exists(diffusion.resolve("model_index.json"))) {
                DryModels.diffusion(diffusion, folder.resolve("clip"), scale);
            }
        });
        Path study = folder.resolve("studies").resolve(real.name() + ".json");
        AtomicFiles.writeString(study, Json.write(small()));
        for (String method : real.methods()) {
            phase(method, () -> study(study, "methods=" + Json.line(List.of(method))));
        }
        study(study, "methods=" + Json.line(real.methods())); // the table of all
        Folders.delete(diffusion); // 4 GB
        log.accept("\n" + report.text());
    }

    private void phase(String name, Runnable work) {
        Stop.check();
        log.accept(name);
        report.phase(real.name(), name, scale, work);
    }

    private void study(Path study, String methods) {
        new RecognitionStudy(study, folder.resolve("runs"), null, false, new Overrides(List.of(methods))).run(List.of(), run ->
                log.accept(String.format(Locale.ROOT, "%s %s, %d shots", run.task(), run.method(), run.shots())));
        try (NDManager manager = Devices.newManager(Devices.parse(device))) {
            report.environment(Environment.of(manager));
        }
    }

    /** Images of a class: one to train on and those to choose the epoch by, of the smallest part that a method takes. */
    private int images() {
        boolean parts = real.methods().stream().anyMatch(method -> method.endsWith("_half") || method.endsWith("_quarter"));
        return (parts ? 4 : 1) * (1 + VALIDATION);
    }

    private int pixels() {
        return Math.min(PIXELS, scale.pixels());
    }

    private Map<String, Object> small() {
        Map<String, Object> sampling = Map.of("steps", scale.steps(), "guidance", real.synthetic().sampling().guidance(),
                "width", pixels(), "height", pixels(), "batch", scale.batchSize());
        boolean shots = real.methods().stream().map(RecognitionMethod::of).anyMatch(RecognitionMethod::usesReal);
        Map<String, Object> study = new LinkedHashMap<>();
        study.put("name", real.name());
        study.put("device", device);
        study.put("data", "../data");
        study.put("model", "../clip");
        study.put("tasks", List.of(task));
        study.put("seeds", real.seeds().subList(0, 1));
        study.put("shots", shots ? List.of(1) : List.of());
        study.put("methods", real.methods());
        study.put("synthetic", Map.of("model", "../stable-diffusion", "count", 1, "per_sentence", images(),
                "grammar", real.synthetic().grammar(), "wrapper", real.synthetic().wrapper(task), "sampling", sampling));
        study.put("filter", real.filter());
        study.put("guided", Map.of("per_class", 1, "sampling", sampling, "strength", real.guided().strength()));
        study.put("validation", VALIDATION);
        study.put("choose", real.choose().name().toLowerCase(Locale.ROOT));
        study.put("zero_shot", Map.of("epochs", 1));
        study.put("few_shot", Map.of("epochs", 1));
        study.put("linear_probe", Map.of("epochs", 1));
        study.put("coop", Map.of("epochs", 1));
        study.put("tip_adapter", Map.of("epochs", 1));
        study.put("test_images", scale.testImages());
        return study;
    }

    /** What differs from the real study, a line each. */
    private List<String> cut() {
        return List.of(
                "data sets: " + task + " of " + real.tasks().size() + ", painted, a few images a class; one shot, one seed of "
                        + real.seeds().size(),
                "weights: random. Vocabulary: learnt from the class names; the embedding has its full size",
                String.format(Locale.ROOT, "images: %d of a class (%,d), by a Stable Diffusion of full size in place of %s,"
                        + " %d x %d in %d steps", images(), real.synthetic().images(), real.synthetic().model(), pixels(), pixels(),
                        scale.steps()),
                "sentences: one a class, of the template grammar",
                "tuning: one epoch; " + scale.testImages() + " images are evaluated on");
    }
}
