package gift.units;

import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Job scripts for Slurm. The tasks of an array are asked to end three minutes before their time is over, write a checkpoint and
 * are queued again; collecting begins when all have ended, however.
 *
 * @param gpus of a task, 0 for none
 * @param cpus of a task
 * @param minutes of a task; 0 for the partition's own limit
 * @param megabytes of memory of a task; 0 for the partition's own
 * @param together tasks at the same time; 0 for as many as the cluster takes
 * @param further options of sbatch, as "--partition=long"
 */
public record Slurm(int gpus, int cpus, long minutes, long megabytes, int together, List<String> further) {
    private static final int BEFORE_THE_END = 180; // seconds for a step, a checkpoint and a row of the matrix

    private static final String TASK = """
            cd %s
            export OMP_NUM_THREADS=%d GIFT_WORKERS=%d OMP_WAIT_POLICY=passive
            %s --pack %d --expect %s &
            unit=$!
            trap 'kill -TERM $unit 2>/dev/null' TERM
            code=0
            wait $unit || code=$?
            while kill -0 $unit 2>/dev/null; do code=0; wait $unit || code=$?; done
            if [ $code = 130 ]; then # ended at a checkpoint: the same task goes on from there
                scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
                exit 0
            fi
            exit $code
            """;

    public Slurm {
        InputException.require(gpus >= 0 && cpus >= 1 && minutes >= 0 && megabytes >= 0 && together >= 0,
                "--gpus, --time, --memory and --together must not be below 0, --cpus at least 1");
        further = List.copyOf(further);
    }

    /** The script of the array. */
    String array(Batch batch) {
        List<String> options = new ArrayList<>(List.of("--job-name=gift-" + batch.name(),
                "--array=0-" + (batch.tasks() - 1) + (together == 0 ? "" : "%" + together),
                "--output=" + batch.logs().resolve("%a.log"), "--open-mode=append", "--requeue",
                "--signal=B:TERM@" + BEFORE_THE_END, "--cpus-per-task=" + cpus));
        if (gpus > 0) {
            options.add("--gres=gpu:" + gpus);
        }
        if (minutes > 0) {
            options.add("--time=" + minutes);
        }
        if (megabytes > 0) {
            options.add("--mem=" + megabytes + "M");
        }
        options.addAll(further);
        int threads = gpus > 0 ? 1 : cpus;
        return head(options) + String.format(Locale.ROOT, TASK, quoted(batch.folder().toString()), threads, Math.max(1, cpus - 1),
                command(batch.unit()), batch.pack(), batch.fingerprint());
    }

    /** The script that collects. */
    String collect(Batch batch) {
        List<String> options = new ArrayList<>(List.of("--job-name=gift-" + batch.name() + "-collect",
                "--output=" + batch.logs().resolve("collect.log"), "--open-mode=append"));
        options.addAll(further);
        return head(options) + "cd " + quoted(batch.folder().toString()) + "\n" + command(batch.collect()) + "\n";
    }

    private static String head(List<String> options) {
        return options.stream().map(option -> "#SBATCH " + option + "\n").collect(Collectors.joining("", "#!/bin/bash\n", ""));
    }

    /** A command as the shell reads it. */
    static String command(List<String> words) {
        return words.stream().map(Slurm::quoted).collect(Collectors.joining(" "));
    }

    /** A word as the shell reads it. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /**
     * Submits the array and, behind it whatever fails, the collecting.
     *
     * @param after a job that must end well before; null for none
     * @return the numbers of both jobs
     * @throws InputException if Slurm cannot be reached or refuses them
     */
    List<String> submit(Batch batch, String after) {
        String array = sbatch(array(batch), after == null ? null : "afterok:" + after);
        return List.of(array, sbatch(collect(batch), "afterany:" + array));
    }

    private static String sbatch(String script, String dependency) {
        List<String> command = new ArrayList<>(List.of("sbatch", "--parsable"));
        if (dependency != null) {
            command.add("--dependency=" + dependency);
        }
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(script.getBytes(StandardCharsets.UTF_8));
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new InputException("sbatch refuses the job: " + answer.replaceAll("\\s+", " "));
            }
            return answer.replaceFirst(";.*", "");
        } catch (IOException e) {
            throw new InputException("Slurm cannot be reached: " + AtomicFiles.oneLine(e) + "; submit where sbatch is, or print"
                    + " the scripts with --dry", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted while sbatch was asked", e);
        }
    }
}
