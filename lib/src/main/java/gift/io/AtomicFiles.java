package gift.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files that appear whole or not at all.
 *
 * <p>The content goes to a temporary file in the folder of the target, is forced to the disk, and takes the target's
 * name in one atomic step. Whoever reads sees the old file or the new one, never half of one; a killed program leaves
 * at worst a hidden {@code .gift-*.tmp} file behind. If the content cannot be produced, the temporary file is removed
 * and the target stays as it was.
 */
public final class AtomicFiles {
    private static final String PREFIX = ".gift-";
    private static final String SUFFIX = ".tmp";

    private AtomicFiles() {}

    /**
     * Writes what {@code content} puts into the (buffered) stream to {@code target}; missing folders are made.
     *
     * @throws InputException if the file cannot be written there; whatever {@code content} throws unchecked passes through
     */
    public static void write(Path target, IOConsumer<OutputStream> content) {
        writeChannel(target, channel -> {
            // Not closed here: closing the stream would close the channel before it is forced to the disk.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.accept(out);
            out.flush();
        });
    }

    /**
     * As {@link #write}, but the new name is not forced to the disk by itself: for files by the thousand in one folder, where a
     * later {@link #write} forces them all. A power failure may take the last ones, whole.
     */
    public static void writeOneOfMany(Path target, IOConsumer<OutputStream> content) {
        writeChannel(target, channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.accept(out);
            out.flush();
        }, true, false);
    }

    /** Writes {@code text} in UTF-8 to {@code target}. */
    public static void writeString(Path target, String text) {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * As {@link #writeString}, but not forced to the disk: for small notes by the thousand, which nothing depends on and which a
     * power failure may take.
     */
    public static void note(Path target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeChannel(target, channel -> Channels.newOutputStream(channel).write(bytes), false, false);
    }

    /** As {@link #write}, for content that goes into a channel in large pieces. */
    public static void writeChannel(Path target, IOConsumer<FileChannel> content) {
        writeChannel(target, content, true, true);
    }

    private static void writeChannel(Path target, IOConsumer<FileChannel> content, boolean force, boolean forceName) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new InputException("cannot write " + target + ": it is a folder; name a file");
        }
        Path temporary = folder.resolve(PREFIX + UUID.randomUUID() + SUFFIX);
        try {
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.accept(channel);
                if (force) {
                    channel.force(true);
                }
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (forceName) {
                forceFolder(folder);
            }
        } catch (IOException e) {
            discard(temporary);
            throw new InputException("cannot write " + target + ": " + reason(e), e);
        } catch (Throwable e) {
            discard(temporary);
            throw e;
        }
    }

    /**
     * Removes the temporary files that killed programs left in a folder. Not while another program writes there.
     */
    public static void deleteLeftovers(Path folder) {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
            for (Path leftover : leftovers) {
                Files.deleteIfExists(leftover);
            }
        } catch (IOException e) {
            throw new InputException("cannot tidy up " + folder + ": " + reason(e), e);
        }
    }

    /** Why a file could not be read or written, in words for one line. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (e instanceof NotDirectoryException file) {
            return file.getFile() + " is no folder";
        }
        if (e instanceof FileSystemLoopException loop) {
            return loop.getFile() + " is a link to a folder that holds it";
        }
        if (e instanceof CharacterCodingException) {
            return "it is no text in UTF-8";
        }
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        if (e instanceof FileSystemException file) {
            return file.getFile() + " is in the way"; // the JDK gives no reason with "already exists" and "not a folder"
        }
        return oneLine(e);
    }

    /** The message of {@code e} on one line, or its kind where it has none. */
    public static String oneLine(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message.strip().replaceAll("\\s+", " ");
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException ignored) {
            // The first failure is the one to report; a leftover temporary file harms nobody.
        }
    }

    /** Makes the new name itself survive a power failure; file systems that cannot force a folder are left alone. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            // Windows does not open folders; the file itself is already safe.
        }
    }
}
