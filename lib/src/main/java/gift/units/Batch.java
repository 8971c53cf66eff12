package gift.units;

import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An array of tasks for a scheduler, each of several units one after the other.
 *
 * @param name of the job
 * @param units how many there are
 * @param pack units of a task
 * @param fingerprint of the list of units, which every task compares with its own
 * @param unit the command and its arguments that do a task's units, but for index, pack and fingerprint
 * @param collect the command and its arguments that collect
 * @param folder in which they are started
 * @param logs folder of what they print
 */
record Batch(String name, int units, int pack, String fingerprint, List<String> unit, List<String> collect, Path folder,
        Path logs) {
    static final int MOST_TASKS = 1001; // of an array as Slurm is delivered

    private static final Map<String, Integer> INDEX = Map.of("SLURM_ARRAY_TASK_ID", 0, "JOB_COMPLETION_INDEX", 0,
            "PBS_ARRAY_INDEX", 0, "SGE_TASK_ID", 1); // and the number of the first task

    /** Tasks of the array. */
    int tasks() {
        return (units + pack - 1) / pack;
    }

    /** At least so many units in a task that an array can hold them all. */
    static int pack(int units, int wanted) {
        return Math.max(wanted, (units + MOST_TASKS - 1) / MOST_TASKS);
    }

    /**
     * The number of this task as the scheduler says it.
     *
     * @throws InputException if no scheduler says one
     */
    static int index(Map<String, String> env) {
        for (Map.Entry<String, Integer> one : INDEX.entrySet()) {
            String value = env.get(one.getKey());
            if (value != null && value.matches("\\d{1,9}")) {
                return Integer.parseInt(value) - one.getValue();
            }
        }
        throw new InputException("no --index, and none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, PBS_ARRAY_INDEX, SGE_TASK_ID"
                + " says one");
    }

    /**
     * The units of a task.
     *
     * @throws InputException if there is no such task
     */
    static List<Integer> units(int index, int pack, int units) {
        int tasks = (units + pack - 1) / pack;
        if (index < 0 || index >= tasks) {
            throw new InputException("index " + index + " is past the end: " + units + " units"
                    + (pack == 1 ? "" : " in packs of " + pack) + " are numbered 0 to " + (tasks - 1));
        }
        return IntStream.range(index * pack, Math.min(units, (index + 1) * pack)).boxed().toList();
    }
}
