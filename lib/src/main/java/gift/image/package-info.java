/**
 * Images: reading and writing them, resampling, and what CLIP sees of them.
 *
 * <p>Uses {@code io}. Start with {@code Image}, then {@code Preprocess}.
 */
package gift.image;
