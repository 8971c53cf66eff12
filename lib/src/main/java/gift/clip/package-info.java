/**
 * CLIP (Radford et al. 2021): tokenizer, both towers, published weights, the zero-shot classifier.
 *
 * <p>Uses {@code nn}, {@code tensor}, {@code io}. Start with {@code Clip}.
 */
package gift.clip;
