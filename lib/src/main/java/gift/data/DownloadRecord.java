package gift.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.data.Catalog.Remote;
import gift.io.AtomicFiles;
import gift.io.Checksum;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What fetched files came to, by address: {@code downloads/record.json}. So a file of which nobody states a checksum
 * cannot change unnoticed.
 */
final class DownloadRecord {
    private final Path file;

    /** A file when it was fetched for the first time. */
    record Entry(String sha256, String from, String when) {}

    DownloadRecord(Path file) {
        this.file = file;
    }

    /**
     * Compares a file with what is stated of it and with what it came to before, and records it if it is new.
     *
     * @param from where it was found
     * @throws InputException if it is another file
     */
    void requireSame(Remote remote, Path place, String from, Consumer<String> log) {
        Checksum stated = remote.stated();
        String sha256 = Hashes.sha256(place);
        boolean fits = stated == null || (stated.algorithm().equals("sha256") ? stated.hex().equals(sha256) : stated.fits(place));
        if (!fits) {
            throw new InputException(place + " is not the file that is meant: its checksum is not the " + stated + " that "
                    + remote.statedBy() + " states; delete it");
        }
        if (isNew(remote.addresses().get(0).toString(), place, new Entry(sha256, from, Instant.now().toString()))
                && stated == null) {
            log.accept(remote.to() + ": nobody states a checksum; sha256:" + sha256 + " is recorded in " + file);
        }
    }

    private synchronized boolean isNew(String address, Path place, Entry entry) {
        ObjectNode all = (ObjectNode) (Files.exists(file) ? Json.tree(file) : Json.parse("record", "{}"));
        if (!all.has(address)) {
            all.set(address, Json.toTree(entry));
            AtomicFiles.writeString(file, Json.write(all));
            return true;
        }
        Entry before = Json.convert(file.toString(), all.get(address), Entry.class);
        if (!before.sha256.equals(entry.sha256)) {
            throw new InputException(place + " differs from the file that was fetched on " + before.when
                    + "; delete it, or its entry in " + file);
        }
        return false;
    }

    /** The SHA-256 that a file came to, or null if it was never fetched. */
    synchronized String sha256(Remote remote) {
        ObjectNode all = (ObjectNode) (Files.exists(file) ? Json.tree(file) : Json.parse("record", "{}"));
        String address = remote.addresses().get(0).toString();
        return all.has(address) ? Json.convert(file.toString(), all.get(address), Entry.class).sha256 : null;
    }
}
