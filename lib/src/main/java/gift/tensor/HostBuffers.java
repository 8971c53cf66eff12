package gift.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Memory outside of Java's heap from which arrays are made, used over again: to make 38 MB of it anew costs more time than to
 * fill it. May be used by several threads.
 */
public final class HostBuffers {
    private final Deque<ByteBuffer> free = new ConcurrentLinkedDeque<>();

    /** A buffer of so many bytes, in the byte order of the machine; what is in it is anything. */
    public ByteBuffer take(int bytes) {
        ByteBuffer kept = free.pollFirst();
        ByteBuffer buffer = kept != null && kept.capacity() >= bytes ? kept
                : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        return buffer.clear().limit(bytes);
    }

    /** Takes back a buffer whose bytes are no longer needed. */
    public void give(ByteBuffer buffer) {
        free.addFirst(buffer);
    }
}
