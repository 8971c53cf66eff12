package gift.eval;

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

    List<Long> seeds();

    /** Real images a class. */
    List<Integer> shots();

    /** Test images of a task at most; 0 for all. */
    int testImages();
}
