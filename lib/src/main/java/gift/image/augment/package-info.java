/**
 * Random changes of images for training, as torchvision makes them on 8-bit images, and masks of patches. Every random
 * choice comes from a stream that the caller gives.
 *
 * <p>Uses {@code image}. Start with {@code ViewAugmentation}.
 */
package gift.image.augment;
