package gift.pretrain;

import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.tensor.Compute;
import java.nio.file.Path;
import java.util.List;

/** What the recipes of the three trainings have in common; each says in its own documentation what a setting means. */
interface Recipe {
    String device();

    long seed();

    String data();

    List<String> sets();

    /** Prompts with {} for the class; empty for each set's own. */
    default List<String> templates() {
        return List.of();
    }

    int iterations();

    int batchSize();

    double learningRate();

    int warmup();

    double cropScale();

    int checkpointEvery();

    Compute compute();

    String output();

    /**
     * The recipe in a file, which holds only what differs from the default.
     *
     * @param overrides settings in place of some of the file's
     * @throws InputException naming the file and what is wrong in it
     */
    static <T extends Record & Recipe> T read(Path file, Class<T> type, T defaults, Overrides overrides) {
        T recipe = Json.read(file, type, defaults, overrides);
        InputException.require(!recipe.sets().isEmpty(), file + ": sets names no data set to learn from");
        return recipe;
    }

    /** Refuses numbers that no training takes. */
    static void check(int iterations, double learningRate, int warmup, double cropScale, int checkpointEvery) {
        InputException.require(iterations > 0, "iterations " + iterations + " must be positive");
        InputException.require(learningRate > 0 && learningRate < 1, "learning_rate " + learningRate + " must be between 0 and 1");
        InputException.require(warmup >= 0, "warmup " + warmup + " must not be negative");
        InputException.require(cropScale > 0 && cropScale <= 1, "crop_scale " + cropScale + " must be in (0, 1]");
        InputException.require(checkpointEvery > 0, "checkpoint_every " + checkpointEvery + " must be positive");
    }
}
