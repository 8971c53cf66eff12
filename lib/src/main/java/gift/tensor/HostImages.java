package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.image.Image;
import gift.image.Preprocess;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A batch of square images in the host's memory, on their way to a model. Images are bytes, a quarter of the size of floats,
 * and the device normalizes them with CLIP's mean and deviation ({@link Images#normalized}). Values that were never bytes, as
 * those of tests, are floats that are normalized already.
 */
public final class HostImages {
    private final List<Image> images; // null where they are values
    private final float[] values;     // (B, 3, side, side), flat; null where they are images
    private final int count;

    private HostImages(List<Image> images, float[] values, int count) {
        this.images = images;
        this.values = values;
        this.count = count;
    }

    /**
     * @param count B, at least 1
     * @param image by its place in the batch; all of one size, square
     */
    public static HostImages of(int count, IntFunction<Image> image) {
        return of(IntStream.range(0, count).mapToObj(image).toList());
    }

    /** The same of images that are there. */
    public static HostImages of(List<Image> images) {
        int side = images.get(0).width();
        images.stream().filter(image -> image.width() != side || image.height() != side).findFirst().ifPresent(image -> {
            throw new IllegalArgumentException("an image of " + image.width() + " x " + image.height()
                    + " does not go into a batch of " + side + " x " + side);
        });
        return new HostImages(List.copyOf(images), null, images.size());
    }

    /**
     * @param values (B, 3, side, side), flat, normalized
     * @param count B, at least 1
     */
    public static HostImages ofValues(float[] values, int count) {
        return new HostImages(null, values, count);
    }

    /** B. */
    public int count() {
        return count;
    }

    /** (B, 3, side, side), flat, normalized. */
    public float[] values() {
        return values != null ? values : Preprocess.pack(count, i -> Preprocess.normalize(images.get(i)));
    }

    /** These images and, after them, more of the same size. If some of them are values, all become values. */
    public HostImages and(HostImages more) {
        if (images != null && more.images != null) {
            return of(Stream.concat(images.stream(), more.images.stream()).toList());
        }
        float[] first = values();
        float[] second = more.values();
        float[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return ofValues(all, count + more.count);
    }

    /** The batch in a buffer of the pool, to which the caller gives it back, as {@link #write} takes it. */
    public ByteBuffer fill(HostBuffers pool) {
        if (images == null) {
            ByteBuffer buffer = pool.take(Math.multiplyExact(values.length, Float.BYTES));
            buffer.asFloatBuffer().put(values);
            return buffer;
        }
        ByteBuffer buffer = pool.take(Math.multiplyExact(count, images.get(0).rgb().length));
        images.forEach(image -> buffer.put(image.rgb()));
        return buffer.rewind();
    }

    /**
     * What {@link #fill} has filled as an array that belongs to {@code manager}, for {@link Images#normalized}. On a CPU it is
     * the buffer itself, which must not be given back before the array is closed.
     *
     * @return (B, side, side, 3), bytes, or (B, 3, side, side), fp32
     */
    public NDArray write(NDManager manager, ByteBuffer filled) {
        return images != null ? Transfers.write(manager, filled, new Shape(count, side(), side(), 3), DataType.UINT8)
                : Transfers.write(manager, filled, new Shape(count, 3, side(), side()), DataType.FLOAT32);
    }

    /** The batch as a model takes it, (B, 3, side, side), fp32, which belongs to {@code manager}. */
    public NDArray on(NDManager manager) {
        return on(manager, new HostBuffers());
    }

    /** The same by way of a buffer of a pool, where many batches follow each other. */
    public NDArray on(NDManager manager, HostBuffers pool) {
        if (images == null) {
            return Images.of(manager, values, side());
        }
        ByteBuffer filled = fill(pool);
        try (NDArray bytes = Scopes.outside(() -> write(manager, filled))) {
            return Images.normalized(bytes);
        } finally {
            pool.give(filled);
        }
    }

    private int side() {
        return images != null ? images.get(0).width() : (int) Math.round(Math.sqrt(values.length / (3.0 * count)));
    }
}
