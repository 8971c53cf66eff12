package gift.diffusion;

import gift.image.Picture;

/**
 * A generated picture.
 *
 * @param picture the pixels
 * @param prompt that it was made for
 * @param seed that it was made from; another than asked for where that one gave a picture all black
 */
public record Generated(Picture picture, String prompt, long seed) {}
