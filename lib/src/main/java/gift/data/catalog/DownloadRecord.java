package gift.data.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.data.catalog.Catalog.Remote;
import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.io.download.Checksum;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What fetched files came to, by address: {@code downloads/record.json}. So a file of which nobody states a checksum
 * cannot change unnoticed.
 */
final class DownloadRecord {
    private final Path file;

    /** A file when it was fetched for the first time. */
    record Entry(String sha256, String from, String when) {}

    private DownloadRecord(Path file) {
        this.file = file;
    }

    /** That of a folder of all data. */
    static DownloadRecord in(Path root) {
        return new DownloadRecord(root.resolve("downloads").resolve("record.json"));
    }

    /**
     * Compares a file with what is stated of it and with what it came to before, and records it if it is new.
     *
     * @param from where it was found
     * @throws InputException if it is another file
     */
    void requireSame(Remote remote, Path place, String from, Consumer<String> log) {
        difference(remote, place).ifPresent(text -> {
            throw new InputException(text + "; delete it");
        });
        if (entry(remote).isEmpty()) {
            Checksum stated = remote.stated();
            String sha256 = stated != null && stated.algorithm().equals(Checksum.SHA256) ? stated.hex() // it fits, just seen
                    : Hashes.sha256(place);
            put(remote, new Entry(sha256, from, Instant.now().toString()));
            if (stated == null) {
                log.accept(remote.to() + ": nobody states a checksum; sha256:" + sha256 + " is recorded in " + file);
            }
        }
    }

    /** In what a file differs from the one that is meant, one line; empty if in nothing that is known of it. */
    Optional<String> difference(Remote remote, Path place) {
        Checksum stated = remote.stated();
        if (stated != null) {
            return stated.fits(place) ? Optional.empty() : Optional.of(place + " is not the file that is meant: its checksum is"
                    + " not the " + stated + " that " + remote.statedBy() + " states");
        }
        return entry(remote).filter(before -> !before.sha256.equals(Hashes.sha256(place))).map(before ->
                place + " differs from the file that was fetched on " + before.when + " (" + file + ")");
    }

    private synchronized Optional<Entry> entry(Remote remote) {
        return Optional.ofNullable(all().get(key(remote))).map(tree -> Json.convert(file.toString(), tree, Entry.class));
    }

    private synchronized void put(Remote remote, Entry entry) {
        ObjectNode all = all();
        all.set(key(remote), Json.toTree(entry));
        AtomicFiles.writeString(file, Json.write(all));
    }

    private ObjectNode all() {
        if (!Files.exists(file)) {
            return (ObjectNode) Json.parse("record", "{}");
        }
        if (Json.tree(file) instanceof ObjectNode all) {
            return all;
        }
        throw new InputException(file + " is no record of downloads; delete it");
    }

    private static String key(Remote remote) {
        return remote.addresses().get(0).toString();
    }
}
