package gift.eval;

import gift.io.InputException;
import gift.io.Json;
import java.util.List;

/** What the settings of every study have whose runs are {@link FewShotRun}s. */
public interface FewShotSettings {
    /** Letters, digits, ., _ and -: it names a folder. */
    String name();

    /** auto, cpu, gpu0, ... */
    String device();

    /** Folder of the data sets, or "mini". */
    String data();

    /** Weights of the CLIP. */
    String model();

    List<String> tasks();

    /**
     * The tasks of a part of the study.
     *
     * @param only some of {@link #tasks()}; empty for all
     * @throws InputException if the study has no such task
     */
    default List<String> tasks(List<String> only) {
        only.forEach(task -> InputException.require(tasks().contains(task), "the study has no task '" + task + "'"
                + Json.nearest(task, tasks())));
        return tasks().stream().filter(task -> only.isEmpty() || only.contains(task)).toList();
    }

    List<Long> seeds();

    /** Real images a class. */
    List<Integer> shots();

    /** Test images of a task at most; 0 for all. */
    int testImages();
}
