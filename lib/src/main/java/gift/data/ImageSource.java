package gift.data;

import gift.image.Image;
import gift.io.InputException;

/** Images numbered {@code 0 .. size()-1}, whatever else is known of them. May be asked from several threads. */
public interface ImageSource {
    /** Name for messages, {@code "DTD/train"}. */
    String name();

    /** Number of images. */
    int size();

    /**
     * Image {@code i}, decoded anew at every call (see {@link ImageCache}).
     *
     * @throws InputException naming the image if it cannot be read
     */
    Image image(int i);

    /** Where image {@code i} comes from, for messages: its path, or {@code "file#index"}. */
    String source(int i);

    /**
     * What identifies the content of image {@code i}: equal only where the images are. Of files a hash of their bytes,
     * which need not be decoded.
     */
    default String contents(int i) {
        return Contents.of(image(i));
    }
}
