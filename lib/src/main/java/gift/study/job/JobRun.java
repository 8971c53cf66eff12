package gift.study.job;

import gift.continual.Method.Learns;
import gift.study.RunFolder;
import gift.study.StudyConfig;
import gift.study.StudyMethod;
import java.nio.file.Path;
import java.util.List;

/**
 * One run of a job.
 *
 * @param file of the study
 * @param study its settings
 * @param updates of each task
 * @param cost about how long it takes, in updates
 */
public record JobRun(Path file, StudyConfig study, String method, long seed, List<Integer> updates, double cost) {
    /** An evaluation of all tasks takes about half as long as learning one of them (measured in the mini world). */
    private static final double EVALUATION = 0.5;

    static JobRun of(Path file, StudyConfig study, String name, long seed) {
        StudyMethod method = study.resolved(file.toString()).stream().filter(m -> m.name().equals(name)).findFirst()
                .orElseThrow();
        List<Integer> updates = method.training().stream().map(training -> training.iterations() + 1).toList();
        double all = updates.stream().mapToInt(Integer::intValue).sum();
        double evaluations = EVALUATION * all / updates.size();
        double cost = method.method().learns() == Learns.NOTHING ? 2 * evaluations
                : all + (updates.size() + 1) * evaluations;
        return new JobRun(file, study, name, seed, updates, cost);
    }

    /** "order_I/gift/1", which is also its place below the folder of all runs. */
    public String id() {
        return study.name() + "/" + method + "/" + seed;
    }

    /** Its folder below that of all runs. */
    public RunFolder folder(Path runs) {
        return new RunFolder(runs.resolve(id()), study.tasks());
    }
}
