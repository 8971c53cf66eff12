package gift.diffusion;

import gift.image.Image;

/**
 * A generated image.
 *
 * @param image the pixels
 * @param prompt that it was made for
 * @param seed that it was made from; another than asked for where that one gave an image all black
 */
public record Generated(Image image, String prompt, long seed) {}
