package gift.io.download;

import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.InputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Unpacks archives: zip, tar, tar.gz and tgz, gz.
 *
 * <p>Everything goes to a hidden folder first, and is moved to its place when the whole archive is unpacked: a broken
 * archive, or one that is refused, leaves nothing. {@link Unpacking} says what is refused.
 */
public final class Archives {
    private static final List<String> KINDS = List.of(".tar.gz", ".tgz", ".tar", ".zip", ".gz");

    private Archives() {}

    /** Whether the name is that of an archive that {@link #unpack} knows. */
    public static boolean isOne(String name) {
        return KINDS.stream().anyMatch(name::endsWith);
    }

    /**
     * Unpacks an archive into a folder, where what is there of the same name is replaced. Not by two processes at once.
     *
     * @throws InputException in one line, if the archive is broken, or an entry is refused
     */
    public static void unpack(Path archive, Path folder) {
        String name = archive.getFileName().toString();
        Path hidden = folder.resolve(".gift-unpacking-" + name);
        try {
            Folders.delete(hidden); // of a process that was killed
            Files.createDirectories(hidden);
            Unpacking unpacking = new Unpacking(archive, hidden);
            if (name.endsWith(".zip")) {
                zip(archive, unpacking);
            } else {
                try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
                        InputStream in = name.endsWith("gz") ? new GZIPInputStream(raw, 1 << 16) : raw) {
                    if (name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
                        tar(in, unpacking);
                    } else if (name.endsWith(".gz")) {
                        unpacking.file(name.substring(0, name.length() - 3), in);
                    } else {
                        throw new InputException(archive + " is no archive that is known here: " + String.join(", ", KINDS));
                    }
                }
            }
            move(hidden, folder);
        } catch (IOException | IllegalArgumentException e) { // the latter from Commons Compress, for broken heads
            throw new InputException("cannot unpack " + archive + ": " + AtomicFiles.oneLine(e), e);
        } finally {
            try {
                Folders.delete(hidden);
            } catch (InputException ignored) {
                // hidden and harmless
            }
        }
    }

    private static void zip(Path archive, Unpacking unpacking) throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
            for (Enumeration<ZipArchiveEntry> entries = zip.getEntriesInPhysicalOrder(); entries.hasMoreElements();) {
                ZipArchiveEntry entry = entries.nextElement();
                if (entry.isUnixSymlink()) {
                    unpacking.link(entry.getName(), zip.getUnixSymlink(entry));
                } else if (entry.isDirectory()) {
                    unpacking.folder(entry.getName());
                } else {
                    try (InputStream in = zip.getInputStream(entry)) {
                        unpacking.file(entry.getName(), in);
                    }
                }
            }
        }
    }

    private static void tar(InputStream in, Unpacking unpacking) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isSymbolicLink()) {
                    unpacking.link(entry.getName(), entry.getLinkName());
                } else if (entry.isLink()) {
                    unpacking.copy(entry.getName(), entry.getLinkName());
                } else if (entry.isDirectory()) {
                    unpacking.folder(entry.getName());
                } else if (entry.isFIFO() || entry.isBlockDevice() || entry.isCharacterDevice() || entry.isSparse()) {
                    throw new IOException("the entry " + entry.getName() + " is neither file, folder nor link");
                } else {
                    unpacking.file(entry.getName(), tar);
                }
            }
        }
    }

    /** Moves what is in a folder to another on the same disk: folders as a whole where there is none of their name. */
    private static void move(Path from, Path to) throws IOException {
        List<Path> entries;
        try (Stream<Path> all = Files.list(from)) {
            entries = all.toList();
        }
        for (Path entry : entries) {
            Path place = to.resolve(entry.getFileName().toString());
            boolean merge = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS);
            if (merge) {
                move(entry, place);
            } else {
                Files.move(entry, place, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
