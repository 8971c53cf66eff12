package gift.study;

import gift.io.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells processes that work in one folder of each other: all hold a shared lock on one of its files, which the system
 * takes away from a process that dies. Whoever comes first or goes last is alone and may tidy up.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;
    private final Runnable tidy;
    private FileLock shared;

    private FolderLock(FileChannel channel, Runnable tidy) {
        this.channel = channel;
        this.tidy = tidy;
    }

    /**
     * @param file that is there and is not replaced
     * @param tidy run now and at the end, each time only if no other process holds the lock
     */
    static FolderLock share(Path file, Runnable tidy) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FolderLock lock = new FolderLock(channel, tidy);
            lock.tidyIfAlone();
            lock.shared = channel.lock(0, Long.MAX_VALUE, true);
            return lock;
        } catch (IOException e) {
            closeQuietly(channel);
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

    @Override
    public void close() {
        try {
            shared.release();
            tidyIfAlone();
        } catch (IOException e) {
            // the work is done; what is left over harms nobody and is swept by the next job
        } finally {
            closeQuietly(channel);
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // nothing was written through it
        }
    }
}
