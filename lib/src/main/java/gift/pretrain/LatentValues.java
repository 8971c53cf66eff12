package gift.pretrain;

import gift.image.Image;
import java.util.List;

/** Images as an autoencoder takes them. */
final class LatentValues {
    private LatentValues() {}

    /** (B, 3, size, size) in [-1, 1], channel by channel. */
    static float[] of(List<Image> images, int size) {
        int plane = size * size;
        float[] values = new float[images.size() * 3 * plane];
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            for (int k = 0; k < 3 * plane; k++) {
                values[(i * 3 + k % 3) * plane + k / 3] = (image.rgb()[k] & 0xff) / 127.5f - 1;
            }
        }
        return values;
    }
}
