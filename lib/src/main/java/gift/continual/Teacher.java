package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.TokenRows;
import gift.tensor.HostBuffers;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.NativeOps;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import gift.train.Prefetch;
import java.util.stream.IntStream;

/**
 * The frozen model's features of the reference images and texts. The teacher is fixed during a task, and so are the
 * texts and mostly the images: with {@code cache} their features are computed once, batch by batch, and a step
 * selects rows.
 */
final class Teacher implements AutoCloseable {
    private static final int CACHE_BATCH = 64;

    private final Clip model;
    private final ReferencePairs pairs;
    private final boolean cutTexts;
    private final NDArray allImages; // (pairs, D), or null
    private final NDArray allTexts;  // (texts, D), or null
    private final NDArray scale;     // 0-dim, or null where the model is asked

    /**
     * @param model which the caller closes; if all that it says is known here already, it is closed at once for its memory
     * @param frozen whether it is the same model in every task and run
     */
    Teacher(Clip model, boolean frozen, ReferencePairs pairs, boolean cache, boolean cutTexts) {
        this.model = model;
        this.pairs = pairs;
        this.cutTexts = cutTexts;
        this.allImages = cache && pairs.fixed() ? kept(frozen ? known() : allImages()) : null;
        this.allTexts = cache ? kept(inBatches(pairs.texts().length, this::textsLive)) : null;
        boolean allKnown = allImages != null && allTexts != null;
        this.scale = allKnown ? kept(Scopes.withoutGradients(model::scale)) : null;
        if (allKnown) {
            model.close();
        }
    }

    /** Out of the scope around, and out of the model. */
    private NDArray kept(NDArray array) {
        Scopes.keep(array).attach(model.manager().getParentManager());
        return array;
    }

    /**
     * The model that teaches during a task: the student itself where it teaches itself, the given one's or another copy,
     * which the caller closes.
     */
    static Clip model(Clip student, Clip initial, Clip given, Method method, Precision precision) {
        if (method.teacher() == null) {
            return null;
        }
        if (!method.teacher().weights().isEmpty()) {
            return given.in(precision);
        }
        if (method.teacher().student()) {
            return student;
        }
        double share = method.teacher().initialShare();
        if (share == 0 || share == 1) {
            return (share == 1 ? initial : student).in(precision);
        }
        try (Clip between = student.copy()) {
            between.parameters().lerp(initial.parameters(), share);
            return between.in(precision);
        }
    }

    @FunctionalInterface
    private interface Encoder {
        NDArray encode(int[] numbers);
    }

    private NDArray inBatches(int count, Encoder encoder) {
        return Scopes.withoutGradients(() -> {
            NDList parts = new NDList();
            for (int from = 0; from < count; from += CACHE_BATCH) {
                int[] numbers = IntStream.range(from, Math.min(count, from + CACHE_BATCH)).toArray();
                parts.add(Scopes.withoutGradients(() -> encoder.encode(numbers)));
            }
            return NDArrays.concat(parts, 0);
        });
    }

    /** The features of all images, which are prepared in the background meanwhile. */
    private NDArray allImages() {
        int batches = (pairs.size() + CACHE_BATCH - 1) / CACHE_BATCH;
        HostBuffers buffers = new HostBuffers();
        try (Prefetch<HostImages> images = new Prefetch<>(k -> pairs.images(numbers(k), 0), batches)) {
            return inBatches(pairs.size(), numbers ->
                    model.imageFeatures(images.get(numbers[0] / CACHE_BATCH).on(model.manager(), buffers)));
        }
    }

    /** The same, if they are known from before. */
    private NDArray known() {
        float[] features = pairs.features(model, () -> {
            try (NDArray made = Scopes.keep(allImages())) {
                return HostCopy.floats(made);
            }
        });
        return model.manager().create(features, new Shape(pairs.size(), features.length / pairs.size()));
    }

    private int[] numbers(int batch) {
        return IntStream.range(batch * CACHE_BATCH, Math.min(pairs.size(), (batch + 1) * CACHE_BATCH)).toArray();
    }

    /** Whether it looks at the images of every iteration; else it knows their features. */
    boolean looks() {
        return allImages == null;
    }

    /** Whether it reads the texts of every iteration; else it knows their features. */
    boolean reads() {
        return allTexts == null;
    }

    /**
     * Unit-length image features (B, D) without graph.
     *
     * @param numbers of the images, (B), int64; not needed if it {@link #looks}
     * @param images themselves as seen in an iteration, (B, 3, R, R); not needed unless it looks
     */
    NDArray images(NDArray numbers, NDArray images) {
        return Scopes.withoutGradients(() ->
                allImages != null ? NativeOps.rows(allImages, numbers) : model.imageFeatures(images));
    }

    /**
     * Unit-length text features (B, D) without graph.
     *
     * @param numbers of the texts, (B), int64; not needed if it {@link #reads}
     * @param tokens of the texts; not needed unless it reads
     */
    NDArray texts(NDArray numbers, TokenRows.OnDevice tokens) {
        return Scopes.withoutGradients(() ->
                allTexts != null ? NativeOps.rows(allTexts, numbers) : model.textChain(tokens).forward());
    }

    NDArray scale() {
        return scale != null ? scale : Scopes.withoutGradients(model::scale);
    }

    private NDArray textsLive(int[] numbers) {
        return NativeOps.normalize(model.encodeTexts(rows(pairs, numbers), cutTexts));
    }

    /** The token rows of the texts with these numbers. */
    static long[][] rows(ReferencePairs pairs, int[] numbers) {
        long[][] texts = pairs.texts();
        long[][] rows = new long[numbers.length][];
        for (int i = 0; i < numbers.length; i++) {
            rows[i] = texts[numbers[i]];
        }
        return rows;
    }

    @Override
    public void close() {
        if (allImages != null) {
            allImages.close();
        }
        if (allTexts != null) {
            allTexts.close();
        }
        if (scale != null) {
            scale.close();
        }
    }
}
