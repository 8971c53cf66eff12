/**
 * ImagineFSL (Yang et al. 2025): an adapter on the tokens of a frozen CLIP, pretrained without labels on generated images,
 * then tuned on few labelled ones, with or without low-rank weights.
 *
 * <p>Uses {@code generate}, {@code eval}, {@code sentences} and what is below. Start with {@code ImaginePretraining} and
 * {@code FewShotTuning}; {@code ImagineStudy} runs them all by a recipe.
 */
package gift.imagine;
