package gift.doctor;

import gift.data.Contents;
import gift.data.ImageDataset;
import gift.image.Image;
import java.util.HashMap;
import java.util.Map;

/** Which images of a data set have the same pixels. */
final class ContentHashes {
    private final ImageDataset data;
    private final String[] hashes; // null where an image was not looked at, or could not be read

    ContentHashes(ImageDataset data) {
        this.data = data;
        this.hashes = new String[data.size()];
    }

    /** Takes in image i; several threads may call it, each for other images. */
    Image take(int i, Image image) {
        hashes[i] = Contents.of(image);
        return image;
    }

    /** Takes what stands for the pixels of image i, such as size and beginning of its file. */
    void take(int i, String content) {
        hashes[i] = content;
    }

    /** Pairs of equal images: how many, and the first. */
    record Twins(int count, String first) {}

    /** Images of the other part that are in this one, too. */
    Twins in(ContentHashes other) {
        Map<String, Integer> here = new HashMap<>();
        for (int i = 0; i < hashes.length; i++) {
            if (hashes[i] != null) {
                here.putIfAbsent(hashes[i], i);
            }
        }
        int count = 0;
        String first = "";
        for (int i = 0; i < other.hashes.length; i++) {
            Integer twin = other.hashes[i] == null ? null : here.get(other.hashes[i]);
            if (twin != null && count++ == 0) {
                first = data.source(twin) + " and " + other.data.source(i);
            }
        }
        return new Twins(count, first);
    }

    /** Images that are in this part before under another class. */
    Twins ofOtherClass() {
        Map<String, Integer> seen = new HashMap<>();
        int count = 0;
        String first = "";
        for (int i = 0; i < hashes.length; i++) {
            Integer twin = hashes[i] == null ? null : seen.putIfAbsent(hashes[i], i);
            if (twin != null && data.label(twin) != data.label(i) && count++ == 0) {
                first = data.source(twin) + " and " + data.source(i);
            }
        }
        return new Twins(count, first);
    }
}
