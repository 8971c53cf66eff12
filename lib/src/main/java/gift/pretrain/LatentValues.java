package gift.pretrain;

import gift.image.Picture;
import java.util.List;

/** Pictures as an autoencoder takes them. */
final class LatentValues {
    private LatentValues() {}

    /** (B, 3, size, size) in [-1, 1], channel by channel. */
    static float[] of(List<Picture> pictures, int size) {
        int plane = size * size;
        float[] values = new float[pictures.size() * 3 * plane];
        for (int i = 0; i < pictures.size(); i++) {
            Picture picture = pictures.get(i);
            for (int k = 0; k < 3 * plane; k++) {
                values[(i * 3 + k % 3) * plane + k / 3] = (picture.rgb()[k] & 0xff) / 127.5f - 1;
            }
        }
        return values;
    }
}
