package gift.job;

import gift.generate.Generation;
import gift.generate.GenerationPart;
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
 * Does the runs of a job in several processes, each of which first draws its part of the images that they need: one bar for
 * everything, one line for each finished run. What is there already is picked up, whoever made it.
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
    private final Occasional imagesLeft = new Occasional(() -> generations.stream().mapToLong(Generation::left).sum());
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
        for (Path plan : JobRun.unmadePlans(open, folder)) {
            Generation generation = new Generation(plan, null);
            generation.prepare();
            generations.add(generation);
        }
        images = Math.toIntExact(imagesLeft.get());
        try (Processes processes = new Processes(start.mainClass, logs);
                Progress progress = new Progress("study", total(), done(true))) {
            bar = progress;
            work(start, processes);
        }
        return open.stream().map(JobRun::id).toList();
    }

    /** @param part of the images, which it draws before its first run; null for none */
    private record Working(Processes.One process, GenerationPart part) {}

    private void work(Start start, Processes processes) {
        List<Working> workers = new ArrayList<>();
        if (!generations.isEmpty()) {
            for (int k = 1; k <= start.processes; k++) {
                workers.add(worker(start, processes, workers, new GenerationPart(k, start.processes)));
            }
        }
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
                workers.add(worker(start, processes, workers, null));
            }
            while (!workers.isEmpty()) {
                Processes.pause();
                tellFinished();
                for (Working worker : workers.stream().filter(one -> !one.process.isAlive()).toList()) {
                    workers.remove(worker);
                    tellFinished();
                    if (worker.process.code() != 0) {
                        tellDeath(worker.process);
                        if (!ready().isEmpty()) {
                            workers.add(worker(start, processes, workers, worker.part));
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

    private Working worker(Start start, Processes processes, List<Working> others, GenerationPart part) {
        String device = Processes.freeDevice(start.devices, others.stream().map(Working::process).toList());
        return new Working(processes.start("worker", arguments(start, part), device), part);
    }

    private List<String> arguments(Start start, GenerationPart part) {
        List<String> arguments = new ArrayList<>(start.worker);
        if (part != null) {
            arguments.addAll(List.of("--part", part.toString()));
        }
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
        if (Worker.isDrawing(worker.run()) && times >= TRIES) {
            throw new InputException("the images of the job cannot be drawn; " + worker.log() + " says why");
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
        show(imagesLeft.get() > 0 ? imagesLeft.get() + " images to draw"
                : (runs.size() - open.size()) + " of " + runs.size() + " runs");
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
        long made = begin ? 0 : images - imagesLeft.get();
        for (JobRun run : runs) {
            if (!shares.containsKey(run) || shares.get(run) < 1) {
                shares.put(run, run.folder(folder).share(run.updates()));
            }
        }
        return made + Math.round(runs.stream().mapToDouble(run -> shares.get(run) * run.cost()).sum());
    }
}
