package gift.study;

import gift.io.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * Tells processes that work in one folder of each other: all hold a shared lock on one of its files, which the system
 * takes away from a process that dies. Whoever comes first or goes last is alone and may tidy up.
 */
final class FolderLock {
    private final FileChannel channel;
    private final Runnable tidy;

    private FolderLock(FileChannel channel, Runnable tidy) {
        this.channel = channel;
        this.tidy = tidy;
    }

    /**
     * Works while holding the lock.
     *
     * @param file that is there and is not replaced
     * @param tidy run before and after the work, each time only if no other process holds the lock
     */
    static <T> T during(Path file, Runnable tidy, Supplier<T> work) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FolderLock lock = new FolderLock(channel, tidy);
            lock.tidyIfAlone();
            FileLock shared = channel.lock(0, Long.MAX_VALUE, true);
            try {
                return work.get();
            } finally {
                shared.release();
                lock.tidyIfAlone();
            }
        } catch (IOException e) {
            throw new InputException("cannot lock " + file + ": " + e.getMessage(), e);
        }
    }

    private void tidyIfAlone() throws IOException {
        try (FileLock alone = channel.tryLock()) {
            if (alone != null) {
                tidy.run();
            }
        }
    }
}
