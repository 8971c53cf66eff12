package gift.imagine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a frozen tower gives for the augmented images of a tuning. It depends on the images and on how they are drawn, not on
 * the method or the learning rate: what one tuning computes serves the others that see the same images. It is kept in memory,
 * and only if all of a tuning fits there.
 */
final class ViewTokens {
    private static final long MOST = 1L << 29; // bytes

    private final Map<Long, float[]> kept = new ConcurrentHashMap<>();
    private String images = "";

    /**
     * Forgets what is kept of other images.
     *
     * @param images says which images are seen in which updates
     */
    void of(String images) {
        if (!images.equals(this.images)) {
            kept.clear();
            this.images = images;
        }
    }

    /** Whether so many numbers are kept. */
    static boolean fit(long numbers) {
        return numbers * Float.BYTES <= MOST;
    }

    /** The tokens (B, T, D), flat, of one half of an update, or null; called from several threads. */
    float[] get(long half) {
        return kept.get(half);
    }

    void put(long half, float[] tokens) {
        kept.put(half, tokens);
    }
}
