package gift.doctor;

import gift.clip.ClipConfig;
import gift.clip.Tokenizer;
import gift.data.DatasetSource;
import gift.data.Task;
import gift.data.catalog.Catalog;
import gift.doctor.Finding.Level;
import gift.generate.Generation;
import gift.io.InputException;
import gift.io.Json;
import gift.sources.Sources;
import gift.study.Study;
import gift.study.StudyConfig;
import gift.study.StudyFile;
import gift.study.StudyMethod;
import gift.study.StudyTasks;
import gift.tensor.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Checks before a study runs whether everything that it needs is there and usable, and estimates how long it will take.
 * Writes nothing.
 */
public final class Doctor {
    private final Path file;
    private final StudyFile.Options study;
    private final Options options;
    private final Machine machine;
    private final Map<String, RunNeeds> needs = new LinkedHashMap<>(); // of a run by its method, once all was looked at

    /**
     * What the user says besides what {@link Study} is told.
     *
     * @param tasks only these data sets; empty for all
     * @param results folder of all runs
     * @param catalog file of the catalog; nothing is compared with what was published where there is none
     * @param quick decode a sample of the images, compute no checksums
     * @param parts data sets may be parts of the published ones
     * @param estimate whether the time is estimated
     * @param workers that decode images
     */
    public record Options(List<String> tasks, Path results, Path catalog, boolean quick, boolean parts, boolean estimate,
            int workers) {}

    /**
     * What was found.
     *
     * @param ready whether the study can be run
     * @param estimates null where too little is there for them
     */
    record Report(boolean ready, List<Finding> findings, Estimates estimates) {
        /** The report as JSON. */
        String json() {
            return Json.write(this);
        }
    }

    Doctor(Path file, StudyFile.Options study, Options options, Machine machine) {
        this.file = file;
        this.study = study;
        this.options = options;
        this.machine = machine;
    }

    /**
     * Looks at everything and prints a line for each finding, or all as JSON at the end.
     *
     * @param line is told of everything to print
     * @return whether the study can be run
     * @throws InputException if the study's settings are wrong
     */
    public static boolean look(Path file, StudyFile.Options study, Options options, boolean json, Consumer<String> line) {
        FewShotRecipe fewShots = FewShotRecipe.of(file, study.set());
        Consumer<Finding> tell = json ? finding -> { } : finding -> line.accept(finding.line());
        Report report = fewShots != null ? new FewShotDoctor(file, fewShots, study, options, Machine.here()).look(tell)
                : new Doctor(file, study, options, Machine.here()).look(tell);
        if (json) {
            line.accept(report.json().strip());
        } else {
            if (options.estimate) {
                EstimateTable.print(report.estimates(), line);
            }
            long faults = report.findings().stream().filter(f -> f.level() == Level.FAULT).count();
            line.accept(report.ready() ? "ready: environment/gift " + (fewShots == null ? "run " : fewShots.command() + " ") + file
                    : "not ready: " + faults + (faults == 1 ? " fault" : " faults"));
        }
        return report.ready();
    }

    /**
     * What a run of each method takes, by the same measurements; about as long as the quick look. Empty where too little is
     * there for an estimate.
     *
     * @param data folder of the data sets, or null
     */
    public static Map<String, RunNeeds> needs(Path file, Path data, String device) {
        Doctor doctor = new Doctor(file, new StudyFile.Options(data, null, null, null, device, List.of(), List.of()),
                new Options(List.of(), Path.of(""), Path.of("none"), true, true, true, 1), Machine.here());
        doctor.look(finding -> { });
        return doctor.needs;
    }

    /** Seconds that an image of a plan takes on a device, estimated for this machine with nothing else to do. */
    public static double imageSeconds(Generation generation, String device) {
        return Estimates.image(generation, Devices.parse(device));
    }

    Report look(Consumer<Finding> tell) {
        StudyConfig config = StudyFile.settings(file, study);
        for (String task : options.tasks) {
            if (!config.tasks().contains(task) && !config.watched().contains(task)) {
                List<String> known = new ArrayList<>(config.tasks());
                known.addAll(config.watched());
                throw new InputException("no task '" + task + "' in " + file + Json.nearest(task, known));
            }
        }
        List<StudyMethod> given = config.resolved(file.toString());
        Path folder = file.toAbsolutePath().normalize().getParent();
        Findings findings = new Findings(tell);

        MachineCheck machineCheck = new MachineCheck(machine, findings);
        Boolean gpu = machineCheck.engine(config.device());
        Pass pass = new Pass(options.quick, options.workers);
        List<String> needed = new ArrayList<>(config.tasks());
        needed.addAll(config.watched());
        DatasetSource root = findings.attempt("data", "environment/gift data get NAME..., or --data DIR",
                () -> Sources.of(folder, null, config.data(), needed));
        Place place = new Place(root == null ? folder.resolve(config.data()).normalize()
                : root.folder() == null ? folder : root.folder().toAbsolutePath().normalize(),
                Files.exists(options.catalog) ? Catalog.read(options.catalog) : null);

        List<Task> sets = tasks(config.tasks(), false, root, place, pass, findings);
        StudyTasks steps = config.scenario() == null || sets.isEmpty() ? null
                : findings.attempt("scenario", "mend it in " + file, () -> StudyTasks.of(config, sets));
        List<Task> tasks = steps == null ? sets : steps.tasks();
        List<StudyMethod> methods = steps == null ? given : given.stream().map(one ->
                new StudyMethod(one.name(), one.method(), steps.training(one.training()))).toList();
        List<String> names = steps == null ? config.tasks() : steps.names();
        if (options.estimate && Boolean.FALSE.equals(gpu)) {
            machineCheck.half(methods);
        }
        List<Task> watched = tasks(config.watched(), true, root, place, pass, findings);
        WeightsCheck weightsCheck = new WeightsCheck(place, options.quick, findings);
        Path model = root == null ? folder.resolve(config.model()).normalize() : root.beside(folder, config.model());
        Path weights = weightsCheck.weights(model, root == null ? "at " + model : root.places(folder, config.model()), study.data());
        ClipConfig clip = weights == null ? null : weightsCheck.clip(weights);
        Tokenizer tokenizer = clip == null ? null
                : weightsCheck.vocabulary(StudyFile.vocabulary(config, folder, weights), clip, tasks);
        if (root != null) {
            methods.forEach(method -> weightsCheck.given(method, config.tasks(), clip,
                    path -> root.beside(folder, path.toString())));
        }
        Map<String, ReferenceCheck.Facts> references = root == null ? Map.of()
                : references(new ReferenceCheck(config, names, folder, root, pass, weightsCheck, findings), methods);

        List<Generation> unmade = references.values().stream().filter(Objects::nonNull)
                .map(ReferenceCheck.Facts::generation).filter(Objects::nonNull).toList();
        if (clip != null) {
            int pairs = references.values().stream().filter(Objects::nonNull).mapToInt(ReferenceCheck.Facts::pairs).sum();
            machineCheck.memory(clip, config, methods, tasks, pairs, gpu);
        }
        machineCheck.disk(options.results, clip, config, names.size(), methods, unmade);
        DatasetSource packed = root == null || config.cache().isEmpty() ? root
                : root.packed(folder.resolve(config.cache()).normalize());
        List<Task> readSets = packed(packed, sets, clip, findings);
        List<Task> readTasks = steps == null ? readSets : StudyTasks.of(config, readSets).tasks();
        List<Task> readWatched = packed(packed, watched, clip, findings);
        boolean enough = options.estimate && clip != null && gpu != null && !tasks.isEmpty();
        Estimates estimates = !enough ? null : Estimates.of(config, names, methods, clip, tokenizer, readTasks, readWatched, references,
                options.workers, Devices.parse(config.device()));
        if (estimates != null) {
            int pairs = references.values().stream().filter(Objects::nonNull).mapToInt(ReferenceCheck.Facts::pairs).sum();
            long heap = Needs.heap(clip, tasks, config.testImages(), pairs);
            for (int m = 0; m < methods.size(); m++) {
                Hours.Run run = estimates.runs().get(m);
                long onDevice = Needs.device(clip, methods.get(m), tasks);
                long host = heap + Needs.engine() + (gpu ? Needs.weights(clip) : onDevice);
                needs.put(methods.get(m).name(),
                        new RunNeeds(run.training() + run.evaluation() + estimates.looking(), host, gpu ? onDevice : 0));
            }
        }
        return new Report(!findings.any(Level.FAULT), findings.all(), estimates);
    }

    private List<Task> tasks(List<String> names, boolean watched, DatasetSource root, Place place, Pass pass,
            Findings findings) {
        DataCheck check = new DataCheck(root, place, pass, options.parts, findings);
        return root == null ? List.of() : names.stream().filter(name -> options.tasks.isEmpty() || options.tasks.contains(name))
                .map(name -> check.check(name, watched)).filter(Objects::nonNull).toList();
    }

    /** The same tasks with their packed images, where there are some that can be used. */
    private static List<Task> packed(DatasetSource root, List<Task> tasks, ClipConfig clip, Findings findings) {
        if (root == null || !root.isPacked()) {
            return tasks;
        }
        return tasks.stream().map(task -> {
            Task packed = findings.attempt("packed images", "environment/gift data pack " + task.name() + ", or delete them", () -> {
                Task opened = root.openUnseen(task.name());
                if (clip != null) {
                    root.requireResolution(clip.imageResolution());
                }
                return opened;
            });
            return packed == null ? task : packed;
        }).toList();
    }

    private static Map<String, ReferenceCheck.Facts> references(ReferenceCheck check, List<StudyMethod> methods) {
        Map<String, ReferenceCheck.Facts> facts = new LinkedHashMap<>();
        methods.stream().filter(method -> method.method().usesReferenceSet()).map(method -> method.method().reference())
                .distinct().forEach(name -> facts.put(name, check.check(name)));
        return facts;
    }
}
