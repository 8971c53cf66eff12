package gift.job;

import gift.generate.Drawings;
import gift.generate.Generation;
import gift.generate.GenerationPart;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * One of the processes of a job: draws its part of the images, then goes through all runs and does those that are neither
 * done nor worked on by another process. Data and model of a study are loaded once for all its runs.
 */
public final class Worker {
    private static final String DRAWING = "the images of ";

    private Worker() {}

    /** Whether this is what {@code begins} is told of images. */
    static boolean isDrawing(String begun) {
        return begun != null && begun.startsWith(DRAWING);
    }

    /**
     * @param runs their studies are done in this order
     * @param folder of all runs
     * @param part of the images of all plans of these studies; null where no image is missing
     * @param device in place of the studies'; null for theirs
     * @param begins is told the id of every run that is begun, and of the images of a plan
     */
    public static void work(List<JobRun> runs, Path folder, GenerationPart part, String device, Consumer<String> begins) {
        if (part != null) {
            draw(JobRun.unmadePlans(runs.stream().filter(run -> !run.done(folder)).toList(), folder).stream()
                    .map(plan -> new Generation(plan, device)).toList(), part, begins);
        }
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

    /** Draws a part of the images of every plan, and waits until the other processes have drawn theirs. */
    private static void draw(List<Generation> plans, GenerationPart part, Consumer<String> begins) {
        Drawings known = new Drawings();
        for (Generation plan : plans) {
            begins.accept(DRAWING + plan.output().getFileName());
            part.make(plan, known);
        }
        for (Generation plan : plans) {
            while (plan.left() > 0) {
                Processes.pause();
            }
            plan.finish(); // where the last two ended at the same time
        }
    }
}
