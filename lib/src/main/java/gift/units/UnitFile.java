package gift.units;

import com.fasterxml.jackson.databind.JsonNode;
import gift.generate.ClassPlan;
import gift.generate.Generation;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.job.Job;
import gift.job.JobFolders;
import gift.job.JobRun;
import gift.job.TuningJob;
import gift.study.StudyConfig;
import gift.study.StudyFile;
import gift.study.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file whose work can be cut into units: a study, a job, a tuning, a generation plan, or a plan of class images. */
public final class UnitFile {
    private UnitFile() {}

    /**
     * What is said besides the file.
     *
     * @param size of a job
     * @param folders of what runs leave
     * @param place of data and computation
     */
    public record Options(String size, JobFolders folders, JobRun.Place place) {}

    /**
     * Its units.
     *
     * @throws InputException if the file is none of these, or its settings are wrong
     */
    public static Units open(Path file, Options options) {
        JsonNode tree = file.toString().endsWith(".json") ? Json.tree(file) : null; // published settings may be YAML
        if (tree != null && tree.has("sizes")) {
            Job job = Job.read(file);
            return runs(job.name() + "-" + options.size, job, file, options.size, options, null);
        }
        if (tree != null && tree.has("grids")) {
            TuningJob trials = new TuningJob(new Tuning(file, Overrides.NONE), options.folders.results());
            return runs(trials.job().name(), trials.job(), trials.write(), "default", options, trials);
        }
        if (tree != null && tree.has("sentences") && tree.has("model")) { // of gift class-images: it leaves a plan
            Path plan = ClassPlan.write(file, options.place.data(), Overrides.NONE);
            return new ImageUnits(new Generation(plan, options.place.device(), options.place.data()));
        }
        if (tree != null && isPlan(tree)) {
            return new ImageUnits(new Generation(file, options.place.device(), options.place.data()));
        }
        StudyConfig study = StudyFile.read(file);
        Job job = new Job(study.name(), study.about(), Map.of("default",
                List.of(new Job.Part(file.getFileName().toString(), List.of(), List.of()))));
        return runs(study.name(), job, file, "default", options, null);
    }

    private static boolean isPlan(JsonNode tree) {
        return tree.has("output") && tree.has("model") && (tree.has("generic") || tree.has("tasks") || tree.has("classes_of"));
    }

    private static RunUnits runs(String name, Job job, Path file, String size, Options options, TuningJob trials) {
        return new RunUnits(name, job, job.runs(file, size, options.place.data()), options.folders, options.place, out -> {
            if (trials != null) {
                trials.writeOutcomes(options.folders.runs(), out);
            }
        });
    }
}
