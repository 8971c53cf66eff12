package gift.data.packed;

import gift.data.ImageDataset;
import gift.data.ImageSource;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.packed.PackKind.Form;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A folder with the packed images of data sets: {@code <set>.train.pictures}, {@code <set>.test.pictures},
 * {@code <set>.pairs.pictures}. Sets that are not in it keep their own images; what is in it but stale is refused.
 */
public final class Packs {
    private final Path folder;
    private final Path root;
    private final Map<String, PackedImages> opened = new TreeMap<>();

    /**
     * @param folder of the packed images
     * @param root folder of the data sets
     */
    public Packs(Path folder, Path root) {
        this.folder = folder;
        this.root = root;
    }

    /** The task with what is packed of it. */
    public Task of(Task task) {
        return new Task(task.name(), split(task.name(), "train", task.train()), split(task.name(), "test", task.test()),
                task.templates());
    }

    private ImageDataset split(String set, String split, ImageDataset data) {
        PackedImages packed = open(file(set, split), () -> new ImageList(data, root));
        if (packed != null && split.equals("train") && packed.kind().form() == Form.EVALUATION) {
            throw new InputException(packed.file() + " holds " + packed.kind() + ", on which nothing can be trained; delete it");
        }
        return packed == null ? data : new PackedDataset(data, packed);
    }

    /** The pairs of a set with what is packed of them. */
    public PairDataset of(String set, PairDataset pairs) {
        PackedImages packed = open(file(set, "pairs"), () -> new ImageList(pairs, root));
        return packed == null ? pairs : new PackedPairs(pairs, packed);
    }

    private PackedImages open(Path file, Supplier<ImageList> list) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        return opened.computeIfAbsent(file.getFileName().toString(), name -> {
            PackedImages packed = PackedImages.open(file);
            String stale = packed.stale(list.get());
            if (stale != null) {
                throw new InputException(file + " is stale: " + stale + "; pack it again (gift data pack) or delete it");
            }
            return packed;
        });
    }

    /** Where the images of a split are packed. */
    public Path file(String set, String split) {
        return folder.resolve(set.replaceAll("[^A-Za-z0-9_.-]", "_") + "." + split + ".pictures");
    }

    /**
     * Refuses evaluation squares of another side.
     *
     * @param resolution of the model
     */
    public void requireResolution(int resolution) {
        opened.values().stream().filter(p -> p.kind().form() == Form.EVALUATION && p.kind().side() != resolution)
                .findFirst().ifPresent(p -> {
                    throw new InputException(p.file() + " holds " + p.kind() + ", and the model takes " + resolution
                            + "; pack again with --resolution " + resolution);
                });
    }

    /** What opened files change of the images, by file name: part of what decides a result. Exact ones change nothing. */
    public Map<String, String> changes() {
        Map<String, String> changes = new TreeMap<>();
        opened.forEach((name, packed) -> {
            if (!packed.kind().isExact()) {
                changes.put("packed " + name, packed.kind().toString());
            }
        });
        return changes;
    }

    /**
     * Packs a split, unless that is done; then some images are compared with their files.
     *
     * @param split train, test or pairs
     * @param report is told in a line what was done
     * @param progress is told how many images are done
     */
    public void pack(String set, String split, ImageSource images, PackKind kind, Consumer<String> report,
            IntConsumer progress) {
        pack(file(set, split), new ImageList(images, root), kind, report, progress);
    }

    /** A data set with its images packed anew and read from there. */
    public ImageDataset packed(ImageDataset data, PackKind kind) {
        ImageList list = new ImageList(data, root);
        return new PackedDataset(data, new Packing(list, kind).write(file("one", "train"), done -> { }));
    }

    private void pack(Path file, ImageList list, PackKind kind, Consumer<String> report, IntConsumer progress) {
        PackedImages packed = Files.isRegularFile(file) ? PackedImages.open(file) : null;
        boolean done = packed != null && packed.kind().equals(kind) && packed.stale(list) == null;
        if (done) {
            packed.verify(list, Packing.sample(list.size()));
        } else {
            packed = new Packing(list, kind).write(file, progress);
        }
        report.accept(line(file, list, packed, done));
    }

    private static String line(Path file, ImageList list, PackedImages packed, boolean before) {
        PackedImages.Checked checked = packed.checked();
        return String.format(Locale.ROOT, "%s: %,d images, %s, %.1f MB%s; %d read back and compared%s; %s",
                list.name(), packed.size(), packed.kind(), file.toFile().length() / 1e6, before ? ", packed before" : "",
                checked.images(), packed.kind().isExact() ? ", equal to the files"
                        : String.format(Locale.ROOT, ", from whole images at 224 x 224 %.2f levels of 255 away"
                                + " in the mean, at most %d", checked.mean(), checked.largest()), file);
    }
}
