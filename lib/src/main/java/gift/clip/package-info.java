/**
 * CLIP (Radford et al. 2021): tokenizer, both towers, published weights, the zero-shot classifier, and the choice of what
 * is trained.
 *
 * <p>Uses {@code nn}, {@code tensor}, {@code io}. Start with {@code Clip}; a part of it alone, or something on it, with
 * {@code ImageEncoder}.
 */
package gift.clip;
