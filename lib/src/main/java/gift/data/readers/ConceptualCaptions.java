package gift.data.readers;

import gift.data.DataFiles;
import gift.data.PairDataset;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Conceptual Captions (CC3M): sentences with images from the web. The publisher gives a table of captions and
 * addresses, {@code Validation_GCC-1.1.0-Validation.tsv} or {@code Train_GCC-training.tsv}; each user downloads the
 * images. Two layouts are read, the first file of this order:
 *
 * <ul>
 *   <li>{@code Validation_GCC-1.1.0-Validation_output.csv}, {@code Train_GCC-training_output.csv}: what OpenCLIP's
 *       {@code gather_cc.py} writes and the published ZSCL code reads, columns {@code title} and {@code filepath} with
 *       tabs between them
 *   <li>the publisher's table with the images where that script puts them, row r in {@code val/<r mod 1000>/<r>.jpg}
 *       (of the training table {@code train/...}), counted from 0. Many addresses are dead: a row without an image is
 *       left out, and the name of the data set says how many there are
 * </ul>
 */
final class ConceptualCaptions {
    static final String SET = "ConceptualCaptions";
    private static final String HEADER = "title\tfilepath";
    private static final List<String> GATHERED =
            List.of("Validation_GCC-1.1.0-Validation_output.csv", "Train_GCC-training_output.csv");
    private static final List<String> PUBLISHED =
            List.of("Validation_GCC-1.1.0-Validation.tsv", "Train_GCC-training.tsv");

    private ConceptualCaptions() {}

    /** One row of a table; {@code image} is where it should be. */
    private record Row(String caption, Path image) {}

    /** @param root the folder of the table, or the one above {@code cc_data} or {@code ConceptualCaptions} */
    static PairDataset open(Path root) {
        Path table = table(root);
        List<Row> all = rows(table);
        boolean gathered = GATHERED.contains(DataFiles.name(table));
        List<Row> there = gathered ? all : all.stream().filter(row -> Files.isRegularFile(row.image)).toList();
        if (there.isEmpty()) {
            throw new InputException(SET + ": no image of " + table + "; row 0 should lie at " + all.get(0).image);
        }
        String name = gathered ? SET : SET + " (" + there.size() + " of " + all.size() + " rows)";
        return new Captioned(name, there);
    }

    /** The captions of all rows, whether their images are there or not. */
    static List<String> captions(Path root) {
        return rows(table(root)).stream().map(Row::caption).toList();
    }

    private static Path table(Path root) {
        List<String> names = new ArrayList<>(GATHERED);
        names.addAll(PUBLISHED);
        return Layout.find(SET, root, names, "", "cc_data", SET, "conceptual_captions");
    }

    private static List<Row> rows(Path table) {
        String name = DataFiles.name(table);
        boolean gathered = GATHERED.contains(name);
        Path images = table.resolveSibling(name.startsWith("Validation") ? "val" : "train");
        List<Row> rows = new ArrayList<>();
        try (BufferedReader text = Files.newBufferedReader(table)) {
            text.mark(1);
            if (text.read() != '\uFEFF') { // a byte order mark
                text.reset();
            }
            String header = gathered ? text.readLine() : HEADER;
            if (!HEADER.equals(header)) {
                throw new InputException(SET + ": " + table + " must begin with title, tab, filepath; it begins with \""
                        + (header == null ? "" : header) + "\"");
            }
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                int r = rows.size();
                String[] fields = line.split("\t", 2);
                if (fields.length < 2 || fields[0].isBlank() || fields[1].isBlank()) {
                    throw new InputException(SET + ": row " + r + " of " + table + " is no caption, tab, "
                            + (gathered ? "file" : "address") + ": \"" + line + "\"");
                }
                rows.add(new Row(fields[0], gathered ? DataFiles.resolve(table.getParent(), fields[1], table)
                        : images.resolve(r % 1000 + "/" + r + ".jpg")));
            }
        } catch (IOException e) {
            throw Layout.unreadable(SET, table, e);
        }
        if (rows.isEmpty()) {
            throw new InputException(SET + ": no row in " + table + "; fetch it again");
        }
        return List.copyOf(rows);
    }

    /** Images in files with their captions. */
    private record Captioned(String name, List<Row> rows) implements PairDataset {
        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public String text(int i) {
            return rows.get(i).caption;
        }

        @Override
        public Image image(int i) {
            return ImageFiles.read(rows.get(i).image);
        }

        @Override
        public String source(int i) {
            return rows.get(i).image.toString();
        }
    }
}
