package gift.train;

import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * Tells processes that work in one folder of each other, by locks that the system takes away from a process that dies.
 *
 * <p>Either all hold a shared lock, and whoever comes first or goes last is alone and may tidy up ({@link #during}); or
 * one works and the others wait or go away ({@link #alone}).
 */
public final class FolderLock {
    /** The locked file of a folder that one process works in; it is never removed, so that all lock the same file. */
    public static final String FILE = ".lock";

    private static final long LOOK_AGAIN = 200; // milliseconds

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
    public static <T> T during(Path file, Runnable tidy, Supplier<T> work) {
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
            throw new InputException("cannot lock " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /**
     * Works in a folder, which is made if missing, while no other process does.
     *
     * @param patient whether to wait for another process rather than to give up
     * @throws InputException if another process works there and this one does not wait
     * @throws Stop.Requested if the user ends the waiting
     */
    public static <T> T alone(Path folder, boolean patient, Supplier<T> work) {
        makeFolder(folder);
        Path file = folder.resolve(FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean told = false;
            while (!tryLock(channel)) {
                if (!patient) {
                    throw new InputException("another process works on " + folder
                            + ": wait for it, or choose other runs with --method and --seed");
                }
                if (!told) {
                    System.err.println("waiting for another process, which works on " + folder);
                    told = true;
                }
                Thread.sleep(LOOK_AGAIN);
                Stop.check();
            }
            return work.get(); // closing the channel ends the lock
        } catch (IOException e) {
            throw new InputException("cannot lock " + file + ": " + AtomicFiles.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stop.Requested();
        }
    }

    /**
     * As {@link #alone}, or nothing at all while another process works there.
     *
     * @return whether the work was done
     */
    public static boolean ifFree(Path folder, Runnable work) {
        makeFolder(folder);
        Path file = folder.resolve(FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!tryLock(channel)) {
                return false;
            }
            work.run();
            return true;
        } catch (IOException e) {
            throw new InputException("cannot lock " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InputException("cannot make the folder " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another thread of this process holds it
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
