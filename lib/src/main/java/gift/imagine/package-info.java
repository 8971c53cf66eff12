/**
 * ImagineFSL (Yang et al. 2025): an adapter on the tokens of a frozen CLIP, pretrained without labels on generated images,
 * then tuned on few labelled ones, with or without low-rank weights.
 *
 * <p>Uses {@code io}, {@code image}, {@code tensor}, {@code nn}, {@code train}, {@code clip}. Start with
 * {@code ImaginePretraining} and {@code FewShotTuning}.
 */
package gift.imagine;
