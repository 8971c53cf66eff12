package gift.data.catalog;

import gift.io.AtomicFiles;
import gift.io.Checksum;
import gift.io.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What has arrived of a download, and the validator of the file that it is a part of. */
final class PartFile {
    private static final long SPARE = 64L << 20; // bytes of the disk that stay free

    private final Path path;
    private final FileChannel channel;

    /** @param channel open on {@code path} for reading and writing */
    PartFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Where the validator of a part stands. */
    static Path tag(Path part) {
        return part.resolveSibling(part.getFileName() + ".tag");
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return channel.size();
    }

    void append(ByteBuffer bytes) throws IOException {
        channel.position(channel.size());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void clear() throws IOException {
        channel.truncate(0);
        Files.deleteIfExists(tag(path));
    }

    void force() throws IOException {
        channel.force(true);
    }

    /** In what it differs from the file that is meant, when it is complete; null if in nothing that is known of it. */
    String difference(Download.Remote remote) throws IOException {
        if (remote.size() >= 0 && size() != remote.size()) {
            return size() + " bytes, not " + remote.size();
        }
        Checksum stated = remote.checksum();
        return stated == null || stated.fits(path) ? null
                : "the checksum " + Checksum.of(path, stated.algorithm()) + ", not " + stated;
    }

    /** Whether more may be added later: the server can tell whether the file is the same, or the checksum will. */
    boolean resumable(boolean checked) {
        return checked || validator().isPresent();
    }

    /** Keeps the entity tag or date by which the server knows the file. */
    void remember(Optional<String> validator) {
        validator.ifPresent(text -> AtomicFiles.writeString(tag(path), text));
    }

    Optional<String> validator() {
        try {
            return Files.exists(tag(path)) ? Optional.of(Files.readString(tag(path))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // begins anew, or the checksum tells
        }
    }

    /** @throws IOException if the disk cannot hold a file of {@code total} bytes; less than 0 if that is unknown */
    void requireRoom(long total) throws IOException {
        long room = Files.getFileStore(path.toAbsolutePath().getParent()).getUsableSpace();
        if (total - size() > room - SPARE) {
            throw new InputException("no room for " + path + ": " + (total - size() >> 20) + " MiB are to come, "
                    + (room >> 20) + " MiB are free");
        }
    }
}
