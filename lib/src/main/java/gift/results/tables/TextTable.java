package gift.results.tables;

import java.util.ArrayList;
import java.util.List;

/** Rows of text with aligned columns, for terminals. */
public final class TextTable {
    private TextTable() {}

    /**
     * The header and the rows, a line each, two spaces between columns.
     *
     * @param right which columns are aligned right
     */
    public static String of(List<String> header, List<List<String>> rows, boolean[] right) {
        List<List<String>> all = new ArrayList<>(rows);
        all.add(0, header);
        int[] widths = new int[header.size()];
        for (List<String> row : all) {
            for (int j = 0; j < widths.length; j++) {
                widths[j] = Math.max(widths[j], row.get(j).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int j = 0; j < widths.length; j++) {
                String fill = " ".repeat(widths[j] - row.get(j).length());
                line.append(j == 0 ? "" : "  ").append(right[j] ? fill + row.get(j) : row.get(j) + fill);
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }
}
