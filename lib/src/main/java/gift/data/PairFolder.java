package gift.data;

import gift.image.Picture;
import gift.image.Pictures;
import gift.io.AtomicFiles;
import gift.io.Csv;
import gift.io.Hashes;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * The layout in which the published GIFT code keeps synthetic data: a folder {@code <set>/<Task>_Syn} with the pictures
 * {@code 0.jpeg, 1.jpeg, ...} and {@code image_text.csv}, whose columns are {@code image} and {@code text}.
 *
 * <p>The published code writes whole paths of the machine that generated the pictures into the column {@code image}.
 * Here a picture is looked for beside the CSV file under its file name, then under the path as written; what is written
 * here is the file name alone, so that a folder can be moved.
 */
public final class PairFolder {
    private static final String CSV = "image_text.csv";

    private PairFolder() {}

    /** The folder of a task in a set of synthetic data: {@code set/<task>_Syn}. */
    public static Path of(Path set, String task) {
        return set.resolve(task + "_Syn");
    }

    /** The place of picture {@code i}. */
    public static Path picture(Path folder, int i) {
        return folder.resolve(i + ".jpeg");
    }

    /** The place of {@code image_text.csv}. */
    public static Path texts(Path folder) {
        return folder.resolve(CSV);
    }

    /** Writes {@code image_text.csv}, the sentence of picture i in row i, whole or not at all. */
    public static void writeTexts(Path folder, List<String> texts) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("image", "text"));
        for (int i = 0; i < texts.size(); i++) {
            rows.add(List.of(DataFiles.name(picture(folder, i)), texts.get(i)));
        }
        Csv.write(folder.resolve(CSV), rows);
    }

    /**
     * Writes picture {@code i}, whole or not at all, so that a file that exists need not be made again.
     *
     * @param quality JPEG quality, 0 to 1
     */
    public static void writePicture(Path folder, int i, Picture picture, float quality) {
        AtomicFiles.write(picture(folder, i), out -> {
            ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
            try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
                ImageWriteParam settings = writer.getDefaultWriteParam();
                settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                settings.setCompressionQuality(quality);
                writer.setOutput(stream);
                writer.write(null, new IIOImage(picture.toBufferedImage(), null, null), settings);
            } finally {
                writer.dispose();
            }
        });
    }

    static PairDataset read(Path folder) {
        DataFiles.requireFolder("picture-text pairs", folder);
        Path csv = folder.resolve(CSV);
        List<List<String>> rows = Csv.read(csv);
        if (rows.isEmpty() || !rows.get(0).equals(List.of("image", "text"))) {
            throw new InputException(csv + " must begin with the header image,text; it "
                    + (rows.isEmpty() ? "is empty" : "begins with " + String.join(",", rows.get(0))));
        }
        List<Path> files = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int r = 1; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            if (row.size() != 2 || row.get(0).isBlank() || row.get(1).isBlank()) {
                throw new InputException(csv + ", row " + r + ": expected a picture and its text, found " + row);
            }
            files.add(locate(folder, row.get(0), csv));
            texts.add(row.get(1));
        }
        return new Pairs(DataFiles.name(folder.toAbsolutePath().normalize()), csv, List.copyOf(files), List.copyOf(texts));
    }

    private static Path locate(Path folder, String image, Path csv) {
        String fileName = image.substring(1 + Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\')));
        Path beside = DataFiles.resolve(folder, fileName, csv);
        Path asWritten = DataFiles.resolve(folder, image, csv);
        return !Files.exists(beside) && Files.exists(asWritten) ? asWritten : beside;
    }

    /** Pairs in files; picture i is named by row i + 1 of {@code csv}, the header being row 0. */
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
        public Picture picture(int i) {
            if (!Files.isRegularFile(files.get(i))) {
                throw new InputException("no picture at " + files.get(i) + ", named by row " + (i + 1) + " of " + csv
                        + "; generate it again or delete the row");
            }
            return Pictures.read(files.get(i));
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
