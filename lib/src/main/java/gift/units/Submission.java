package gift.units;

import gift.doctor.RunNeeds;
import gift.generate.Generation;
import gift.io.AtomicFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is submitted of a file: its units as one array, and before it an array for each plan whose images it needs. */
public final class Submission {
    private static final double SPARE = 1.5;      // of the estimated time
    private static final int START = 10;          // minutes for a process that starts on a cold node

    private final List<Stage> stages = new ArrayList<>();

    /**
     * One array.
     *
     * @param file of the units
     * @param seconds of the longest task as the doctor estimates it here; NaN where it cannot
     * @param memory bytes likewise
     */
    record Stage(Path file, Units units, Batch batch, double seconds, long memory) {}

    /**
     * How the program is called on the nodes.
     *
     * @param gift the command
     * @param options of {@code gift unit} besides the file
     * @param folder in which it is called
     */
    public record Program(List<String> gift, List<String> options, Path folder) {}

    /**
     * Prepares everything: looks at settings, data and models, tries the locks, and makes the folders of the records.
     *
     * @param pack units of a task at least
     * @param estimate whether the doctor is asked
     * @throws gift.io.InputException if something is not valid
     */
    public Submission(Path file, Units units, int pack, boolean estimate, Program program) {
        if (units instanceof RunUnits runs) {
            for (Path plan : runs.unmadePlans()) {
                add(plan, new ImageUnits(new Generation(plan, runs.place().device(), runs.place().data())), pack, estimate, program);
            }
        }
        add(file, units, pack, estimate, program);
    }

    private void add(Path file, Units units, int wanted, boolean estimate, Program program) {
        units.prepare();
        Records records = new Records(units);
        records.begin();
        try (UnitLocks locks = new UnitLocks(records.folder())) {
            locks.isHeld(0); // says it here if the file system has no locks
        }
        int pack = Batch.pack(units.size(), wanted);
        double seconds = Double.NaN;
        long memory = 0;
        if (estimate) {
            List<RunNeeds> needs = Estimator.of(units);
            seconds = 0;
            for (int first = 0; first < needs.size(); first += pack) {
                double task = 0;
                for (RunNeeds one : needs.subList(first, Math.min(needs.size(), first + pack))) {
                    task += one == null ? Double.NaN : one.seconds();
                    memory = Math.max(memory, one == null ? 0 : one.memory());
                }
                seconds = Math.max(seconds, task);
            }
        }
        stages.add(new Stage(file, units, new Batch(units.name(), units.size(), pack, records.fingerprint(),
                words(program, "unit", file), words(program, "units", file, "--collect"), program.folder,
                records.folder().resolve("logs").toAbsolutePath()), seconds, memory));
    }

    private static List<String> words(Program program, String command, Path file, String... more) {
        List<String> words = new ArrayList<>(program.gift);
        words.addAll(List.of(command, file.toAbsolutePath().normalize().toString()));
        words.addAll(program.options);
        words.addAll(List.of(more));
        return words;
    }

    List<Stage> stages() {
        return stages;
    }

    /** How long the longest task may take, in minutes; 0 where nothing is known. */
    static long minutes(Stage stage) {
        return Double.isFinite(stage.seconds) ? START + (long) Math.ceil(SPARE * stage.seconds / 60) : 0;
    }

    /** Its memory in megabytes; 0 where nothing is known. */
    static long megabytes(Stage stage) {
        return stage.memory == 0 ? 0 : (long) Math.ceil(SPARE * stage.memory / (1 << 20));
    }

    /**
     * To Slurm; or as text.
     *
     * @param asked what the user says; time and memory of 0 are the doctor's
     */
    public List<String> slurm(Slurm asked, boolean dry) {
        List<String> lines = new ArrayList<>();
        String after = null;
        for (Stage stage : stages) {
            Slurm slurm = new Slurm(asked.gpus(), asked.cpus(), asked.minutes() > 0 ? asked.minutes() : minutes(stage),
                    asked.megabytes() > 0 ? asked.megabytes() : megabytes(stage), asked.together(), asked.further());
            lines.add(summary(stage));
            if (dry) {
                lines.add(slurm.array(stage.batch));
                lines.add("# behind it, --dependency=afterany:<job of the array>\n" + slurm.collect(stage.batch));
            } else {
                // what was submitted; and it makes the folder, without which Slurm's jobs fail
                AtomicFiles.writeString(stage.batch.logs().resolve("array.sh"), slurm.array(stage.batch));
                List<String> jobs = slurm.submit(stage.batch, after);
                lines.add("array " + jobs.get(0) + ", collecting " + jobs.get(1) + "; logs in " + stage.batch.logs());
                after = jobs.get(1);
            }
        }
        return lines;
    }

    /** To Kubernetes as text: a manifest for each array. */
    public List<String> kubernetes(Kubernetes asked) {
        return stages.stream().map(stage -> new Kubernetes(asked.image(), asked.claim(), asked.mount(), asked.gpus(), asked.cpus(),
                asked.megabytes() > 0 ? asked.megabytes() : megabytes(stage), asked.together()).manifest(stage.batch)).toList();
    }

    /**
     * To Spark, waiting for the end of every array and collecting what it left; an array of images that is not done ends it.
     *
     * @param asked what the user says; memory of 0 is the doctor's
     * @return 0 if all units are done, else the exit code of the driver, or 1
     * @throws gift.train.Stop.Requested if the user ends it; the same units go on from there
     */
    public int spark(Spark asked, PrintWriter out) {
        for (Stage stage : stages) {
            out.println(summary(stage));
            out.println("logs in " + stage.batch.logs());
            out.flush();
            int code;
            try (UnitLocks locks = new UnitLocks(new Records(stage.units).folder())) {
                locks.submit();
                code = spark(asked, stage).run(stage.batch, line -> {
                    out.println(line);
                    out.flush();
                });
            }
            boolean done = Collecting.collect(stage.units, out);
            if (!done) {
                return code == 0 ? 1 : code;
            }
        }
        return 0;
    }

    /** The commands that {@link #spark(Spark, PrintWriter)} would start. */
    public List<String> sparkCommands(Spark asked) {
        return stages.stream().map(stage -> summary(stage) + "\n" + Slurm.command(spark(asked, stage).command(stage.batch))).toList();
    }

    private static Spark spark(Spark asked, Stage stage) {
        return asked.megabytes() > 0 ? asked : asked.withMegabytes(megabytes(stage));
    }

    private static String summary(Stage stage) {
        Batch batch = stage.batch;
        return "# " + stage.file + ": " + batch.units() + " units in " + batch.tasks() + " tasks"
                + (Double.isFinite(stage.seconds) ? String.format(Locale.ROOT, "; the longest takes about %.1f minutes on this machine",
                        stage.seconds / 60) : "");
    }
}
