package gift.units;

import gift.job.Job;
import gift.job.JobFolders;
import gift.job.JobRun;
import gift.job.Results;
import gift.study.RunFolder;
import gift.train.FolderLock;
import gift.train.Stop;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A study, a job or a tuning: a unit is a run. They are in the order of the file: the seeds of a part, and for each its
 * methods. Data and model of a study are opened once for all its units that one process does.
 */
final class RunUnits implements Units {
    private final Job job;
    private final List<JobRun> runs;
    private final JobFolders folders;
    private final String name;
    private final JobRun.Place place;
    private final Consumer<PrintWriter> further;

    /**
     * @param name of the file and, of a job, of its size
     * @param place of data and computation
     * @param further what is collected besides tables and report
     */
    RunUnits(String name, Job job, List<JobRun> runs, JobFolders folders, JobRun.Place place, Consumer<PrintWriter> further) {
        this.name = name.replaceAll("[^A-Za-z0-9._-]", "_");
        this.job = job;
        this.runs = runs;
        this.folders = folders;
        this.place = place;
        this.further = further;
    }

    JobRun.Place place() {
        return place;
    }

    List<JobRun> runs() {
        return runs;
    }

    /** Plans of images that the runs distil on and that are not all there. */
    Set<Path> unmadePlans() {
        Set<Path> plans = new LinkedHashSet<>();
        JobRun.byStudy(runs.stream().filter(run -> !run.done(folders.runs())).toList()).forEach((file, some) ->
                plans.addAll(JobRun.study(file, some, folders.runs(), place).unmadePlans()));
        return plans;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return runs.size();
    }

    @Override
    public String id(int index) {
        return runs.get(index).id();
    }

    @Override
    public BitSet done() {
        BitSet done = new BitSet();
        for (int i = 0; i < runs.size(); i++) {
            done.set(i, isDone(i));
        }
        return done;
    }

    @Override
    public boolean isDone(int index) {
        return runs.get(index).done(folders.runs());
    }

    @Override
    public boolean isHeld(int index) {
        RunFolder folder = runs.get(index).folder(folders.runs());
        return Files.exists(folder.path().resolve(FolderLock.FILE)) && !FolderLock.ifFree(folder.path(), () -> { });
    }

    @Override
    public Path above() {
        return folders.runs();
    }

    @Override
    public void prepare() {
        JobRun.requireSameSettings(runs, folders.runs(), place);
        unmadePlans(); // opens every study, without its images
    }

    @Override
    public void work(List<Integer> indices, Session session) {
        Map<JobRun, Integer> numbers = new HashMap<>();
        indices.forEach(index -> numbers.put(runs.get(index), index));
        JobRun.byStudy(indices.stream().map(runs::get).toList()).forEach((file, some) -> {
            List<JobRun> open = some;
            do {
                share(file, open, numbers, session);
                open = open.stream().filter(run -> !run.done(folders.runs()) && !session.hasFailed(numbers.get(run))).toList();
            } while (!open.isEmpty() && session.waitAgain());
            open.forEach(run -> session.held(numbers.get(run)));
        });
    }

    private void share(Path file, List<JobRun> open, Map<JobRun, Integer> numbers, Session session) {
        try {
            JobRun.study(file, open, folders.runs(), place).share(JobRun.among(open), (method, seed, work) -> {
                JobRun run = open.stream().filter(one -> one.method().equals(method) && one.seed() == seed).findFirst()
                        .orElseThrow();
                session.attempt(numbers.get(run), work);
            });
        } catch (Stop.Requested e) {
            throw e;
        } catch (RuntimeException e) { // before any unit: the data, the model, the settings of one that is there
            List<JobRun> left = open.stream().filter(run -> !run.done(folders.runs()) && !session.hasFailed(numbers.get(run))).toList();
            if (open.size() > 1) { // by themselves, so that those that it is not about are done
                left.forEach(run -> share(file, List.of(run), numbers, session));
            } else {
                left.forEach(run -> session.failed(numbers.get(run), e));
            }
        }
    }

    @Override
    public void collect(PrintWriter out) {
        if (runs.stream().anyMatch(run -> run.folder(folders.runs()).finished())) {
            Results.write(job, runs, folders, out);
        }
        if (runs.stream().allMatch(run -> run.done(folders.runs()))) {
            further.accept(out);
        }
    }
}
