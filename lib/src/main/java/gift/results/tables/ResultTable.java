package gift.results.tables;

import gift.results.MethodNames;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * A table of results. Its columns are fixed and documented in {@code results/README.md}; a number that does not exist is
 * missing (NaN), an empty cell.
 *
 * <p>CSV has every column as it is: method ids, numbers with up to four decimals. Text and Markdown are for reading: names
 * of methods instead of ids, a fixed number of decimals, and {@code x, x_low, x_high} as one column {@code x [low, high]}.
 *
 * @param name by which {@code gift table} finds it
 * @param description one line
 * @param data the content; a Tablesaw table to sort, filter and join as one likes
 * @param decimals of numbers in text and Markdown
 * @param notes lines to show with the table, such as runs that are left out
 */
public record ResultTable(String name, String description, Table data, int decimals, List<String> notes) {
    /** The same table with some of its columns, the ends of their intervals included, in its order. */
    public ResultTable only(String... columns) {
        List<String> wanted = List.of(columns);
        return new ResultTable(name, description, data.selectColumns(data.columnNames().stream()
                .filter(column -> wanted.contains(column.replaceFirst("_(low|high)$", ""))).toArray(String[]::new)), decimals, notes);
    }

    /** The names of the columns as they are shown. */
    public List<String> header() {
        return shown().map(Column::name).toList();
    }

    /** The cells as they are shown, a list for each row. */
    public List<List<String>> cells() {
        List<Column<?>> columns = shown().toList();
        return IntStream.range(0, data.rowCount())
                .mapToObj(row -> columns.stream().map(column -> cell(column, row)).toList()).toList();
    }

    /** Which of the shown columns hold numbers. */
    public boolean[] numeric() {
        List<Column<?>> columns = shown().toList();
        boolean[] numeric = new boolean[columns.size()];
        for (int j = 0; j < numeric.length; j++) {
            numeric[j] = !(columns.get(j) instanceof StringColumn);
        }
        return numeric;
    }

    /** All columns but the ends of intervals, which are shown within their middle's. */
    private Stream<Column<?>> shown() {
        return data.columns().stream().filter(column -> {
            String middle = column.name().replaceFirst("_(low|high)$", "");
            return middle.equals(column.name()) || !data.containsColumn(middle + "_low");
        }).map(column -> (Column<?>) column);
    }

    private String cell(Column<?> column, int row) {
        if (!(column instanceof DoubleColumn numbers)) {
            String text = column.getString(row);
            return column.name().equals("method") ? MethodNames.display(text) : text;
        }
        String text = number(numbers.getDouble(row));
        if (data.containsColumn(column.name() + "_low")) {
            double low = data.doubleColumn(column.name() + "_low").getDouble(row);
            double high = data.doubleColumn(column.name() + "_high").getDouble(row);
            text += Double.isNaN(low) ? "" : " [" + number(low) + ", " + number(high) + "]";
        }
        return text;
    }

    private String number(double value) {
        return Double.isNaN(value) ? "" : unsigned(String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    /** A zero without the sign of what was rounded to it. */
    private static String unsigned(String number) {
        return number.matches("-0(\\.0*)?") ? number.substring(1) : number;
    }

    /** Aligned columns for a terminal, the notes below. */
    public String text() {
        return withNotes(TextTable.of(header(), cells(), numeric()), "");
    }

    /** A table in Markdown, the notes below. */
    public String markdown() {
        boolean[] numeric = numeric();
        List<String> lines = new ArrayList<>();
        lines.add(markdownRow(header()));
        lines.add(markdownRow(IntStream.range(0, numeric.length).mapToObj(j -> numeric[j] ? "---:" : "---").toList()));
        cells().forEach(row -> lines.add(markdownRow(row)));
        return withNotes(String.join("\n", lines), "\n");
    }

    private static String markdownRow(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|").replace("*", "\\*"))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String withNotes(String table, String between) {
        return table + "\n" + notes.stream().map(note -> between + note + "\n").collect(Collectors.joining());
    }

    /** Comma-separated: a header, then a line for each row; without the notes. */
    public String csv() {
        DecimalFormat decimal = new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT));
        StringBuilder text = new StringBuilder();
        CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator("\n").get();
        text.append(format.format(data.columnNames().toArray())).append('\n');
        for (int row = 0; row < data.rowCount(); row++) {
            List<String> cells = new ArrayList<>();
            for (Column<?> column : data.columns()) {
                boolean fraction = column instanceof DoubleColumn && !column.isMissing(row);
                cells.add(fraction ? unsigned(decimal.format(((DoubleColumn) column).getDouble(row))) : column.getString(row));
            }
            text.append(format.format(cells.toArray())).append('\n');
        }
        return text.toString();
    }

    /** Collects rows; the columns are declared first. */
    static final class Builder {
        private final Table data;

        Builder(String name) {
            this.data = Table.create(name);
        }

        Builder text(String... names) {
            Arrays.stream(names).forEach(name -> data.addColumns(StringColumn.create(name)));
            return this;
        }

        Builder whole(String... names) {
            Arrays.stream(names).forEach(name -> data.addColumns(IntColumn.create(name)));
            return this;
        }

        Builder seed(String name) {
            data.addColumns(LongColumn.create(name));
            return this;
        }

        Builder numbers(List<String> names) {
            names.forEach(name -> data.addColumns(DoubleColumn.create(name)));
            return this;
        }

        /** Adds a row: a String, Integer, Long or Double for each column, in order. */
        Builder row(Object... cells) {
            return row(Arrays.asList(cells));
        }

        Builder row(List<?> cells) {
            if (cells.size() != data.columnCount()) {
                throw new IllegalArgumentException(cells.size() + " cells for " + data.columnNames());
            }
            for (int j = 0; j < cells.size(); j++) {
                data.column(j).appendObj(cells.get(j));
            }
            return this;
        }

        ResultTable build(String description, int decimals, List<String> notes) {
            return new ResultTable(data.name(), description, data, decimals, List.copyOf(notes));
        }
    }
}
