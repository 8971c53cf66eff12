package gift.data;

import gift.image.Picture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Pictures after decoding and resizing, kept in memory so that later epochs need not repeat either.
 *
 * <p>Once the bound is reached, what is kept stays and other pictures are made anew at every call: an epoch visits each
 * picture once in random order, and then throwing out the oldest would only cost. Several threads may call
 * {@link #get}; two that ask for the same new picture at once both make it.
 */
public final class PictureCache {
    private final IntFunction<Picture> source;
    private final UnaryOperator<Picture> prepare;
    private final long maxBytes;
    private final AtomicReferenceArray<Picture> kept;
    private final AtomicLong bytes = new AtomicLong();

    private PictureCache(int size, IntFunction<Picture> source, UnaryOperator<Picture> prepare, long maxBytes) {
        this.source = source;
        this.prepare = prepare;
        this.maxBytes = maxBytes;
        kept = new AtomicReferenceArray<>(size);
    }

    /**
     * @param prepare what is done with a decoded picture before it is kept, such as resizing; always the same result
     *     for the same picture
     * @param maxBytes the most bytes of pixels that are kept
     */
    public static PictureCache of(PictureSource data, UnaryOperator<Picture> prepare, long maxBytes) {
        return new PictureCache(data.size(), data::picture, prepare, maxBytes);
    }

    /** Picture {@code i}, prepared. Its bytes are shared: do not change them. */
    public Picture get(int i) {
        Picture found = kept.get(i);
        if (found != null) {
            return found;
        }
        Picture made = prepare.apply(source.apply(i));
        long size = made.rgb().length;
        if (bytes.addAndGet(size) > maxBytes || !kept.compareAndSet(i, null, made)) {
            bytes.addAndGet(-size);
        }
        return made;
    }

    /** Number of pictures of the data set, kept or not. */
    public int size() {
        return kept.length();
    }

    /** Bytes of pixels kept now, at most the bound. */
    public long bytes() {
        return bytes.get();
    }
}
