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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The lock of a folder that several processes may work in. The system releases the lock of a process that dies.
 *
 * <p>With {@link #during} all processes share the lock, and the first and the last of them may tidy up. With {@link #alone}
 * one works, and the others wait or give up.
 */
public final class FolderLock {
    /** The locked file of a folder that one process works in; it is never removed, so that all lock the same file. */
    public static final String FILE = ".lock";

    private static final long LOOK_AGAIN = 200; // milliseconds
    /** The locked files of folders that a thread of this process works in alone. */
    private static final Map<Path, Thread> OWNERS = new ConcurrentHashMap<>();

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
            throw cannotLock(file, e);
        }
    }

    /**
     * Works in a folder, which is made if missing, while no other process or thread does. Work that calls this again for
     * the same folder and on the same thread has the lock already and goes on.
     *
     * @param patient whether to wait for another process rather than to give up
     * @throws InputException if another process works there and this one does not wait
     * @throws Stop.Requested if the user ends the waiting
     */
    public static <T> T alone(Path folder, boolean patient, Supplier<T> work) {
        Path file = fileOf(folder);
        if (OWNERS.get(file) == Thread.currentThread()) {
            return work.get();
        }
        try (Held held = patient ? waitFor(folder, file) : take(file)) {
            if (held == null) {
                throw new InputException("another process works on " + folder
                        + ": wait for it, or choose other runs with --method and --seed");
            }
            return work.get();
        }
    }

    /**
     * As {@link #alone}, or nothing at all while another process or thread works there.
     *
     * @return whether the work was done
     */
    public static boolean ifFree(Path folder, Runnable work) {
        try (Held held = take(fileOf(folder))) {
            if (held == null) {
                return false;
            }
            work.run();
            return true;
        }
    }

    /** The lock of a folder, which ends when this is closed. */
    private record Held(Path file, FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            release(file, channel);
        }
    }

    private static Held waitFor(Path folder, Path file) {
        Held held = take(file);
        if (held == null) {
            System.err.println("waiting for another process, which works on " + folder);
        }
        try {
            while (held == null) {
                Thread.sleep(LOOK_AGAIN);
                Stop.check();
                held = take(file);
            }
            return held;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stop.Requested();
        }
    }

    /**
     * The lock, or null while another process or thread has it. Within this process {@link #OWNERS} decides, because
     * closing a second channel of a file may end the lock of the first.
     */
    private static Held take(Path file) {
        if (OWNERS.putIfAbsent(file, Thread.currentThread()) != null) {
            return null;
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            taken = tryLock(channel);
            return taken ? new Held(file, channel) : null;
        } catch (IOException e) {
            throw cannotLock(file, e);
        } finally {
            if (!taken) {
                release(file, channel);
            }
        }
    }

    private static void release(Path file, FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw cannotLock(file, e);
        } finally {
            OWNERS.remove(file);
        }
    }

    /** Deletes a file, or a folder with all in it; the locks of folders, and with them these folders, stay. */
    public static void delete(Path path) {
        try {
            if (Files.isDirectory(path)) {
                List<Path> inside;
                try (Stream<Path> entries = Files.list(path)) {
                    inside = entries.toList();
                }
                boolean locked = false;
                for (Path entry : inside) {
                    if (entry.endsWith(FILE)) {
                        locked = true;
                    } else {
                        delete(entry);
                    }
                }
                if (locked) {
                    return;
                }
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new InputException("cannot delete " + path + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** The locked file of a folder, which is made if missing. */
    private static Path fileOf(Path folder) {
        try {
            Files.createDirectories(folder);
            return folder.toRealPath().resolve(FILE);
        } catch (IOException e) {
            throw new InputException("cannot make the folder " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** Of a lock that the file system refused. */
    public static InputException cannotLock(Path file, IOException cause) {
        return new InputException("cannot lock " + file + ": " + AtomicFiles.reason(cause)
                + "; the file system must have locks (NFS without nolock, Lustre with flock)", cause);
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another channel of this process holds it
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
