package gift.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.tensor.NativeOps;
import gift.tensor.Scopes;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The frozen model's features of the reference pictures and texts. The teacher is fixed during a task, and so are the
 * texts and mostly the pictures: with {@code cache} their features are computed once, batch by batch, and a step
 * selects rows.
 */
final class Teacher implements AutoCloseable {
    private static final int CACHE_BATCH = 64;

    private final Clip model;
    private final ReferencePairs pairs;
    private final boolean cutTexts;
    private final NDArray allImages; // (pairs, D), or null
    private final NDArray allTexts;  // (texts, D), or null

    /** @param model stays the caller's */
    Teacher(Clip model, ReferencePairs pairs, boolean cache, boolean cutTexts) {
        this.model = model;
        this.pairs = pairs;
        this.cutTexts = cutTexts;
        this.allImages = cache && pairs.fixed()
                ? Scopes.keep(inBatches(pairs.size(), numbers -> imagesLive(numbers, 0))) : null;
        this.allTexts = cache ? Scopes.keep(inBatches(pairs.texts().length, this::textsLive)) : null;
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

    /** Unit-length image features (B, D) of the pictures with these numbers as seen in an iteration, without graph. */
    NDArray images(int[] numbers, int iteration) {
        return allImages != null ? select(allImages, numbers)
                : Scopes.withoutGradients(() -> imagesLive(numbers, iteration));
    }

    /** Unit-length text features (B, D) of the texts with these numbers, without graph. */
    NDArray texts(int[] numbers) {
        return allTexts != null ? select(allTexts, numbers) : Scopes.withoutGradients(() -> textsLive(numbers));
    }

    NDArray scale() {
        return Scopes.withoutGradients(model::scale);
    }

    private NDArray imagesLive(int[] numbers, int iteration) {
        return model.imageFeatures(pictures(model, pairs, numbers, iteration));
    }

    private NDArray textsLive(int[] numbers) {
        return NativeOps.normalize(model.encodeTexts(rows(pairs, numbers), cutTexts));
    }

    private NDArray select(NDArray all, int[] numbers) {
        NDManager manager = model.manager();
        long[] rows = Arrays.stream(numbers).asLongStream().toArray();
        return Scopes.withoutGradients(() -> NativeOps.rows(all, manager.create(rows)));
    }

    /** The pictures with these numbers on the model's device, (B, 3, R, R). */
    static NDArray pictures(Clip model, ReferencePairs pairs, int[] numbers, int iteration) {
        int r = model.config().imageResolution();
        float[] all = new float[numbers.length * 3 * r * r];
        for (int i = 0; i < numbers.length; i++) {
            System.arraycopy(pairs.picture(numbers[i], iteration), 0, all, i * 3 * r * r, 3 * r * r);
        }
        return model.manager().create(all, new Shape(numbers.length, 3, r, r));
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
    }
}
