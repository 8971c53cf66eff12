package gift.job;

import gift.continual.RunCost;
import gift.continual.Training;
import gift.io.InputException;
import gift.study.RunFolder;
import gift.study.Study;
import gift.study.StudyConfig;
import gift.study.StudyFile;
import gift.study.StudyMethod;
import gift.study.StudyTasks;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * One run of a job.
 *
 * @param file of the study
 * @param study its settings
 * @param tasks that it learns, in their order
 * @param updates of each task
 * @param cost about how long it takes, in updates of plain fine-tuning
 */
public record JobRun(Path file, StudyConfig study, String method, long seed, List<String> tasks, List<Integer> updates,
        double cost) {
    /**
     * All runs of a study, by method and seed.
     *
     * @throws InputException if its settings are wrong
     */
    static Map<String, Map<Long, JobRun>> all(Path file, StudyConfig study) {
        StudyTasks tasks = StudyTasks.of(study, file);
        Map<String, Map<Long, JobRun>> all = new LinkedHashMap<>();
        for (StudyMethod method : study.resolved(file.toString())) {
            List<Training> trainings = tasks.training(method.training());
            List<Integer> updates = trainings.stream().map(training -> training.iterations() + 1).toList();
            double cost = new RunCost(method.method(), trainings).inUpdates();
            Map<Long, JobRun> bySeed = all.computeIfAbsent(method.name(), name -> new LinkedHashMap<>());
            study.seeds().forEach(seed -> bySeed.put(seed,
                    new JobRun(file, study, method.name(), seed, tasks.names(), updates, cost)));
        }
        return all;
    }

    /** Runs by the file of their study, in their order. */
    public static Map<Path, List<JobRun>> byStudy(Collection<JobRun> runs) {
        return runs.stream().collect(Collectors.groupingBy(JobRun::file, LinkedHashMap::new, Collectors.toList()));
    }

    /**
     * What is said of runs besides their files; null leaves it to them.
     *
     * @param data folder of the data sets
     * @param device auto, cpu, gpu0, ...
     */
    public record Place(Path data, String device) {
        public static final Place AS_SET = new Place(null, null);
    }

    /** The study at a file with the methods and seeds of some of its runs. */
    static Study study(Path file, List<JobRun> some, Path runs) {
        return study(file, some, runs, Place.AS_SET);
    }

    /** The same at another place than the file says. */
    public static Study study(Path file, List<JobRun> some, Path runs, Place place) {
        List<String> methods = some.stream().map(JobRun::method).distinct().toList();
        List<Long> seeds = some.stream().map(JobRun::seed).distinct().toList();
        return new Study(file, runs, new StudyFile.Options(place.data, null, null, null, place.device, methods, seeds));
    }

    /**
     * Looks whether finished runs are what their studies say now.
     *
     * @param some runs, finished or not
     * @param runs the folder of all runs
     * @throws InputException naming a run that was made with other settings, data or weights
     */
    public static void requireSameSettings(List<JobRun> some, Path runs) {
        requireSameSettings(some, runs, Place.AS_SET);
    }

    /** The same at another place than the files say. */
    public static void requireSameSettings(List<JobRun> some, Path runs, Place place) {
        byStudy(some.stream().filter(run -> run.folder(runs).finished()).toList())
                .forEach((file, finished) -> study(file, finished, runs, place).requireSameSettings(among(finished)));
    }

    /**
     * Plans of which images are missing that some runs need; looks at the settings of all their studies on the way.
     *
     * @param runs the folder of all runs
     */
    static Set<Path> unmadePlans(Collection<JobRun> some, Path runs) {
        Set<Path> plans = new LinkedHashSet<>();
        byStudy(some).forEach((file, ofStudy) -> plans.addAll(study(file, ofStudy, runs).unmadePlans()));
        return plans;
    }

    /** Whether a method with a seed is one of some runs of a study. */
    public static BiPredicate<String, Long> among(List<JobRun> some) {
        return (method, seed) -> some.stream().anyMatch(run -> run.method.equals(method) && run.seed == seed);
    }

    static String id(String study, String method, long seed) {
        return study + "/" + method + "/" + seed;
    }

    /** "order_I/gift/1", which is also its place below the folder of all runs. */
    public String id() {
        return id(study.name(), method, seed);
    }

    /** Whether it is finished, all that its study watches included. */
    public boolean done(Path runs) {
        return folder(runs).finished() && folder(runs).watches(study.watched());
    }

    /** Its folder below that of all runs. */
    public RunFolder folder(Path runs) {
        return new RunFolder(runs.resolve(id()), tasks);
    }
}
