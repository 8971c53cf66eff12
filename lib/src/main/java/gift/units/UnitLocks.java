package gift.units;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.train.FolderLock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The locks of units: byte i of one file for unit i, so that a hundred thousand units need one file. The system releases the
 * locks of a process that dies.
 */
final class UnitLocks implements AutoCloseable {
    private static final int SUBMITTER = Integer.MAX_VALUE; // byte of whoever waits for the units; no unit has this number

    /** Open files by path. One channel a process: closing a second one would end the locks of the first. */
    private static final Map<Path, Shared> OPEN = new HashMap<>();

    private final Path file;
    private final FileChannel channel;

    private static final class Shared {
        private FileChannel channel;
        private int users;
    }

    /** @throws InputException if the file system has no locks */
    UnitLocks(Path folder) {
        try {
            Files.createDirectories(folder);
            this.file = folder.toRealPath().resolve("locks");
            synchronized (OPEN) {
                Shared shared = OPEN.computeIfAbsent(file, path -> new Shared());
                if (shared.channel == null) {
                    shared.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
                }
                shared.users++;
                this.channel = shared.channel;
            }
        } catch (IOException e) {
            throw new InputException("cannot lock in " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** The lock of a unit, or null while someone else has it. */
    FileLock take(int index) {
        return take(index, false);
    }

    private FileLock take(int index, boolean shared) {
        try {
            return channel.tryLock(index, 1, shared);
        } catch (OverlappingFileLockException e) {
            return null; // a thread of this process
        } catch (IOException e) {
            throw FolderLock.cannotLock(file, e);
        }
    }

    /** Gives a lock back. */
    void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            throw new InputException("cannot unlock " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** Whether someone has the lock of a unit. */
    boolean isHeld(int index) {
        FileLock lock = take(index);
        if (lock != null) {
            release(lock);
        }
        return lock == null;
    }

    /** Notes, until {@link #close}, that this process waits for the units; others may at the same time. */
    void submit() {
        take(SUBMITTER, true);
    }

    /** Whether a process waits for the units, as seen from here. */
    boolean isSubmitted() {
        return isHeld(SUBMITTER);
    }

    @Override
    public void close() {
        synchronized (OPEN) {
            Shared shared = OPEN.get(file);
            if (--shared.users == 0) {
                OPEN.remove(file);
                try {
                    shared.channel.close();
                } catch (IOException e) {
                    throw new InputException("cannot close " + file + ": " + AtomicFiles.reason(e), e);
                }
            }
        }
    }
}
