package gift.study.job;

import gift.study.Study;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One of the processes of a job: goes through all runs and does those that are neither finished nor worked on by another
 * process. Data and model of a study are loaded once for all its runs.
 */
public final class Worker {
    private Worker() {}

    /**
     * @param runs in the order of work; the runs of a study stand together
     * @param folder of all runs
     * @param begins is told the id of every run that is begun
     */
    public static void work(List<JobRun> runs, Path folder, Consumer<String> begins) {
        Map<Path, List<JobRun>> byStudy = runs.stream()
                .collect(Collectors.groupingBy(JobRun::file, LinkedHashMap::new, Collectors.toList()));
        byStudy.forEach((file, all) -> {
            List<JobRun> open = all.stream().filter(run -> !run.folder(folder).finished()).toList();
            if (!open.isEmpty()) {
                Set<String> wanted = open.stream().map(JobRun::id).collect(Collectors.toSet());
                String name = open.get(0).study().name();
                study(file, open, folder).share((method, seed) -> wanted.contains(id(name, method, seed)),
                        (method, seed) -> begins.accept(id(name, method, seed)));
            }
        });
    }

    private static String id(String study, String method, long seed) {
        return study + "/" + method + "/" + seed;
    }

    /** The study with the methods and seeds of some of its runs. */
    static Study study(Path file, List<JobRun> runs, Path folder) {
        List<String> methods = runs.stream().map(JobRun::method).distinct().toList();
        List<Long> seeds = runs.stream().map(JobRun::seed).distinct().toList();
        return new Study(file, folder, new Study.Options(null, null, null, null, null, methods, seeds));
    }
}
