package gift.pretrain;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.LOSS_SCALE;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import gift.tensor.AdamW;
import gift.tensor.Gradients;
import gift.tensor.MixedPrecision;
import gift.tensor.Parameters;
import gift.tensor.Schedule;
import gift.train.LateLosses;
import gift.train.LossValues;
import gift.train.Prefetch;
import gift.train.Trainer;
import gift.train.TrainingFolder;
import gift.train.TrainingLoop;
import gift.train.TrainingState;
import gift.train.UpdateLosses;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The training of one model by a recipe, on captioned images, in the recipe's output folder. */
public abstract class RecipeTraining {
    final Path folder; // of the recipe's file
    final CaptionedImages images;
    private final Recipe recipe;
    private final Path output;
    private final TrainingFolder training;

    /**
     * @param title of the training
     * @param file the recipe's, to whose folder its paths are relative
     * @param data overrides its data folder, or null
     * @throws InputException if a data set cannot be used
     */
    RecipeTraining(String title, Path file, Path data, Recipe recipe) {
        this.recipe = recipe;
        this.folder = file.toAbsolutePath().normalize().getParent();
        this.output = folder.resolve(recipe.output()).normalize();
        this.images = CaptionedImages.open(folder, data, recipe.data(), recipe.sets(), recipe.templates());
        this.training = new TrainingFolder(title, output, recipe, recipe.iterations(), recipe.checkpointEvery());
    }

    /** The folder of the finished model. */
    public final Path output() {
        return output;
    }

    /**
     * Trains to the end, or goes on from the last checkpoint; does nothing if the model is there. Waits for another process
     * that trains it.
     *
     * @param restart whether to forget a model or a checkpoint that is there
     * @throws InputException if the folder holds a model of another recipe, and {@code restart} does not say to forget it
     */
    public final void run(boolean restart) {
        training.train(restart, this::train);
    }

    /** Makes the model, runs the loop and writes the model to {@link #output}. */
    abstract void train(TrainingLoop loop);

    /** Copies a part of the last checkpoint into parameters; the updates made until then. */
    final int peek(String part, Parameters into) {
        return training.peek(part, into);
    }

    /** The pairs of an update. */
    final List<CaptionedImages.Pair> batch(int update, int size) {
        return images.batch(recipe.seed(), update, recipe.batchSize(), size, recipe.cropScale());
    }

    /** The updates of a model: they depend on its parameters, on the moments of AdamW and, in fp16, on the loss scale. */
    abstract class Updates<B> implements Trainer {
        private final Prefetch<B> batches;
        private final Parameters parameters;
        private final AdamW optimizer;
        private final MixedPrecision mixed;
        private final LateLosses lateLosses;
        private final Schedule schedule = new Schedule(recipe.learningRate(), recipe.warmup(), recipe.iterations());

        Updates(Parameters parameters, AdamW optimizer, Prefetch<B> batches) {
            this.parameters = parameters;
            this.mixed = new MixedPrecision(recipe.compute(), parameters);
            this.lateLosses = new LateLosses(parameters.manager(), mixed.found(), true);
            this.optimizer = optimizer.skippingWhere(lateLosses.skip());
            this.batches = batches;
        }

        /**
         * The losses of an update by name, 0-dim and recorded.
         *
         * @return what backward starts from, 0-dim
         */
        abstract NDArray losses(int i, B batch, Map<String, NDArray> losses);

        /** Called after the weights have changed. */
        void after(int i) {}

        /** From the values of the losses to what the log has. */
        Map<String, Double> logged(Map<String, Double> values) {
            return values;
        }

        @Override
        public final Map<String, Double> update(int i) {
            return make(i, false).read();
        }

        @Override
        public final UpdateLosses begin(int i) {
            return make(i, true);
        }

        private UpdateLosses make(int i, boolean late) {
            B batch = batches.get(i);
            return lateLosses.make(i, late, this::logged, values -> make(i, batch, values));
        }

        private void make(int i, B batch, LossValues values) {
            try (Gradients recording = Gradients.record(mixed)) {
                parameters.zeroGradients();
                Map<String, NDArray> losses = new LinkedHashMap<>();
                recording.backward(losses(i, batch, losses));
                values.add(losses);
                lateLosses.settle(values);
                List<NDArray> gradients = parameters.gradients();
                mixed.unscale(gradients);
                lateLosses.noteInFound();
                optimizer.step(gradients, schedule.rate(i));
                mixed.update();
                after(i);
            }
        }

        @Override
        public Map<String, NDArray> state() {
            return new TrainingState().put(PARAMETERS, parameters.all()).put(ADAMW, optimizer.state())
                    .put(LOSS_SCALE, mixed.state()).all();
        }

        @Override
        public void restore(Map<String, NDArray> state, int next) {
            TrainingState parts = new TrainingState(state);
            parts.copy(PARAMETERS, parameters.all());
            mixed.restore(parts.part(LOSS_SCALE));
            optimizer.restore(parts.part(ADAMW), next - mixed.skipped());
        }
    }
}
