package gift.data;

import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.Csv;
import gift.io.Hashes;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The layout in which the published GIFT code keeps synthetic data: a folder {@code <set>/<Task>_Syn} with the images
 * {@code 0.jpeg, 1.jpeg, ...} and {@code image_text.csv}, whose columns are {@code image} and {@code text}.
 *
 * <p>The published code writes whole paths of the machine that generated the images into the column {@code image}.
 * Here an image is looked for beside the CSV file under its file name, then under the path as written; what is written
 * here is the file name alone, so that a folder can be moved.
 *
 * <p>The published lists have 10,000 rows, of which the published README draws 1,000, and its loader takes the images that
 * are there. Rows behind the last image that is there are therefore left out; a row before it without an image is a fault.
 */
public final class PairFolder {
    /** Images in one folder at most; a set of more than that lies in folders {@code 00000}, {@code 00001}, ... of so many each. */
    public static final int IN_FOLDER = 10_000;

    private static final String CSV = "image_text.csv";

    private PairFolder() {}

    /** The folder of a task in a set of synthetic data: {@code set/<task>_Syn}. */
    public static Path of(Path set, String task) {
        return set.resolve(task + "_Syn");
    }

    /** The place of image {@code i}. */
    public static Path image(Path folder, int i) {
        return folder.resolve(i + ".jpeg");
    }

    /**
     * The place of image {@code i} in a set whose images lie in folders.
     *
     * @param each images in a folder; 0 for all of them beside {@code image_text.csv}
     */
    public static Path image(Path folder, int i, int each) {
        return each == 0 ? image(folder, i) : image(folder.resolve(String.format(Locale.ROOT, "%05d", i / each)), i);
    }

    /** The place of {@code image_text.csv}. */
    public static Path texts(Path folder) {
        return folder.resolve(CSV);
    }

    /** Writes {@code image_text.csv}, the sentence of image i in row i, whole or not at all. */
    public static void writeTexts(Path folder, List<String> texts) {
        writeTexts(folder, texts, 0);
    }

    /** The same of images that lie {@code each} in a folder, as {@link #image(Path, int, int)} has them. */
    public static void writeTexts(Path folder, List<String> texts, int each) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("image", "text"));
        for (int i = 0; i < texts.size(); i++) {
            rows.add(List.of(name(folder, image(folder, i, each)), texts.get(i)));
        }
        Csv.write(folder.resolve(CSV), rows);
    }

    /** How an image is named in the files of its set: seen from their folder, with "/" on every system. */
    public static String name(Path folder, Path image) {
        return folder.relativize(image).toString().replace('\\', '/');
    }

    /**
     * Writes image {@code i}, whole or not at all, so that a file that exists need not be made again.
     *
     * @param quality JPEG quality, 0 to 1
     */
    public static void writeImage(Path folder, int i, Image image, float quality) {
        ImageFiles.writeJpeg(image(folder, i), image, quality);
    }

    /**
     * A row of {@code image_text.csv}.
     *
     * @param image the image as it is written there
     */
    public record Row(String image, String text) {
        /** The image's file name, without the folders of the machine that made it. */
        public String fileName() {
            return image.substring(1 + Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\')));
        }
    }

    /**
     * The rows of an {@code image_text.csv}; no image is looked for.
     *
     * @throws InputException if it is missing or malformed
     */
    public static List<Row> rows(Path csv) {
        List<List<String>> cells = Csv.read(csv);
        if (cells.isEmpty() || !cells.get(0).equals(List.of("image", "text"))) {
            throw new InputException(csv + " must begin with the header image,text; it "
                    + (cells.isEmpty() ? "is empty" : "begins with " + String.join(",", cells.get(0))));
        }
        List<Row> rows = new ArrayList<>();
        for (int r = 1; r < cells.size(); r++) {
            List<String> row = cells.get(r);
            if (row.size() != 2 || row.get(0).isBlank() || row.get(1).isBlank()) {
                throw new InputException(csv + ", row " + r + ": expected an image and its text, found " + row);
            }
            rows.add(new Row(row.get(0), row.get(1)));
        }
        return rows;
    }

    static PairDataset read(Path folder) {
        DataFiles.requireFolder("image-text pairs", folder);
        Path csv = folder.resolve(CSV);
        List<Row> rows = rows(csv);
        List<Path> files = new ArrayList<>();
        int there = 0; // rows up to the last image
        for (Row row : rows) {
            files.add(locate(folder, row, csv));
            there = Files.isRegularFile(files.get(files.size() - 1)) ? files.size() : there;
        }
        if (there == 0 && !rows.isEmpty()) {
            throw new InputException(csv + " names " + rows.size() + " images, and none is there: the first is looked for at "
                    + files.get(0));
        }
        return new Pairs(DataFiles.name(folder.toAbsolutePath().normalize()), csv, List.copyOf(files.subList(0, there)),
                rows.subList(0, there).stream().map(Row::text).toList());
    }

    private static Path locate(Path folder, Row row, Path csv) {
        Path beside = DataFiles.image(DataFiles.resolve(folder, row.fileName(), csv));
        Path asWritten = DataFiles.image(DataFiles.resolve(folder, row.image(), csv));
        return !Files.exists(beside) && Files.exists(asWritten) ? asWritten : beside;
    }

    /** Pairs in files; image i is named by row i + 1 of {@code csv}, the header being row 0. */
    private record Pairs(String name, Path csv, List<Path> files, List<String> texts) implements PairDataset {
        @Override
        public int size() {
            return files.size();
        }

        @Override
        public String text(int i) {
            return texts.get(i);
        }

        @Override
        public Image image(int i) {
            if (!Files.isRegularFile(files.get(i))) {
                throw new InputException("no image at " + files.get(i) + ", named by row " + (i + 1) + " of " + csv
                        + ", though later ones are there; generate it again or delete the row");
            }
            return ImageFiles.read(files.get(i));
        }

        @Override
        public String source(int i) {
            return files.get(i).toString();
        }

        @Override
        public String contents(int i) {
            return Hashes.sha256(files.get(i));
        }
    }
}
