package gift.dry;

import gift.data.PairDataset;
import gift.data.PairFolder;
import gift.data.sample.SampleSets;
import gift.diffusion.Sampling;
import gift.eval.Interval;
import gift.generate.Generation;
import gift.generate.GenerationPlan;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.Json;
import gift.results.ResultFolders;
import gift.results.tables.ResultTable;
import gift.results.tables.Tables;
import gift.study.Provenance;
import gift.study.Study;
import gift.study.StudyFile;
import gift.train.Stop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The whole chain of a study before its data and weights are downloaded: data sets with all their classes in their true
 * layouts, models of full size with random weights, an image drawn, every task learnt in a few updates, every
 * evaluation, the tables. Below its folder:
 * <ul>
 *   <li>{@code data}, {@code clip}, {@code drawn}, {@code pairs/<study>/<reference>}: what the studies read
 *   <li>{@code studies/<study>.json}: the studies as they are run
 *   <li>{@code runs}, {@code tables}: what comes of them
 *   <li>{@code report.json}, {@code report.txt}: seconds and memory of each phase
 * </ul>
 * Stopped and called again, it goes on.
 */
public final class DryRun {
    private static final String ORDER_I = "_order_I.json";
    private static final String ORDER_II = "_order_II.json";

    private final Path folder;
    private final Path published;
    private final DryScale scale;
    private final String device;
    private final List<DryStudy> studies;
    private final DryReport report;
    private final Consumer<String> log;

    /**
     * @param files the studies
     * @param folder of all that it makes
     * @param published folder of the papers' numbers, with which tables compare; may be missing
     * @param methods of each study; none for GIFT alone
     * @param device instead of the studies', or null
     * @param log is told of every phase and run
     */
    public DryRun(List<Path> files, Path folder, Path published, DryScale scale, List<String> methods, String device,
            Consumer<String> log) {
        this.folder = folder;
        this.published = published;
        this.scale = scale;
        this.device = device;
        this.log = log;
        this.studies = files.stream().map(file -> new DryStudy(file, folder, scale, methods)).toList();
        this.report = new DryReport(folder);
    }

    /** The studies that a dry run of a file goes through: that of order I takes order II, which lies beside it, along. */
    public static List<Path> orders(Path file) {
        Path second = file.resolveSibling(file.getFileName().toString().replace(ORDER_I, ORDER_II));
        return second.equals(file) || !Files.exists(second) ? List.of(file) : List.of(file, second);
    }

    /** @param restart forget earlier runs */
    public void run(boolean restart) {
        report.cut(studies.get(0).cut());
        phase("data", this::data);
        phase("weights", () -> DryModels.clip(clip(), scale));
        if (studies.stream().anyMatch(DryStudy::draws)) {
            draw();
        }
        phase("reference pairs", () -> studies.forEach(study -> {
            study.paint(drawn());
            study.write(folder.resolve("data"), clip());
        }));
        studies.forEach(study -> run(study, restart));
        log.accept("\n" + report.text());
    }

    private Path clip() {
        return folder.resolve("clip");
    }

    private void phase(String name, Runnable work) {
        phase(DryReport.ALL, name, work);
    }

    private void phase(String study, String name, Runnable work) {
        Stop.check();
        log.accept(study.equals(DryReport.ALL) ? name : study + ": " + name);
        report.phase(study, name, scale, work);
    }

    private void data() {
        Set<String> sets = new LinkedHashSet<>();
        studies.forEach(study -> sets.addAll(study.sets()));
        sets.forEach(set -> SampleSets.write(set, folder.resolve("data")));
    }

    /** The task that images are drawn for: the first of the first study. */
    private String imaged() {
        return studies.get(0).tasks().get(0);
    }

    private Path drawnFolder() {
        return PairFolder.of(folder.resolve("drawn"), imaged());
    }

    private Map<String, PairDataset> drawn() {
        return Files.exists(PairFolder.texts(drawnFolder())) ? Map.of(imaged(), PairDataset.read(drawnFolder())) : Map.of();
    }

    /** Draws images by a Stable Diffusion that is deleted afterwards: it takes 4 GB of disk. */
    private void draw() {
        Path model = folder.resolve("stable-diffusion");
        if (!drawn().isEmpty()) {
            Folders.delete(model); // of a session that was killed while it did so
            return;
        }
        phase("weights", () -> {
            if (!Files.exists(model.resolve("model_index.json"))) {
                DryModels.diffusion(model, clip(), scale);
            }
        });
        Path plan = folder.resolve("studies/drawn_plan.json");
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("model", "../stable-diffusion");
        settings.put("tasks", List.of(imaged()));
        settings.put("images", scale.drawn());
        settings.put("sampling", Sampling.DEFAULT.withSteps(scale.steps()).withSize(scale.pixels(), scale.pixels()).withBatch(1));
        settings.put("output", "../drawn");
        GenerationPlan whole = Json.with(plan.toString(), Json.toTree(settings), GenerationPlan.class, GenerationPlan.DEFAULT);
        AtomicFiles.writeString(plan, Json.write(whole));
        phase("generation", () -> {
            Generation generation = new Generation(plan, device);
            generation.run(0, generation.total());
        });
        Folders.delete(model);
    }

    private void run(DryStudy dry, boolean restart) {
        Study study = new Study(dry.file(), folder.resolve("runs"),
                new StudyFile.Options(null, null, null, null, device, List.of(), List.of()));
        if (restart) {
            report.forget(dry.name());
        }
        boolean earlier = !restart && study.finished();
        log.accept(dry.name());
        try {
            study.run(restart, result -> {
                log.accept(result.line() + (result.earlier() ? ", finished before" : ""));
                report.environment(Provenance.read(result.folder().resolve("provenance.json")).environment());
            });
        } finally {
            if (!earlier) {
                report.add(dry.name(), study.phases(), scale);
            }
        }
        if (!earlier || !Files.exists(tables(dry.name()).get(0))) {
            phase(dry.name(), "tables", () -> writeTables(dry.name()));
        }
    }

    /** The files of the tables of a study. */
    private List<Path> tables(String study) {
        return Tables.of(study).stream().map(name -> folder.resolve("tables").resolve(name + ".csv")).toList();
    }

    private void writeTables(String study) {
        Tables all = new Tables(new ResultFolders(folder.resolve("runs"), published, folder.resolve("reference")),
                Interval.Kind.T);
        for (Path file : tables(study)) {
            String name = file.getFileName().toString().replace(".csv", "");
            if (Files.isDirectory(published) || !name.endsWith("_published")) {
                ResultTable table = all.get(name);
                AtomicFiles.writeString(file.resolveSibling(name + ".md"), table.markdown());
                AtomicFiles.writeString(file, table.csv());
            }
        }
    }
}
