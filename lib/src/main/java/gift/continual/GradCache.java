package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import gift.clip.Clip;
import gift.tensor.Chain;
import gift.tensor.Gradients;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The student's features for one loss, and that loss's gradients, in the memory of a part of the batch (GradCache, Gao
 * et al. 2021, Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup).
 *
 * <ol>
 *   <li>the features of all parts, without a graph;
 *   <li>the loss of all features at once, and its gradient with respect to them;
 *   <li>part by part the features once more, with a graph, and from them backward.
 * </ol>
 *
 * <p>Cross-entropy is a mean over images and could be taken part by part. Distillation between texts and images and
 * the alignment (equations 3 and 4) could not: their softmax runs over all images of the batch, and the mean of the
 * losses of parts is another loss. Here every loss sees the whole batch, so that the update is the same whatever the
 * number of parts, up to rounding; no feature depends on other images or texts of its batch. The price is one more
 * forward.
 *
 * <p>Where a batch is one part and activations are kept, the features carry their graph and nothing is done twice.
 */
final class GradCache {
    private final Clip student;
    private final Training training;
    private final List<Cached> cached = new ArrayList<>();

    /** Features that a loss takes for given, and how their parts are computed. */
    private record Cached(NDArray features, List<Part> parts) {}

    /** @param kept where its forward has kept the inputs of all blocks, or null */
    private record Part(Chain chain, long rows, Chain.Kept kept) {}

    GradCache(Clip student, Training training) {
        this.student = student;
        this.training = training;
    }

    /** Unit-length features (B, D) of images (B, 3, R, R). */
    NDArray images(NDArray images) {
        return features(ranges(images.getShape().get(0)).stream().map(range -> new Part(student.imageChain(
                whole() ? images : images.get(range[0] + ":" + range[1])), range[1] - range[0], null)).toList(), student.trainsImages());
    }

    /** Unit-length features (N, D) of rows of tokens. */
    NDArray texts(long[][] tokens) {
        boolean cut = training.shortcuts().cutTexts();
        return features(ranges(tokens.length).stream().map(range -> new Part(student.textChain(
                Arrays.copyOfRange(tokens, (int) range[0], (int) range[1]), cut), range[1] - range[0], null)).toList(), student.trainsTexts());
    }

    private boolean whole() {
        return training.accumulation() == 1;
    }

    /** From and to of parts as equal as can be; fewer where there are not enough rows. */
    private List<long[]> ranges(long rows) {
        long parts = Math.min(rows, training.accumulation());
        return IntStream.range(0, (int) parts)
                .mapToObj(p -> new long[] {rows * p / parts, rows * (p + 1) / parts}).toList();
    }

    /** @param trained whether something of the tower is: else the features carry no graph, and nothing goes back */
    private NDArray features(List<Part> parts, boolean trained) {
        if (!trained) {
            return withoutGraph(parts);
        }
        if (whole() && !training.checkpointing()) {
            return parts.get(0).chain.forward();
        }
        Cached one;
        if (whole()) {
            Part part = parts.get(0);
            Chain.Kept kept = part.chain.keepingInputs();
            one = new Cached(kept.result(), List.of(new Part(part.chain, part.rows, kept)));
        } else {
            one = new Cached(withoutGraph(parts), parts);
        }
        one.features.setRequiresGradient(true);
        cached.add(one);
        return one.features;
    }

    private static NDArray withoutGraph(List<Part> parts) {
        return Scopes.withoutGradients(() -> {
            NDList features = new NDList();
            parts.forEach(part -> features.add(Scopes.withoutGradients(part.chain::forward)));
            return NDArrays.concat(features);
        });
    }

    /** Adds the gradient of the 0-dim {@code loss} to the gradients of all trained tensors; once. */
    void backward(Gradients recording, NDArray loss) {
        recording.backward(loss);
        for (Cached one : cached) {
            NDArray gradient = one.features.getGradient();                              // (B, D)
            long row = 0;
            for (Part part : one.parts) {
                backward(part, gradient.get(row + ":" + (row + part.rows)));
                row += part.rows;
            }
        }
    }

    private void backward(Part part, NDArray gradient) {
        if (training.checkpointing()) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Chain.Kept kept = part.kept != null ? part.kept : part.chain.keepingInputs();
                kept.backward(gradient);
            }
        } else {
            try (Gradients recording = Gradients.record()) {
                recording.backward(part.chain.forward(), gradient);
            }
        }
    }
}
