package gift.recognition;

import ai.djl.ndarray.NDArray;
import gift.io.InputException;
import gift.tensor.HostCopy;
import gift.tensor.NativeOps;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The CLIP filter of He et al. 2023: generated images of a class are kept where a CLIP, which knows all classes, finds their
 * class more likely than chance.
 *
 * @param rule what happens to classes of which too few images pass
 * @param cap most images of a class that are kept; 0 for all that pass
 * @param seed of the draw where more pass
 */
public record ClipFilter(Rule rule, int cap, long seed) {
    /** The published cap, in images a class. */
    public static final int PUBLISHED_CAP = 800;

    /** What happens to classes of which fewer images pass than the cap. */
    public enum Rule {
        /** As published: the cap is filled with the most confident images, whether they pass or not. */
        FILL_UP_AS_PUBLISHED,
        /** Only images that pass are kept, as the paper's text says; a class without any is an error. */
        THRESHOLD
    }

    public ClipFilter {
        InputException.require(rule != null, "filter: rule is empty: fill_up_as_published or threshold");
        InputException.require(cap >= 0, "filter: cap " + cap + " must not be negative");
        InputException.require(cap > 0 || rule == Rule.THRESHOLD, "filter: fill_up_as_published needs a cap, published "
                + PUBLISHED_CAP);
    }

    /** The filter of one image in {@code parts}: its cap is as many times lower, at least 1. */
    ClipFilter part(int parts) {
        return new ClipFilter(rule, cap == 0 ? 0 : Math.max(1, cap / parts), seed);
    }

    /**
     * What was kept of a class.
     *
     * @param kept numbers of the images: drawn ones in the order of the draw, filled up ones by falling confidence
     * @param passing numbers of all images that pass
     * @param images how many there were
     */
    public record Selection(List<Integer> kept, List<Integer> passing, int images) {
        /** Images that are kept though they do not pass. */
        public List<Integer> filledUp() {
            return kept.stream().filter(i -> !passing.contains(i)).toList();
        }

        /** Images that are not kept: those that do not pass, then those that pass and were not drawn. */
        public List<Integer> dropped() {
            List<Integer> rest = new ArrayList<>(IntStream.range(0, images).filter(i -> !passing.contains(i)).boxed().toList());
            rest.addAll(passing);
            rest.removeAll(kept);
            return rest;
        }
    }

    /**
     * The confidence of each image in its class c: softmax over all classes of s unit(x) . unit(t), at c.
     *
     * @param images x (N, D)
     * @param texts t (C, D)
     * @param scale s = exp(logit_scale)
     */
    public static float[] confidences(NDArray images, NDArray texts, double scale, int classIndex) {
        try (NDArray result = Scopes.withoutGradients(() -> NativeOps.normalize(images)
                .matMul(NativeOps.normalize(texts).transpose()).mul(scale).softmax(1).get(":, " + classIndex))) {
            return HostCopy.floats(result);
        }
    }

    /**
     * Chooses among the images of a class: those pass whose confidence is strictly above 1 / C.
     *
     * @param className for the message
     * @param classIndex of the class, for the draw
     * @param classes C
     * @throws InputException if nothing is left
     */
    public Selection select(float[] confidences, String className, int classIndex, int classes) {
        double threshold = 1.0 / classes;
        List<Integer> passed = IntStream.range(0, confidences.length).filter(i -> confidences[i] > threshold).boxed().toList();
        List<Integer> kept;
        if (cap > 0 && passed.size() >= cap) {
            List<Integer> drawn = new ArrayList<>();
            int[] order = RandomStream.of(seed, "clip filter", classIndex).permutation(passed.size());
            Arrays.stream(order).limit(cap).forEach(i -> drawn.add(passed.get(i)));
            kept = drawn;
        } else if (rule == Rule.FILL_UP_AS_PUBLISHED) {
            kept = IntStream.range(0, confidences.length).boxed()
                    .sorted(Comparator.comparing(i -> confidences[i], Collections.reverseOrder())).limit(cap).toList();
        } else {
            kept = passed;
        }
        if (kept.isEmpty()) {
            throw new InputException("the filter leaves no image of the class '" + className + "': of " + confidences.length
                    + " none is above 1/" + classes + "; make more images, or take \"rule\": \"fill_up_as_published\"");
        }
        return new Selection(kept, passed, confidences.length);
    }
}
