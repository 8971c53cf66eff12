/**
 * Pretraining on generated images, then transfer (He et al. 2023, section 5, tables 8, 9 and 11): a vision transformer is
 * pretrained by labels or by DINO on generated or real images, or not at all, and tuned on the real images of a task.
 *
 * <p>Uses {@code generate}, {@code recognition}, {@code imagine} and what is below. Start with {@code TransferConfig} and
 * {@code MultiCrop}; {@code TransferStudy} runs them all by a recipe.
 */
package gift.transfer;
