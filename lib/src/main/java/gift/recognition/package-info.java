/**
 * Recognition with synthetic images (He et al. 2023, "Is synthetic data from generative models ready for image
 * recognition?"): classifiers on CLIP's features that are tuned on generated images, with a few real ones or none; the
 * filter of generated images; baselines on the same features.
 *
 * <p>Uses {@code generate}, {@code eval}, {@code sentences} and what is below. Start with {@code TuningSettings} and
 * {@code ClassifierTrainer}; {@code RecognitionStudy} runs them all by a recipe.
 */
package gift.recognition;
