package gift.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.AdamW;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Scopes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The frame of every pretraining: updates with a progress bar, a log and checkpoints, and an output folder that belongs
 * to one recipe.
 *
 * <p>The folder gets {@code recipe.json} when the training is finished; until then {@code checkpoint.safetensors} holds
 * the state. A killed training goes on from there and ends in the same weights.
 */
public final class TrainingLoop {
    private static final String FINISHED = "recipe.json";

    private final String title;
    private final Path output;
    private final Path checkpoint;
    private final String recipe;

    /** @param recipe the settings, on which the result depends */
    public TrainingLoop(String title, Path output, Object recipe) {
        this.title = title;
        this.output = output;
        this.checkpoint = output.resolve("checkpoint.safetensors");
        this.recipe = Json.write(recipe);
    }

    /** What is trained: tensors by name with their optimizer, perhaps a mean of the weights, and one update. */
    public interface Job {
        /** Makes update i and returns its losses by name, with "loss" among them. */
        Map<String, Double> update(int i);

        /** Everything that changes from update to update, by name. */
        Map<String, NDArray> state();

        /** Goes on from a state taken before update {@code next}: the arrays are copied. */
        void restore(Map<String, NDArray> state, int next);
    }

    /**
     * Whether a model of this recipe is there already.
     *
     * @throws InputException if the folder holds a model of another recipe, and {@code restart} does not say to forget it
     */
    public boolean finished(boolean restart) {
        Path file = output.resolve(FINISHED);
        if (restart) {
            delete(file);
            delete(checkpoint);
        }
        if (!Files.exists(file)) {
            return false;
        }
        if (!Json.tree(file).equals(Json.parse(title, recipe))) {
            throw new InputException(output + " holds a model of another recipe: start over with --restart, or choose"
                    + " another output");
        }
        return true;
    }

    /** Makes the updates that are left. */
    public void run(Job job, int updates, int checkpointEvery, NDManager manager) {
        String fingerprint = fingerprint();
        LossLog log = new LossLog(output.resolve("losses.csv"));
        int[] first = {0};
        Checkpoint.read(checkpoint, manager, fingerprint, (state, next) -> {
            job.restore(state, next);
            first[0] = next;
        });
        log.keep(first[0]);
        double mean = Double.NaN;
        try (Progress progress = new Progress(title, updates, first[0])) {
            for (int i = first[0]; i < updates; i++) {
                Map<String, Double> losses = finite(job.update(i), i);
                log.add(losses);
                double loss = losses.get("loss");
                mean = Double.isNaN(mean) ? loss : 0.98 * mean + 0.02 * loss;
                progress.step(String.format(Locale.ROOT, "loss %.4f", mean));
                boolean due = (i + 1) % checkpointEvery == 0 || Stop.requested();
                if (due && i + 1 < updates) {
                    log.write();
                    Checkpoint.write(checkpoint, job.state(), i + 1, fingerprint);
                    Stop.check(); // after the last update the model is saved first
                }
            }
        }
        log.write();
    }

    /**
     * Fills {@code into} from the last checkpoint of an unfinished training, which may be going on.
     *
     * @param kind what of the state: "parameters", or "mean" for the moving mean of the weights
     * @return the updates made until then
     * @throws InputException if there is no checkpoint of this recipe
     */
    public int peek(String kind, Parameters into, NDManager manager) {
        int[] made = {0};
        boolean found = Checkpoint.read(checkpoint, manager, fingerprint(), (state, next) -> {
            Scopes.withoutGradients(() -> into.all().forEach(
                    (name, array) -> NativeOps.copy(array, state.get(kind + "." + name))));
            made[0] = next;
        });
        if (!found) {
            throw new InputException("no checkpoint at " + checkpoint + ": the training is finished or has not begun");
        }
        return made[0];
    }

    private String fingerprint() {
        return Hashes.sha256(recipe.getBytes(StandardCharsets.UTF_8));
    }

    /** To be called when the model is written. */
    public void finish() {
        AtomicFiles.writeString(output.resolve(FINISHED), recipe);
        delete(checkpoint);
    }

    private static Map<String, Double> finite(Map<String, Double> losses, int update) {
        losses.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("the " + name + " is " + value + " at update " + update
                        + ": a lower learning rate may help");
            }
        });
        return losses;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InputException("cannot delete " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    // ---- the usual state: weights, moments of AdamW, and a moving mean of the weights where there is one

    /**
     * The state of a training, by name.
     *
     * @param mean the moving mean of the weights, or null
     */
    public static Map<String, NDArray> state(Parameters parameters, AdamW optimizer, Parameters mean) {
        Map<String, NDArray> state = new LinkedHashMap<>();
        parameters.all().forEach((name, array) -> state.put("parameters." + name, array));
        optimizer.state().forEach((name, array) -> state.put("adamw." + name, array));
        if (mean != null) {
            mean.all().forEach((name, array) -> state.put("mean." + name, array));
        }
        return state;
    }

    /** Copies a {@link #state} taken before update {@code next} back into the same parts. */
    public static void restore(Map<String, NDArray> state, int next, Parameters parameters, AdamW optimizer,
            Parameters mean) {
        Map<String, NDArray> moments = new LinkedHashMap<>();
        Scopes.withoutGradients(() -> state.forEach((name, array) -> {
            int dot = name.indexOf('.');
            String tensor = name.substring(dot + 1);
            switch (name.substring(0, dot)) {
                case "parameters" -> NativeOps.copy(parameters.get(tensor), array);
                case "mean" -> NativeOps.copy(mean.get(tensor), array);
                default -> moments.put(tensor, array);
            }
        }));
        optimizer.restore(moments, next);
    }
}
