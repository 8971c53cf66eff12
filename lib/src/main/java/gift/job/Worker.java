package gift.job;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * One of the processes of a job: goes through all runs and does those that are neither done nor worked on by another
 * process. Data and model of a study are loaded once for all its runs.
 */
public final class Worker {
    private Worker() {}

    /**
     * @param runs their studies are done in this order
     * @param folder of all runs
     * @param device in place of the studies'; null for theirs
     * @param begins is told the id of every run that is begun
     */
    public static void work(List<JobRun> runs, Path folder, String device, Consumer<String> begins) {
        JobRun.byStudy(runs).forEach((file, all) -> {
            List<JobRun> open = all.stream().filter(run -> !run.done(folder)).toList();
            if (!open.isEmpty()) {
                String name = open.get(0).study().name();
                JobRun.study(file, open, folder, new JobRun.Place(null, device)).share(JobRun.among(open), (method, seed, work) -> {
                    begins.accept(JobRun.id(name, method, seed));
                    work.run();
                });
            }
        });
    }
}
