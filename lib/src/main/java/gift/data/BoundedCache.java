package gift.data;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Values by their keys, kept up to so many bytes: the first ones, as where all are asked for in turn throwing out the oldest
 * would only cost. What is not kept is made anew at every call. For several threads; two that ask for the same new value at once
 * both make it.
 */
public final class BoundedCache<K, V> {
    private final Map<K, V> kept = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final long most;

    /** @param most bytes of all values together; 0 keeps nothing */
    public BoundedCache(long most) {
        this.most = most;
    }

    /** The value of a key, or null. */
    public V get(K key) {
        return kept.get(key);
    }

    /**
     * The value of a key, known or made.
     *
     * @param size of a value, bytes
     */
    public V of(K key, Supplier<V> make, ToLongFunction<V> size) {
        V known = kept.get(key);
        if (known != null) {
            return known;
        }
        V made = make.get();
        put(key, made, size.applyAsLong(made));
        return made;
    }

    /**
     * Keeps a value, if there is room and none of this key is kept.
     *
     * @param size bytes
     * @return whether it is kept
     */
    public boolean put(K key, V value, long size) {
        if (bytes.addAndGet(size) <= most && kept.putIfAbsent(key, value) == null) {
            return true;
        }
        bytes.addAndGet(-size);
        return false;
    }

    /** Forgets all values and returns them. */
    public Collection<V> clear() {
        Map<K, V> all = Map.copyOf(kept);
        kept.clear();
        bytes.set(0);
        return Collections.unmodifiableCollection(all.values());
    }
}
