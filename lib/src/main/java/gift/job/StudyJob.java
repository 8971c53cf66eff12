package gift.job;

import gift.generate.Generation;
import gift.io.InputException;
import gift.study.Study;
import gift.train.Progress;
import gift.train.Stop;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Does the runs of a job in several processes, after the images that they need: one bar for everything, one line for
 * each finished run. What is there already is picked up, whoever made it.
 */
public final class StudyJob {
    private static final int TRIES = 2;     // of a run whose process dies
    private static final long WAIT = 10;    // seconds, for other processes that hold what is left

    private final List<JobRun> runs;
    private final Path folder;
    private final Path logs;
    private final Set<JobRun> open = new LinkedHashSet<>();
    private final Map<String, Integer> deaths = new HashMap<>();
    private final Map<JobRun, Double> shares = new HashMap<>();
    private final List<Generation> generations = new ArrayList<>();
    private final PrintWriter out;
    private int images; // missing at the beginning
    private final Occasional doneNow = new Occasional(() -> done(false));
    private Progress bar;

    /**
     * How the processes are started.
     *
     * @param mainClass of this program
     * @param worker arguments with which it does the runs of this job ({@link Worker}); " --skip ID" may follow
     * @param processes at most so many at once
     * @param devices that the processes are shared out to; empty for what the studies say
     */
    public record Start(String mainClass, List<String> worker, int processes, List<String> devices) {
        public Start {
            if (processes < 1) {
                throw new InputException("--processes " + processes + " must be at least 1");
            }
        }
    }

    /**
     * @param runs their studies are done in this order
     * @param out for a line about each run
     */
    public StudyJob(List<JobRun> runs, JobFolders folders, PrintWriter out) {
        this.runs = runs;
        this.folder = folders.runs();
        this.logs = folders.logs();
        this.out = out;
    }

    /**
     * Does what is missing.
     *
     * @return ids of runs that failed twice; the others are finished
     * @throws InputException if settings, data or models are not valid, or a run was finished with others
     * @throws Stop.Requested if the user ends it; the same job goes on from there
     */
    public List<String> run(Start start) {
        JobRun.requireSameSettings(runs.stream().filter(run -> run.done(folder)).toList(), folder);
        runs.stream().filter(run -> !run.done(folder)).forEach(open::add);
        line(runs.size() + " runs" + (open.size() == runs.size() ? "" : ", " + (runs.size() - open.size()) + " finished before")
                + (open.isEmpty() ? "" : "; at most " + start.processes + " at once, each with one thread"));
        if (open.isEmpty()) {
            return List.of();
        }
        for (Path plan : unmadePlans()) {
            Generation generation = new Generation(plan, null);
            generation.prepare();
            generations.add(generation);
        }
        images = generations.stream().mapToInt(Generation::left).sum();
        try (Processes processes = new Processes(start.mainClass, logs);
                Progress progress = new Progress("study", total(), done(true))) {
            bar = progress;
            for (Generation generation : generations) {
                generate(generation, start, processes);
            }
            work(start, processes);
        }
        return open.stream().map(JobRun::id).toList();
    }

    /** Plans whose images are missing; looks at the settings of all studies on the way. */
    private Set<Path> unmadePlans() {
        Set<Path> plans = new LinkedHashSet<>();
        JobRun.byStudy(open).forEach((file, some) -> plans.addAll(JobRun.study(file, some, folder).unmadePlans()));
        return plans;
    }

    private void generate(Generation generation, Start start, Processes processes) {
        new GenerationJob(generation, List.of()).work(start.processes, start.devices, processes,
                text -> show(text), this::line);
    }

    private void work(Start start, Processes processes) {
        List<Processes.One> workers = new ArrayList<>();
        int before = 0;
        while (!ready().isEmpty()) {
            if (ready().size() == before) {
                line("another process works on what is left; looking again in " + WAIT + " s");
                for (long i = 0; i < WAIT * 1000 / Processes.LOOK; i++) {
                    Processes.pause();
                }
                tellFinished();
            }
            before = ready().size();
            // a round: each process ends when it finds no run that is free
            int wanted = Math.min(start.processes, ready().size());
            while (workers.size() < wanted) {
                workers.add(worker(start, processes, workers));
            }
            while (!workers.isEmpty()) {
                Processes.pause();
                tellFinished();
                for (Processes.One worker : workers.stream().filter(one -> !one.isAlive()).toList()) {
                    workers.remove(worker);
                    tellFinished();
                    if (worker.code() != 0) {
                        tellDeath(worker);
                        if (!ready().isEmpty()) {
                            workers.add(worker(start, processes, workers));
                        }
                    }
                }
            }
        }
    }

    /** What is to be done and did not fail. */
    private List<JobRun> ready() {
        return open.stream().filter(run -> deaths.getOrDefault(run.id(), 0) < TRIES).toList();
    }

    private Processes.One worker(Start start, Processes processes, List<Processes.One> others) {
        return processes.start("worker", arguments(start), Processes.freeDevice(start.devices, others));
    }

    private List<String> arguments(Start start) {
        List<String> arguments = new ArrayList<>(start.worker);
        open.stream().map(JobRun::id).filter(id -> deaths.getOrDefault(id, 0) >= TRIES)
                .forEach(id -> arguments.addAll(List.of("--skip", id)));
        return arguments;
    }

    /**
     * Tells of a process that died.
     *
     * @throws InputException if another one would die of the same
     */
    private void tellDeath(Processes.One worker) {
        if (worker.code() == Processes.BAD_INPUT) {
            throw new InputException(worker.lastLine().replaceFirst("^gift: ", ""));
        }
        String run = worker.run() == null ? "the start" : worker.run();
        int times = deaths.merge(run, 1, Integer::sum);
        line("a process ended with code " + worker.code() + " at " + run + ": " + worker.lastLine() + " (" + worker.log()
                + (times < TRIES ? "); tried once more" : "); given up"));
        if (worker.run() == null && times >= TRIES) {
            throw new InputException("the processes do not start; " + worker.log() + " says why");
        }
    }

    private void tellFinished() {
        for (JobRun run : List.copyOf(open)) {
            if (run.done(folder)) {
                open.remove(run);
                doneNow.forget();
                line((runs.size() - open.size()) + " of " + runs.size() + ": " + run.study().name() + ", "
                        + Study.Result.of(run.method(), run.seed(), run.folder(folder), true).line());
            }
        }
        show((runs.size() - open.size()) + " of " + runs.size() + " runs");
    }

    private void line(String text) {
        if (bar != null) {
            bar.clear();
        }
        out.println(text);
        out.flush();
    }

    private void show(String detail) {
        bar.at(doneNow.get(), detail);
    }

    /** In updates; an image counts as one. */
    private long total() {
        return Math.round(runs.stream().mapToDouble(JobRun::cost).sum()) + images;
    }

    private long done(boolean begin) {
        int made = begin ? 0 : images - generations.stream().mapToInt(Generation::left).sum();
        for (JobRun run : runs) {
            if (!shares.containsKey(run) || shares.get(run) < 1) {
                shares.put(run, run.folder(folder).share(run.updates()));
            }
        }
        return made + Math.round(runs.stream().mapToDouble(run -> shares.get(run) * run.cost()).sum());
    }
}
