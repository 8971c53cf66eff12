package gift.notebook;

import ai.djl.ndarray.NDArray;
import gift.image.Image;
import gift.results.figures.Figure;
import gift.results.tables.ResultTable;
import gift.results.tables.TextTable;
import java.awt.image.BufferedImage;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a notebook cell shows beyond plain text: images, tables, text that changes.
 *
 * <p>Outside a notebook everything is printed to standard output as text, so the same code runs in a terminal. The
 * methods return nothing: a cell that ends with one of them has exactly the output that it asked for, the same at
 * every run.
 */
public final class Show {
    private Show() {}

    /** Shows one image, pixel for pixel. */
    public static void image(BufferedImage image) {
        image(image, "[image, " + image.getWidth() + " x " + image.getHeight() + " pixels]");
    }

    /** Shows one image, pixel for pixel. */
    public static void image(Image image) {
        image(image.toBufferedImage());
    }

    /** {@link #images(List, int, int, List)} without captions. */
    public static void images(List<?> images, int columns, int scale) {
        images(images, columns, scale, List.of());
    }

    /**
     * Shows images side by side as one image (a contact sheet), from left to right and from top to bottom.
     *
     * @param images {@link Image}s or {@link BufferedImage}s, at least one
     * @param columns the most images in a row, at least 1
     * @param scale how many pixels wide and high a pixel is drawn, at least 1; without smoothing
     * @param captions one below each image, or an empty list; long ones are broken into lines
     * @throws IllegalArgumentException if one of these does not hold
     */
    public static void images(List<?> images, int columns, int scale, List<String> captions) {
        require(!images.isEmpty(), "no images to show");
        require(columns >= 1, "columns must be at least 1, not " + columns);
        require(scale >= 1, "scale must be at least 1, not " + scale);
        require(captions.isEmpty() || captions.size() == images.size(),
                captions.size() + " captions for " + images.size() + " images");
        List<BufferedImage> shown = new ArrayList<>();
        for (Object image : images) {
            shown.add(bufferedImage(image));
        }
        String text = "[" + shown.size() + (shown.size() == 1 ? " image]" : " images]");
        if (!captions.isEmpty()) {
            text += " " + String.join(" | ", captions).replace('\n', ' ');
        }
        if (Frontend.present()) {
            image(Draw.sheet(shown, columns, scale, captions), text);
        } else {
            System.out.println(text);
        }
    }

    /** Shows HTML; outside a notebook its text without the tags. */
    public static void html(String html) {
        show("text/html", html, html.replaceAll("(?i)<br ?/?>|</(p|div|tr|li|h\\d)>", "\n").replaceAll("<[^>]*>", "")
                .replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip());
    }

    /** Shows Markdown (with formulas between dollar signs); outside a notebook its source. */
    public static void markdown(String markdown) {
        show("text/markdown", markdown, markdown);
    }

    /**
     * Shows a table. Columns of numbers are aligned right; doubles are shown with at most four decimals, so pass
     * text where another form is wanted. An entry that is null or NaN is left empty.
     *
     * @param header the names of the columns
     * @param rows as many entries in each as the header has
     * @throws IllegalArgumentException naming the row whose length differs
     */
    public static void table(List<String> header, List<? extends List<?>> rows) {
        int columns = header.size();
        boolean[] numeric = new boolean[columns];
        Arrays.fill(numeric, !rows.isEmpty());
        List<List<String>> texts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<?> row = rows.get(i);
            require(row.size() == columns,
                    "row " + i + " has " + row.size() + " entries, the header has " + columns);
            List<String> line = new ArrayList<>();
            for (int j = 0; j < columns; j++) {
                numeric[j] &= row.get(j) == null || row.get(j) instanceof Number;
                line.add(text(row.get(j)));
            }
            texts.add(line);
        }
        show("text/html", htmlTable(header, texts, numeric), TextTable.of(header, texts, numeric));
    }

    /** Shows a table of results as it reads in Markdown: names of methods, intervals beside their means, notes below. */
    public static void table(ResultTable table) {
        String notes = table.notes().stream().map(note -> "<p>" + escaped(note) + "</p>").collect(Collectors.joining("\n"));
        show("text/html", htmlTable(table.header(), table.cells(), table.numeric()) + notes, table.text().stripTrailing());
    }

    /** Shows a figure of results; outside a notebook its title. */
    public static void figure(Figure figure) {
        image(figure.image(1), "[figure] " + figure.title());
    }

    /**
     * Shows a matrix as an image: every cell has its number and a shade from pale (the lowest value) to dark (the
     * highest), readable in grey too. Cells that are NaN stay empty. Outside a notebook it is a table.
     *
     * @param values one array per row, each as long as {@code columnNames}
     * @param title one line above the map; "" for none
     * @throws IllegalArgumentException if the names do not fit the matrix, or it is empty
     */
    public static void heatmap(double[][] values, List<String> rowNames, List<String> columnNames, String title) {
        require(values.length > 0 && !columnNames.isEmpty(), "an empty matrix has no heat map");
        require(values.length == rowNames.size(), rowNames.size() + " row names for " + values.length + " rows");
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            require(values[i].length == columnNames.size(), "row " + i + " has " + values[i].length + " values for "
                    + columnNames.size() + " column names");
            for (double v : values[i]) {
                largest = Double.isFinite(v) ? Math.max(largest, Math.abs(v)) : largest;
            }
        }
        List<String> header = new ArrayList<>(columnNames);
        header.add(0, "");
        List<List<String>> texts = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            List<String> row = new ArrayList<>(List.of(rowNames.get(i)));
            for (double v : values[i]) {
                row.add(Draw.number(v, largest));
            }
            texts.add(row);
        }
        boolean[] numeric = new boolean[header.size()];
        Arrays.fill(numeric, 1, numeric.length, true);
        String text = (title.isEmpty() ? "" : title + "\n") + TextTable.of(header, texts, numeric);
        if (Frontend.present()) {
            image(Draw.heatmap(values, rowNames, columnNames, title), text);
        } else {
            System.out.println(text);
        }
    }

    /**
     * {@link #heatmap(double[][], List, List, String)} of an array of the engine.
     *
     * @param matrix (rows, columns), fp32
     */
    public static void heatmap(NDArray matrix, List<String> rowNames, List<String> columnNames, String title) {
        require(matrix.getShape().dimension() == 2, "a heat map shows a matrix, not shape " + matrix.getShape());
        int columns = Math.toIntExact(matrix.getShape().get(1));
        float[] flat = matrix.toFloatArray();
        double[][] values = new double[Math.toIntExact(matrix.getShape().get(0))][columns];
        for (int i = 0; i < flat.length; i++) {
            values[i / columns][i % columns] = flat[i];
        }
        heatmap(values, rowNames, columnNames, title);
    }

    /**
     * Starts a place under the running cell whose text or figure can be replaced, for progress.
     *
     * @param id a name that no other live text of the notebook has
     */
    public static Live live(String id) {
        return new Live(id);
    }

    /** A text or figure that is replaced by the next one; outside a notebook each new text is a line of its own. */
    public static final class Live {
        private final String id;
        private Object shown; // a text or a figure

        private Live(String id) {
            this.id = id;
        }

        /** Replaces the text. Once a second is enough for a reader; the last text stays in the notebook. */
        public void update(String text) {
            replace(text, Map.of("text/plain", text), text);
        }

        /** Replaces the text, or another figure, by a figure. */
        public void update(Figure figure) {
            String text = "[figure] " + figure.title();
            replace(figure, Frontend.present() ? Map.of("image/png", Base64.getEncoder().encodeToString(
                    Png.encode(figure.image(1))), "text/plain", text) : Map.of(), text);
        }

        private synchronized void replace(Object next, Map<String, String> content, String text) {
            if (next.equals(shown)) {
                return;
            }
            if (!Frontend.present()) {
                System.out.println(text);
            } else if (shown == null) {
                Frontend.display(content, id);
            } else {
                Frontend.update(content, id);
            }
            shown = next;
        }
    }

    private static void image(BufferedImage image, String text) {
        if (Frontend.present()) {
            show("image/png", Base64.getEncoder().encodeToString(Png.encode(image)), text);
        } else {
            System.out.println(text);
        }
    }

    /** Every output carries its text form too, for frontends that show nothing else. */
    private static void show(String mimeType, String content, String text) {
        if (!Frontend.present()) {
            System.out.println(text);
            return;
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put(mimeType, content);
        all.put("text/plain", text);
        Frontend.display(all, null);
    }

    private static BufferedImage bufferedImage(Object image) {
        if (image instanceof Image ours) {
            return ours.toBufferedImage();
        }
        if (image instanceof BufferedImage buffered) {
            return buffered;
        }
        throw new IllegalArgumentException("neither an Image nor a BufferedImage: "
                + (image == null ? "null" : image.getClass().getName()));
    }

    private static String text(Object entry) {
        if (entry == null) {
            return "";
        }
        if (!(entry instanceof Double || entry instanceof Float)) {
            return entry.toString();
        }
        double v = ((Number) entry).doubleValue();
        if (Double.isNaN(v)) {
            return "";
        }
        String pattern = v != 0 && Math.abs(v) < 1e-3 ? "0.##E0" : "0.####";
        return Double.isInfinite(v) ? entry.toString()
                : new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(v);
    }

    private static String htmlTable(List<String> header, List<List<String>> rows, boolean[] numeric) {
        StringBuilder html = new StringBuilder("<table><thead>");
        htmlRow(html, "th", header, numeric);
        html.append("</thead><tbody>");
        for (List<String> row : rows) {
            htmlRow(html, "td", row, numeric);
        }
        return html.append("</tbody></table>").toString();
    }

    private static void htmlRow(StringBuilder html, String tag, List<String> entries, boolean[] numeric) {
        html.append("<tr>");
        for (int j = 0; j < entries.size(); j++) {
            html.append('<').append(tag).append(" style=\"text-align:").append(numeric[j] ? "right" : "left")
                    .append("\">").append(escaped(entries.get(j))).append("</").append(tag).append('>');
        }
        html.append("</tr>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
