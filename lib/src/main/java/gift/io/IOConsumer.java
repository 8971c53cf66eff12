package gift.io;

import java.io.IOException;

/** A step that takes one value and may fail with an {@link IOException}. */
@FunctionalInterface
public interface IOConsumer<T> {
    void accept(T value) throws IOException;
}
