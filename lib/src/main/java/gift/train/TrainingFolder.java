package gift.train;

import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The output folder of a training that makes one model by one recipe. It gets {@code recipe.json} when the model is
 * finished; until then it holds what {@link TrainingLoop} leaves.
 */
public final class TrainingFolder {
    private static final String FINISHED = "recipe.json";

    private final Path folder;
    private final String recipe;
    private final TrainingLoop loop;

    /**
     * @param title for the progress bar
     * @param recipe the settings, on which the result depends
     * @param updates in all
     * @param checkpointEvery updates between checkpoints
     */
    public TrainingFolder(String title, Path folder, Object recipe, int updates, int checkpointEvery) {
        this.folder = folder;
        this.recipe = Json.write(recipe);
        this.loop = TrainingLoop.of(title, folder, Hashes.sha256(this.recipe.getBytes(StandardCharsets.UTF_8)), updates)
                .withCheckpointEvery(checkpointEvery);
    }

    /**
     * Trains while no other process works in the folder, and waits until then; does nothing if a model of this recipe is
     * there.
     *
     * @param restart whether to forget a model or a checkpoint that is there
     * @param training runs the loop and writes the model
     * @throws InputException if the folder holds a model of another recipe, and {@code restart} does not say to forget it
     */
    public void train(boolean restart, Consumer<TrainingLoop> training) {
        FolderLock.alone(folder, true, () -> {
            if (!finished(restart)) {
                training.accept(loop);
                AtomicFiles.writeString(folder.resolve(FINISHED), recipe);
                loop.deleteCheckpoint();
            }
            return null;
        });
    }

    /** Whether a finished model is in a folder, of whatever recipe. */
    public static boolean isFinished(Path folder) {
        return Files.exists(folder.resolve(FINISHED));
    }

    private boolean finished(boolean restart) {
        Path file = folder.resolve(FINISHED);
        if (restart) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new InputException("cannot delete " + file + ": " + e.getMessage(), e);
            }
            loop.deleteCheckpoint();
        }
        if (!Files.exists(file)) {
            return false;
        }
        if (!Json.tree(file).equals(Json.parse(loop.title(), recipe))) {
            throw new InputException(folder + " holds a model of another recipe: start over with --restart, or choose"
                    + " another output");
        }
        return true;
    }

    /** {@link TrainingLoop#peek}, of the unfinished model. */
    public int peek(String part, Parameters into) {
        return loop.peek(part, into);
    }
}
