package gift.train;

import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The loop of every training: updates one after the other, with progress, a log of the losses and checkpoints in a folder
 * in which one process works at a time. A training that was killed goes on from its last checkpoint and ends in the same
 * weights.
 *
 * <pre>{@code
 * TrainingLoop loop = TrainingLoop.of("probe", folder, "learning rate 0.1", 500).withCheckpointEvery(100);
 * loop.run(trainer, manager);
 * // write the model, then:
 * loop.deleteCheckpoint();
 * }</pre>
 *
 * @param title for the progress bar
 * @param folder of {@code checkpoint.safetensors} and the log
 * @param fingerprint of everything that the result depends on; a checkpoint of another one is refused
 * @param updates in all
 * @param checkpointEvery updates between checkpoints
 * @param losses file of the log, in the folder
 * @param smoothing s in [0, 1): progress shows the running mean s mean + (1 - s) loss; 0 for the loss itself
 * @param atCheckpoint run after each checkpoint
 */
public record TrainingLoop(String title, Path folder, String fingerprint, int updates, int checkpointEvery, Path losses,
        double smoothing, Runnable atCheckpoint) {
    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final double SMOOTHING = 0.98;
    private static final int CHECKPOINT_EVERY = 100;

    public TrainingLoop {
        if (updates < 0 || checkpointEvery < 1) {
            throw new InputException(title + ": updates " + updates + " must not be negative, and checkpoints every "
                    + checkpointEvery + " updates must be at least 1 apart");
        }
    }

    /** A loop with a checkpoint every 100 updates, the log {@code losses.csv} and a running mean as progress. */
    public static TrainingLoop of(String title, Path folder, String fingerprint, int updates) {
        return new TrainingLoop(title, folder, fingerprint, updates, CHECKPOINT_EVERY, folder.resolve("losses.csv"),
                SMOOTHING, () -> { });
    }

    public TrainingLoop withCheckpointEvery(int count) {
        return new TrainingLoop(title, folder, fingerprint, updates, count, losses, smoothing, atCheckpoint);
    }

    public TrainingLoop withLosses(Path file) {
        return new TrainingLoop(title, folder, fingerprint, updates, checkpointEvery, file, smoothing, atCheckpoint);
    }

    public TrainingLoop withSmoothing(double s) {
        return new TrainingLoop(title, folder, fingerprint, updates, checkpointEvery, losses, s, atCheckpoint);
    }

    public TrainingLoop withAtCheckpoint(Runnable hook) {
        return new TrainingLoop(title, folder, fingerprint, updates, checkpointEvery, losses, smoothing, hook);
    }

    /**
     * Makes the updates that are left, and waits before that for another process or thread that works in the folder. The
     * last checkpoint stays until {@link #deleteCheckpoint}, so that nothing is lost before the model is written.
     *
     * @param manager on the device of the trainer's arrays
     * @throws ArithmeticException if a loss is not finite, see {@link #finite}
     * @throws InputException if the checkpoint in the folder has another fingerprint
     * @throws Stop.Requested if the user ends the process; the checkpoint is written
     */
    public void run(Trainer trainer, NDManager manager) {
        FolderLock.alone(folder, true, () -> {
            update(trainer, manager);
            return null;
        });
    }

    private void update(Trainer trainer, NDManager manager) {
        int[] first = {0};
        Checkpoint.read(checkpoint(), manager, fingerprint, (state, next) -> {
            trainer.restore(state, next);
            first[0] = next;
        });
        LossLog log = new LossLog(losses);
        log.keep(first[0]);
        try (Progress progress = new Progress(title, updates, first[0])) {
            RunningMean mean = new RunningMean(smoothing);
            UpdateLosses before = null; // of the update before, where they are not read yet
            for (int i = first[0]; i < updates; i++) {
                UpdateLosses now = trainer.begin(i);
                if (before != null) {
                    take(before, i - 1, log, mean, progress);
                }
                boolean due = (i + 1) % checkpointEvery == 0 || i + 1 == updates || Stop.requested();
                before = now.known() || due ? null : now;
                if (before == null) {
                    take(now, i, log, mean, progress);
                }
                if (due && i + 1 < updates) {
                    log.write();
                    Checkpoint.write(checkpoint(), trainer.state(), i + 1, fingerprint);
                    atCheckpoint.run();
                    Stop.check(); // after the last update the model is saved first
                }
            }
        }
        log.write();
    }

    /** s mean + (1 - s) loss, beginning at the first loss. */
    private static final class RunningMean {
        private final double s;
        private double mean = Double.NaN;

        RunningMean(double s) {
            this.s = s;
        }

        double add(double loss) {
            mean = Double.isNaN(mean) ? loss : s * mean + (1 - s) * loss;
            return mean;
        }
    }

    private static void take(UpdateLosses losses, int update, LossLog log, RunningMean mean, Progress progress) {
        Map<String, Double> values = finite(losses.read(), update);
        log.add(values);
        progress.step(String.format(Locale.ROOT, "loss %.4f", mean.add(values.get("loss"))));
    }

    /**
     * The losses of an update as they are, if all are finite. A trainer calls this before it changes the weights, which
     * are then those before the update; the loop calls it for trainers that do not.
     *
     * @throws ArithmeticException naming loss and update, if one is infinite or not a number
     */
    public static Map<String, Double> finite(Map<String, Double> losses, int update) {
        losses.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("the loss " + (name.equals("loss") ? "" : name + " ") + "is " + value
                        + " at update " + update + ": a lower learning rate may help");
            }
        });
        return losses;
    }

    /**
     * Fills {@code into} from the last checkpoint of an unfinished training, which may be going on.
     *
     * @param part of the state, see {@link TrainingState}
     * @return the updates made until then
     * @throws InputException if there is no checkpoint of this fingerprint
     */
    public int peek(String part, Parameters into) {
        int[] made = {0};
        boolean found = Checkpoint.read(checkpoint(), into.manager(), fingerprint, (state, next) -> {
            new TrainingState(state).copy(part, into.all());
            made[0] = next;
        });
        if (!found) {
            throw new InputException("no checkpoint at " + checkpoint() + ": the training is finished or has not begun");
        }
        return made[0];
    }

    /** To be called when what was trained is written. */
    public void deleteCheckpoint() {
        deleteCheckpoint(folder);
    }

    /** The same of a training in a folder that was killed before it came to that. */
    public static void deleteCheckpoint(Path folder) {
        Path file = folder.resolve(CHECKPOINT);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InputException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    private Path checkpoint() {
        return folder.resolve(CHECKPOINT);
    }
}
