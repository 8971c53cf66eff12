package gift.data;

import gift.image.Picture;
import gift.io.InputException;

/** Pictures numbered {@code 0 .. size()-1}, whatever else is known of them. May be asked from several threads. */
public interface PictureSource {
    /** Name for messages, {@code "DTD/train"}. */
    String name();

    /** Number of pictures. */
    int size();

    /**
     * Picture {@code i}, decoded anew at every call (see {@link PictureCache}).
     *
     * @throws InputException naming the picture if it cannot be read
     */
    Picture picture(int i);

    /** Where picture {@code i} comes from, for messages: its path, or {@code "file#index"}. */
    String source(int i);

    /**
     * What identifies the content of picture {@code i}: equal only where the pictures are. Of files a hash of their bytes,
     * which need not be decoded.
     */
    default String contents(int i) {
        return Contents.of(picture(i));
    }
}
