package gift.io;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Comma-separated files, UTF-8, quoted where needed, as Python's {@code csv} module writes and reads them. */
public final class Csv {
    private Csv() {}

    /**
     * All rows with their fields; empty lines are left out.
     *
     * @throws InputException naming the file if it is missing or no UTF-8 text with correct quoting
     */
    public static List<List<String>> read(Path file) {
        String text = Texts.read(file);
        try (CSVParser parser = CSVFormat.DEFAULT.parse(new StringReader(text))) {
            return parser.stream().map(CSVRecord::toList).toList();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            String reason = AtomicFiles.oneLine(e instanceof UncheckedIOException ? e.getCause() : e);
            throw new InputException("not a CSV file: " + file + " (" + reason + "); it must be UTF-8 with closed quotes", e);
        }
    }

    /** A row of some cells and more behind them. */
    public static List<String> row(List<String> first, String... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }

    /** Writes rows to a file that appears whole or not at all; lines end with {@code \n}. */
    public static void write(Path file, List<List<String>> rows) {
        AtomicFiles.write(file, out -> {
            BufferedWriter text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
            CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get();
            for (List<String> row : rows) {
                format.printRecord(text, row.toArray());
            }
            text.flush();
        });
    }
}
