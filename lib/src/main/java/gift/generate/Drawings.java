package gift.generate;

import gift.data.BoundedCache;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.tensor.Precision;
import java.util.List;
import java.util.function.Supplier;

/**
 * Batches that one process has drawn, for further plans that begin alike: of the same model, the same prompts and the same
 * seeds come the same images. Up to 64 MiB are kept.
 */
public final class Drawings {
    /** Keeps nothing: of a single plan, whose batches differ. */
    static final Drawings NONE = new Drawings(0);

    private static final long MOST = 1L << 26; // bytes

    private final BoundedCache<Key, List<Generated>> kept;

    public Drawings() {
        this(MOST);
    }

    private Drawings(long most) {
        this.kept = new BoundedCache<>(most);
    }

    /** All that decides the images of a batch. */
    record Key(String model, String device, Precision precision, List<String> prompts, List<Long> seeds, Sampling sampling) {}

    /** The images of a batch, known or drawn. */
    List<Generated> of(Key key, Supplier<List<Generated>> draw) {
        return kept.of(key, draw, drawn -> drawn.stream().mapToLong(one -> one.image().rgb().length).sum());
    }
}
