package gift.doctor;

import ai.djl.Device;
import gift.clip.ClipConfig;
import gift.continual.Training;
import gift.data.DatasetSource;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.data.catalog.Catalog;
import gift.diffusion.Sampling;
import gift.doctor.Finding.Level;
import gift.io.InputException;
import gift.io.Json;
import gift.sources.Sources;
import gift.study.StudyFile;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** {@link Doctor} for the recipes of few-shot studies. Times are for a study of which nothing is there yet. */
final class FewShotDoctor {
    private static final int SAMPLE = 6;  // images of a data set that are timed
    private static final int TOKENS = 14; // of a prompt; texts are few

    private final Path file;
    private final Path folder;
    private final FewShotRecipe recipe;
    private final StudyFile.Options study;
    private final Doctor.Options options;
    private final Machine machine;

    FewShotDoctor(Path file, FewShotRecipe recipe, StudyFile.Options study, Doctor.Options options, Machine machine) {
        this.file = file;
        this.folder = file.toAbsolutePath().normalize().getParent();
        this.recipe = recipe;
        this.study = study;
        this.options = options;
        this.machine = machine;
    }

    Doctor.Report look(Consumer<Finding> tell) {
        options.tasks().forEach(task -> InputException.require(recipe.config().tasks().contains(task),
                "no task '" + task + "' in " + file + Json.nearest(task, recipe.config().tasks())));
        Findings findings = new Findings(tell);
        MachineCheck machineCheck = new MachineCheck(machine, findings);
        String device = study.device() == null ? recipe.config().device() : study.device();
        Boolean gpu = machineCheck.engine(device);
        DatasetSource root = findings.attempt("data", "environment/gift data get NAME..., or --data DIR",
                () -> Sources.of(folder, study.data(), recipe.config().data(), recipe.config().tasks()));
        Place place = new Place(root == null || root.folder() == null ? folder : root.folder().toAbsolutePath().normalize(),
                Files.exists(options.catalog()) ? Catalog.read(options.catalog()) : null);
        List<Task> tasks = tasks(root, place, findings);
        WeightsCheck weights = new WeightsCheck(place, options.quick(), findings);
        Path model = study.model() != null ? study.model() : beside(root, recipe.config().model());
        Path found = weights.weights(model,
                root == null ? "at " + model : root.places(folder, recipe.config().model()), study.data());
        ClipConfig clip = found == null ? null : weights.clip(found);
        if (clip != null && !tasks.isEmpty()) {
            weights.vocabulary(Files.isDirectory(found) ? found : found.toAbsolutePath().getParent(), clip, tasks);
        }
        recipe.files().stream().filter(named -> !Files.exists(beside(root, named.path()))).forEach(named ->
                findings.fault(named.key(), "nothing at " + beside(root, named.path()), "mend it in " + file));

        Map<Path, Boolean> whole = new LinkedHashMap<>(); // what draws, and whether it can
        List<FewShotRecipe.Drawing> drawings = recipe.drawings(tasks);
        drawings.forEach(drawing -> whole.computeIfAbsent(beside(root, drawing.model()), weights::diffusion));
        Path results = options.results().resolve(recipe.config().name());
        drawings.forEach(drawing -> findings.note("images", String.format(Locale.ROOT,
                "%,d of %d x %d in %d steps, as far as they are not in %s", drawing.images(), drawing.sampling().width(),
                drawing.sampling().height(), drawing.sampling().steps(), results)));
        if (clip != null && clip.isVisionTransformer()) {
            machineCheck.memory(clip, recipe.memory(clip), 0, gpu);
        }
        machineCheck.disk(options.results(), clip == null || !clip.isVisionTransformer() ? 0 : recipe.kept(clip),
                Map.of(results, drawings.stream().mapToLong(d -> MachineCheck.images(d.sampling(), d.images())).sum()));
        boolean enough = options.estimate() && clip != null && gpu != null && !tasks.isEmpty() && !whole.containsValue(false);
        return new Doctor.Report(!findings.any(Level.FAULT), findings.all(),
                enough ? estimates(tasks, clip, drawings, root, Devices.parse(device)) : null);
    }

    private Path beside(DatasetSource root, String path) {
        return root == null ? folder.resolve(path).normalize() : root.beside(folder, path);
    }

    private List<Task> tasks(DatasetSource root, Place place, Findings findings) {
        DataCheck check = new DataCheck(root, place, new Pass(options.quick(), options.workers()), options.parts(), findings);
        return root == null ? List.of() : recipe.config().tasks().stream()
                .filter(name -> options.tasks().isEmpty() || options.tasks().contains(name))
                .map(name -> check.check(name, false)).filter(Objects::nonNull).toList();
    }

    private Estimates estimates(List<Task> tasks, ClipConfig clip, List<FewShotRecipe.Drawing> drawings, DatasetSource root,
            Device device) {
        Throughput speed = Throughput.of(clip, 64, Math.min(TOKENS, clip.contextLength()), Training.DEFAULT, device);
        List<Hours.Run> runs = new ArrayList<>();
        for (FewShotRecipe.Work work : recipe.work(tasks, clip)) {
            double training = work.trained() / speed.imageTraining() + work.forward() / speed.image();
            runs.add(new Hours.Run(work.method(), work.runs(), training / work.runs(),
                    work.evaluation() / speed.image() / work.runs()));
        }
        double drawing = drawings.stream().mapToDouble(one -> one.images() * Estimates.image(
                beside(root, one.model()), one.sampling(), Sampling.isGuided(one.sampling().guidance()), device)).sum();
        double reading = tasks.stream().mapToDouble(FewShotDoctor::reading).sum() / options.workers();
        return new Estimates(runs, reading, drawing);
    }

    /** Seconds to decode all images of a task once. */
    private static double reading(Task task) {
        ImageDataset data = task.train();
        int sample = Math.min(SAMPLE, data.size());
        Stopwatch watch = new Stopwatch(1);
        for (int i = 0; i < sample; i++) {
            data.image(i * (data.size() / sample));
        }
        return watch.seconds() / Math.max(1, sample) * (data.size() + task.test().size());
    }
}
