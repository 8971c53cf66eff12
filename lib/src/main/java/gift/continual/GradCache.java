package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import gift.clip.Clip;
import gift.clip.TokenRows;
import gift.tensor.Chain;
import gift.tensor.Gradients;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradient accumulation for contrastive losses: the student's features of a batch, and the gradients of a loss on them, in
 * the memory of one micro-batch (GradCache, Gao et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory
 * Limited Setup).
 *
 * <ol>
 *   <li>forward of every micro-batch without a graph gives all features;
 *   <li>the loss of all features at once gives its gradient with respect to them;
 *   <li>every micro-batch goes forward once more with a graph, and backward from that gradient.
 * </ol>
 *
 * <p>Cross-entropy is a mean over images, so its gradients could be added up over micro-batches directly. Those of
 * distillation and alignment (equations 3 and 4) could not: their softmax runs over all images of the batch. Here every
 * loss sees the whole batch, so the update does not depend on the number of micro-batches, up to rounding. The cost is one
 * more forward.
 *
 * <p>With one micro-batch and no activation checkpointing the features carry their graph, and nothing is computed twice.
 */
final class GradCache {
    private final Clip student;
    private final Training training;
    private final List<Cached> cached = new ArrayList<>();

    /** Features without a graph behind them, and the micro-batches that they are made of. */
    private record Cached(NDArray features, List<MicroBatch> microBatches) {}

    /** @param kept the inputs of all blocks, where the forward has kept them; else null */
    private record MicroBatch(Chain chain, long rows, Chain.Kept kept) {}

    GradCache(Clip student, Training training) {
        this.student = student;
        this.training = training;
    }

    /** Unit-length features (B, D) of images (B, 3, R, R). */
    NDArray images(NDArray images) {
        return features(ranges(images.getShape().get(0), training).stream().map(range -> new MicroBatch(student.imageChain(
                whole() ? images : images.get(range[0] + ":" + range[1])), range[1] - range[0], null)).toList(),
                student.trainsImages());
    }

    /** Unit-length features (N, D) of texts that {@link #rows} has divided. */
    NDArray texts(List<TokenRows.OnDevice> microBatches) {
        return features(microBatches.stream().map(rows -> new MicroBatch(
                student.textChain(rows), rows.texts(), null)).toList(), student.trainsTexts());
    }

    /** Texts as {@link #texts} takes them, brought to the student's device. */
    List<TokenRows.OnDevice> onDevice(long[][] tokens) {
        return rows(student, tokens, training).stream().map(rows -> rows.on(student.manager())).toList();
    }

    /** The rows of tokens of each micro-batch. */
    static List<TokenRows> rows(Clip student, long[][] tokens, Training training) {
        return ranges(tokens.length, training).stream().map(range -> student.text().rows(
                Arrays.copyOfRange(tokens, (int) range[0], (int) range[1]), training.shortcuts().cutTexts())).toList();
    }

    private boolean whole() {
        return training.accumulation() == 1;
    }

    /** First and last row (exclusive) of each micro-batch, of nearly equal sizes; fewer where there are not enough rows. */
    private static List<long[]> ranges(long rows, Training training) {
        long count = Math.min(rows, training.accumulation());
        return IntStream.range(0, (int) count)
                .mapToObj(p -> new long[] {rows * p / count, rows * (p + 1) / count}).toList();
    }

    /** @param trained whether something of the tower is: else the features carry no graph, and nothing goes back */
    private NDArray features(List<MicroBatch> microBatches, boolean trained) {
        if (!trained) {
            return withoutGraph(microBatches);
        }
        if (whole() && !training.checkpointing()) {
            return microBatches.get(0).chain.forward();
        }
        Cached one;
        if (whole()) {
            MicroBatch micro = microBatches.get(0);
            Chain.Kept kept = micro.chain.keepingInputs();
            one = new Cached(kept.result(), List.of(new MicroBatch(micro.chain, micro.rows, kept)));
        } else {
            one = new Cached(withoutGraph(microBatches), microBatches);
        }
        one.features.setRequiresGradient(true);
        cached.add(one);
        return one.features;
    }

    private static NDArray withoutGraph(List<MicroBatch> microBatches) {
        return Scopes.withoutGradients(() -> {
            NDList features = new NDList();
            microBatches.forEach(micro -> features.add(Scopes.withoutGradients(micro.chain::forward)));
            return NDArrays.concat(features);
        });
    }

    /** Adds the gradient of the 0-dim {@code loss} to the gradients of all trained tensors; once. */
    void backward(Gradients recording, NDArray loss) {
        recording.backward(loss);
        for (Cached one : cached) {
            NDArray gradient = one.features.getGradient();                              // (B, D)
            long row = 0;
            for (MicroBatch micro : one.microBatches) {
                backward(micro, gradient.get(row + ":" + (row + micro.rows)));
                row += micro.rows;
            }
        }
    }

    private void backward(MicroBatch micro, NDArray gradient) {
        if (training.checkpointing()) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Chain.Kept kept = micro.kept != null ? micro.kept : micro.chain.keepingInputs();
                kept.backward(gradient);
            }
        } else {
            try (Gradients recording = Gradients.record()) {
                recording.backward(micro.chain.forward(), gradient);
            }
        }
    }
}
