/**
 * Trains the models that a study starts from: CLIP, the autoencoder, the denoiser.
 *
 * <p>Uses {@code train}, the models and {@code sources}. Start with {@code Pretraining}.
 */
package gift.pretrain;
