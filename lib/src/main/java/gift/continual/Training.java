package gift.continual;

import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import gift.tensor.Compute;
import gift.tensor.Precision;
import gift.train.Epochs;
import java.util.List;

/**
 * How one task is trained; defaults are those of the published GIFT configuration.
 *
 * @param iterations n: n + 1 updates are made, the last at learning rate 0, as in the published loop
 * @param batchSize images of the task per update
 * @param referenceBatchSize reference pairs per update
 * @param learningRate peak of the schedule
 * @param warmup updates of linear warm-up
 * @param labelSmoothing of the cross-entropy and of the alignment
 * @param weightDecay of AdamW, on every trained tensor
 * @param beta2 of AdamW
 * @param checkpointEvery updates between checkpoints within a task
 * @param shortcuts exact shortcuts
 * @param precision of the teacher and of the model in evaluation
 * @param accumulation gradient accumulation: micro-batches into which a batch is split. Memory is that of one micro-batch, the
 *     update that of the whole batch ({@link GradCache}); 1 for none
 * @param checkpointing activation checkpointing: backward computes the activations of a block again, which forward has not kept
 *     ({@link gift.tensor.Chain}). Less memory, the same update
 * @param epochs in place of iterations: as many iterations as so many passes over the task's images take; 0 for none
 * @param evaluateEvery evaluation within a task, before updates 0, k, 2k, ...; 0 for none
 * @param dumpEvery the weights after updates 0, k, 2k, ... are written, too; 0 for none
 * @param compute in which the student multiplies matrices: fp32, tf32, bf16 or fp16, mixed precision
 *     ({@link gift.tensor.MixedPrecision}). Its weights stay fp32
 */
public record Training(
        int iterations,
        int batchSize,
        int referenceBatchSize,
        double learningRate,
        int warmup,
        double labelSmoothing,
        double weightDecay,
        double beta2,
        int checkpointEvery,
        Shortcuts shortcuts,
        Precision precision,
        int accumulation,
        boolean checkpointing,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) Integer epochs,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) Integer evaluateEvery,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) Integer dumpEvery,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Compute.Unsaid.class) Compute compute) {

    /** Keys that are written only where they are used. */
    public static final List<String> RARE_KEYS = List.of("epochs", "evaluate_every", "dump_every", "compute");

    /**
     * Ways to the same result at less cost; each can be switched off to compare.
     *
     * @param cutTexts rows of tokens end after the longest end token of the batch
     * @param cacheTeacher the teacher's features of the reference pairs are computed once a task
     * @param closedFormPenalty the penalty's gradient 2 lambda F (theta - theta') is added to the gradients directly
     * @param fusedOptimizer AdamW updates all tensors in one call
     */
    public record Shortcuts(
            boolean cutTexts, boolean cacheTeacher, boolean closedFormPenalty, boolean fusedOptimizer) {
        public static final Shortcuts ALL = new Shortcuts(true, true, true, true);
        public static final Shortcuts NONE = new Shortcuts(false, false, false, false);
    }

    public static final Training DEFAULT =
            new Training(1000, 64, 64, 1e-5, 100, 0.2, 0, 0.999, 100, Shortcuts.ALL);

    /** In fp32, whole batches, nothing computed twice: as published. */
    public Training(int iterations, int batchSize, int referenceBatchSize, double learningRate, int warmup,
            double labelSmoothing, double weightDecay, double beta2, int checkpointEvery, Shortcuts shortcuts) {
        this(iterations, batchSize, referenceBatchSize, learningRate, warmup, labelSmoothing, weightDecay, beta2,
                checkpointEvery, shortcuts, Precision.FP32, 1, false);
    }

    /** With neither epochs nor evaluations and weights within a task. */
    public Training(int iterations, int batchSize, int referenceBatchSize, double learningRate, int warmup,
            double labelSmoothing, double weightDecay, double beta2, int checkpointEvery, Shortcuts shortcuts,
            Precision precision, int accumulation, boolean checkpointing) {
        this(iterations, batchSize, referenceBatchSize, learningRate, warmup, labelSmoothing, weightDecay, beta2,
                checkpointEvery, shortcuts, precision, accumulation, checkpointing, 0, 0, 0, Compute.FP32);
    }

    public Training {
        epochs = epochs == null ? 0 : epochs;
        evaluateEvery = evaluateEvery == null ? 0 : evaluateEvery;
        dumpEvery = dumpEvery == null ? 0 : dumpEvery;
        compute = compute == null ? Compute.FP32 : compute;
        atLeast("iterations", iterations, 0);
        atLeast("batch_size", batchSize, 1);
        atLeast("reference_batch_size", referenceBatchSize, 2);
        atLeast("warmup", warmup, 0);
        atLeast("checkpoint_every", checkpointEvery, 1);
        if (precision == null) {
            throw new InputException("precision is empty: fp32, fp16 or bf16");
        }
        atLeast("accumulation", accumulation, 1);
        atLeast("epochs", epochs, 0);
        atLeast("evaluate_every", evaluateEvery, 0);
        atLeast("dump_every", dumpEvery, 0);
        if (accumulation > batchSize) {
            throw new InputException("accumulation " + accumulation + " leaves some micro-batches without an image, of a batch of "
                    + batchSize);
        }
        if (!(learningRate > 0 && learningRate < 1)) {
            throw new InputException("learning_rate " + learningRate + " must be between 0 and 1");
        }
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new InputException("label_smoothing " + labelSmoothing + " must be in [0, 1)");
        }
        if (!(weightDecay >= 0) || !(beta2 > 0 && beta2 < 1)) {
            throw new InputException("weight_decay must not be negative and beta2 lies in (0, 1)");
        }
    }

    /** The same with as many iterations as the epochs take, where it has epochs. */
    public Training forImages(int images) {
        if (epochs == 0) {
            return this;
        }
        int all = new Epochs(images, batchSize).updates(epochs);
        return new Training(all, batchSize, referenceBatchSize, learningRate, warmup, labelSmoothing, weightDecay, beta2,
                checkpointEvery, shortcuts, precision, accumulation, checkpointing, epochs, evaluateEvery, dumpEvery, compute);
    }

    /**
     * Refuses a method that cannot be trained so.
     *
     * @param name of the method, for the message
     * @throws InputException if gradients of a scaled loss would pile up over updates of different scales
     */
    public void requireFits(String name, Method method) {
        InputException.require(compute != Compute.FP16 || method.penalty() != Method.Penalty.STATIC_FISHER_AS_PUBLISHED,
                name + ": training.compute fp16 does not go with the penalty static_fisher_as_published, which adds up the"
                        + " gradients of updates whose loss scales differ; use fp32, tf32 or bf16");
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new InputException(key + " " + value + " must be at least " + least);
        }
    }
}
