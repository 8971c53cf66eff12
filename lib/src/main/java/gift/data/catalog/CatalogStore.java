package gift.data.catalog;

import gift.data.catalog.Catalog.Item;
import gift.data.catalog.Catalog.Remote;
import gift.io.InputException;
import gift.io.download.Archives;
import gift.io.download.Download;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The folder of all data, filled from the catalog. Archives are fetched to {@code downloads/<item>/};
 * {@link DownloadRecord} keeps what every file came to.
 */
public final class CatalogStore {
    private static final int AT_ONCE = 4; // files; Download allows two of them per host

    private final Path root;
    private final Caches caches;
    private final Download download;
    private final boolean keepArchives;
    private final Consumer<String> log;
    private final DownloadRecord record;

    /**
     * @param root folder of all data
     * @param keepArchives or delete them when they are unpacked
     * @param log is told a line for everything that is done
     */
    public CatalogStore(Path root, Caches caches, Download download, boolean keepArchives, Consumer<String> log) {
        this.root = root;
        this.caches = caches;
        this.download = download;
        this.keepArchives = keepArchives;
        this.log = log;
        this.record = DownloadRecord.in(root);
    }

    /**
     * Gets what is missing of some items, several files at once.
     *
     * @return a line for everything that could not be had; empty if all is there
     */
    public List<String> get(Map<String, Item> items) {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<String>> results = new ArrayList<>();
            List<String> problems = new ArrayList<>();
            items.forEach((name, item) -> {
                if (item.isThere(root)) {
                    log.accept(name + ": there");
                } else if (item.files().isEmpty()) {
                    problems.add(name + " cannot be fetched by a program: " + item.byHand() + " (" + item.home() + ")");
                } else {
                    item.files().forEach(file -> results.add(threads.submit(() -> problem(name, item, file))));
                }
            });
            for (Future<String> result : results) {
                String problem = result.get();
                if (problem != null) {
                    problems.add(problem);
                }
            }
            items.forEach((name, item) -> {
                if (problems.isEmpty() && !item.isThere(root)) {
                    problems.add(name + ": fetched and unpacked, but what it should hold is not in "
                            + root.resolve(item.folder()));
                }
            });
            return problems;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InputException("interrupted; what has arrived is kept", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private String problem(String name, Item item, Remote file) {
        try {
            getOne(name, item, file);
            return null;
        } catch (InputException e) {
            return name + ": " + e.getMessage() + (item.byHand().isEmpty() ? "" : "; " + item.byHand())
                    + "; by hand: put it at " + place(name, item, file) + " and run this again";
        }
    }

    /** Where a file goes: an archive to its folder, anything else to its place. */
    public Path place(String name, Item item, Remote file) {
        return file.unpack() ? root.resolve("downloads").resolve(name).resolve(file.to())
                : root.resolve(item.folder()).resolve(file.to());
    }

    private void getOne(String name, Item item, Remote file) {
        if (file.isThere(root.resolve(item.folder()))) {
            return;
        }
        Path place = place(name, item, file);
        String from = "by hand";
        if (!Files.exists(place)) {
            from = fromCache(file, place);
        }
        if (from == null) {
            from = fetch(name, file, place);
        }
        record.requireSame(file, place, from, log);
        if (file.unpack()) {
            unpack(name, item, file, place);
        }
    }

    private void unpack(String name, Item item, Remote file, Path archive) {
        Path folder = root.resolve(item.folder());
        log.accept(name + ": unpacking " + file.to());
        Archives.unpack(archive, folder);
        for (String path : file.inner()) {
            Path inner = folder.resolve(path);
            log.accept(name + ": unpacking " + inner.getFileName());
            Archives.unpack(inner, inner.getParent());
            delete(inner);
        }
        if (!keepArchives) {
            delete(archive);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new InputException("cannot delete " + file + ": " + InputException.kindAndMessage(e), e);
        }
    }

    /** The cache's file that a file was taken from; null if no cache has it. */
    private String fromCache(Remote file, Path place) {
        for (URI address : file.addresses()) {
            for (Path candidate : caches.candidates(address, file.stated() != null)) {
                if (fits(file, candidate)) {
                    log.accept(file.to() + ": taken from " + candidate);
                    take(candidate, place);
                    return candidate.toString();
                }
            }
        }
        return null;
    }

    private static boolean fits(Remote file, Path candidate) {
        try {
            return (file.size() == null || Files.size(candidate) == file.size())
                    && (file.stated() == null || file.stated().fits(candidate));
        } catch (IOException e) {
            return false;
        }
    }

    /** A second name for the same content where the disk allows it, else a copy. */
    private static void take(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Path temporary = to.resolveSibling(to.getFileName() + ".copy");
            Files.deleteIfExists(temporary);
            try {
                Files.createLink(temporary, from.toRealPath()); // a snapshot of Hugging Face is a symbolic link
            } catch (IOException | UnsupportedOperationException e) {
                Files.copy(from, temporary);
            }
            Files.move(temporary, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new InputException("cannot copy " + from + " to " + to + ": " + InputException.kindAndMessage(e), e);
        }
    }

    /** The address that a file came from, the first that has it. */
    private String fetch(String name, Remote file, Path place) {
        InputException first = null;
        for (URI address : file.addresses()) {
            try {
                download.fetch(new Download.Remote(address, file.size() == null ? -1 : file.size(), file.stated()), place,
                        new DownloadProgress(name + ": " + file.to(), file.size(), log));
                log.accept(name + ": " + file.to() + " fetched from " + address.getHost());
                return address.toString();
            } catch (InputException e) {
                first = first == null ? e : first;
            }
        }
        List<String> others = file.addresses().stream().skip(1).map(URI::getHost).toList();
        throw others.isEmpty() ? first
                : new InputException(first.getMessage() + "; nor could " + String.join(", ", others) + " give it", first);
    }
}
