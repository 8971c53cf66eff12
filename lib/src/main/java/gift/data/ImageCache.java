package gift.data;

import gift.image.Image;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Images after decoding and resizing, kept in memory so that later epochs need not repeat either.
 *
 * <p>Once the bound is reached, what is kept stays and other images are made anew at every call: an epoch visits each
 * image once in random order, and then throwing out the oldest would only cost. Several threads may call
 * {@link #get}; two that ask for the same new image at once both make it.
 */
public final class ImageCache {
    private final IntFunction<Image> source;
    private final UnaryOperator<Image> prepare;
    private final long maxBytes;
    private final AtomicReferenceArray<Image> kept;
    private final AtomicLong bytes = new AtomicLong();

    private ImageCache(int size, IntFunction<Image> source, UnaryOperator<Image> prepare, long maxBytes) {
        this.source = source;
        this.prepare = prepare;
        this.maxBytes = maxBytes;
        kept = new AtomicReferenceArray<>(size);
    }

    /**
     * @param prepare what is done with a decoded image before it is kept, such as resizing; always the same result
     *     for the same image
     * @param maxBytes the most bytes of pixels that are kept
     */
    public static ImageCache of(ImageSource data, UnaryOperator<Image> prepare, long maxBytes) {
        return new ImageCache(data.size(), data::image, prepare, maxBytes);
    }

    /**
     * Images that are made, not read.
     *
     * @param source image i; always the same one
     */
    public static ImageCache of(int size, IntFunction<Image> source, long maxBytes) {
        return new ImageCache(size, source, image -> image, maxBytes);
    }

    /** Image {@code i}, prepared. Its bytes are shared: do not change them. */
    public Image get(int i) {
        Image found = kept.get(i);
        if (found != null) {
            return found;
        }
        Image made = prepare.apply(source.apply(i));
        long size = made.rgb().length;
        if (bytes.addAndGet(size) > maxBytes || !kept.compareAndSet(i, null, made)) {
            bytes.addAndGet(-size);
        }
        return made;
    }

    /** Number of images of the data set, kept or not. */
    public int size() {
        return kept.length();
    }

    /** Bytes of pixels kept now, at most the bound. */
    public long bytes() {
        return bytes.get();
    }
}
