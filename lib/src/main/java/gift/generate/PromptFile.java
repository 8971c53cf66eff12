package gift.generate;

import gift.io.Csv;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A file of prompts or sentences: one a line, or a table (CSV) with a column {@code text}, {@code prompt} or
 * {@code caption}, such as {@code image_text.csv}. A byte order mark is skipped; what looks like a table but has no such
 * header is refused, since its lines would become prompts.
 */
public final class PromptFile {
    private static final Set<String> TEXTS = Set.of("text", "prompt", "caption", "sentence");
    private static final Set<String> OTHERS = Set.of("", "image", "images", "file", "filename", "filepath", "path", "url", "id",
            "index", "label", "class", "unnamed: 0");
    private static final String IMAGE = "(?i)[^,]*\\.(jpe?g|png|webp|gif|bmp)[\"']?\\s*[,\\t].*";
    private static final String MARK = "\ufeff";

    private PromptFile() {}

    /**
     * Its texts in their order; empty lines are left out.
     *
     * @param what it is, for messages: "the prompts of web"
     * @throws InputException naming the file and line that cannot be used
     */
    public static List<String> read(Path file, String what) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no file " + file + ", " + what);
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + " (UTF-8): " + e.getMessage(), e);
        }
        boolean table = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")
                || lines.stream().findFirst().filter(PromptFile::isHeader).isPresent();
        List<String> texts = table ? column(file) : plain(file, lines);
        if (texts.isEmpty()) {
            throw new InputException(file + " holds no prompt");
        }
        return texts;
    }

    private static String word(String cell) {
        return cell.replace(MARK, "").replace("\"", "").strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isHeader(String line) {
        List<String> cells = Arrays.stream(line.split(",", -1)).map(PromptFile::word).toList();
        return cells.stream().anyMatch(TEXTS::contains)
                && cells.stream().allMatch(cell -> TEXTS.contains(cell) || OTHERS.contains(cell));
    }

    private static List<String> column(Path file) {
        List<List<String>> rows = Csv.read(file);
        List<String> header = rows.isEmpty() ? List.of() : rows.get(0).stream().map(PromptFile::word).toList();
        List<String> columns = header.stream().filter(TEXTS::contains).toList();
        if (columns.size() != 1) {
            throw new InputException(file + " must have a header with one column text (or prompt, caption, sentence); found "
                    + header);
        }
        for (int r = 1; r < rows.size(); r++) {
            if (rows.get(r).size() != header.size()) {
                throw new InputException(file + ", row " + r + ": " + rows.get(r).size() + " cells for " + header.size()
                        + " columns; a text with a comma stands in quotes");
            }
        }
        int column = header.indexOf(columns.get(0));
        return rows.stream().skip(1).map(row -> row.get(column).strip()).filter(text -> !text.isEmpty()).toList();
    }

    private static List<String> plain(Path file, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            boolean quoted = line.length() > 1 && line.startsWith("\"") && line.endsWith("\"");
            if (quoted || line.matches(IMAGE)) {
                throw new InputException(file + ", line " + (i + 1) + ": " + line + " looks like a row of a table; give the table a"
                        + " header with a column text, or write one prompt a line without quotes");
            }
        }
        return lines.stream().map(line -> line.replace(MARK, "").strip()).filter(line -> !line.isEmpty()).toList();
    }
}
