package gift.io.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes the entries of an archive into an empty folder. Refused are names and links that lead out of the folder, links
 * with {@code ..} in them (through other links they could), entries below a link, and content out of all proportion to
 * the archive.
 */
final class Unpacking {
    private static final int RATIO = 100;       // images do not compress, text perhaps tenfold, a bomb a thousandfold
    private static final long FREE = 64L << 20; // bytes that are no bomb in any case
    private static final int ENTRIES = 5_000_000;
    private static final long SPARE = 64L << 20; // bytes of the disk that stay free

    private final Path folder;
    private final long limit;
    private long bytes;
    private int entries;

    /** @param folder empty */
    Unpacking(Path archive, Path folder) throws IOException {
        this.folder = folder.toRealPath();
        this.limit = Math.max(FREE, RATIO * Files.size(archive));
    }

    void folder(String name) throws IOException {
        Path place = place(name);
        Files.createDirectories(place);
        requireOwn(place, name);
    }

    void file(String name, InputStream content) throws IOException {
        Path place = fresh(name);
        byte[] piece = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(place, StandardOpenOption.CREATE_NEW)) {
            for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
                count(n);
                out.write(piece, 0, n);
            }
        }
    }

    /** A symbolic link. */
    void link(String name, String target) throws IOException {
        Path to = inner(target, "the link " + name + " to " + target);
        Files.createSymbolicLink(fresh(name), to);
    }

    /** A hard link: the same content under a second name. */
    void copy(String name, String target) throws IOException {
        Path from = place(target);
        requireOwn(from.getParent(), target);
        if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the link " + name + " leads to " + target + ", which is no file of the archive");
        }
        count(Files.size(from));
        Files.copy(from, fresh(name));
    }

    /** The place of a new file, in a folder that is there; an earlier entry of the same name goes. */
    private Path fresh(String name) throws IOException {
        Path place = place(name);
        Files.createDirectories(place.getParent());
        requireOwn(place.getParent(), name);
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(place);
        }
        return place;
    }

    private Path place(String name) throws IOException {
        if (++entries > ENTRIES) {
            throw new IOException("it has more than " + ENTRIES + " entries");
        }
        Path place = folder.resolve(inner(name, "the entry " + name)).normalize();
        if (!place.startsWith(folder)) {
            throw new IOException("the entry " + name + " leads out of the folder");
        }
        return place;
    }

    /** A relative path without {@code ..}; backslashes and drive letters count as Windows would read them. */
    private static Path inner(String path, String what) throws IOException {
        String slashes = path.replace('\\', '/');
        boolean absolute = slashes.startsWith("/") || slashes.matches("[A-Za-z]:.*");
        if (absolute || ("/" + slashes + "/").contains("/../") || path.indexOf('\0') >= 0) {
            throw new IOException(what + " leads out of the folder");
        }
        return Path.of(slashes);
    }

    /** Refuses a folder that is reached through a link. */
    private void requireOwn(Path place, String name) throws IOException {
        if (!place.toRealPath().equals(place)) {
            throw new IOException("the entry " + name + " lies below a link");
        }
    }

    private void count(long more) throws IOException {
        bytes += more;
        if (bytes > limit) {
            throw new IOException("it unpacks to more than " + (limit >> 20) + " MiB, out of all proportion to its size");
        }
        boolean look = bytes >> 26 != bytes - more >> 26; // every 64 MiB
        if (look && Files.getFileStore(folder).getUsableSpace() < SPARE) {
            throw new IOException("the disk is full");
        }
    }
}
