package gift.imagine;

import ai.djl.ndarray.NDArray;
import gift.data.BoundedCache;
import gift.tensor.Scopes;

/**
 * What a frozen tower gives for the augmented images of a tuning. It depends on the images and on how they are drawn, not on
 * the method or the learning rate: what one tuning computes serves the others that see the same images. It is kept on the device,
 * and only if all of a tuning fits there.
 */
final class ViewTokens implements AutoCloseable {
    private static final long MOST = 1L << 29; // bytes

    private final BoundedCache<Long, NDArray> kept = new BoundedCache<>(MOST);
    private String images = "";

    /**
     * Forgets what is kept of other images.
     *
     * @param images says which images are seen in which updates
     */
    void of(String images) {
        if (!images.equals(this.images)) {
            close();
            this.images = images;
        }
    }

    /** Whether so many numbers are kept. */
    static boolean fit(long numbers) {
        return numbers * Float.BYTES <= MOST;
    }

    /** The tokens (B, T, D) of one half of an update, or null; called from several threads. */
    NDArray get(long half) {
        return kept.get(half);
    }

    /** Keeps tokens beyond the scope around the call. */
    void put(long half, NDArray tokens) {
        if (kept.put(half, tokens, Float.BYTES * tokens.size())) {
            Scopes.keep(tokens);
        }
    }

    @Override
    public void close() {
        kept.clear().forEach(NDArray::close);
    }
}
