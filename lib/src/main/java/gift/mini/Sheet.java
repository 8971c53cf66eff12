package gift.mini;

import gift.image.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Contact sheets: rows of images, each under its label. */
public final class Sheet {
    private static final int GAP = 2;
    private static final int LABEL = 9;    // pixels of height
    private static final int LETTER = 6;   // pixels of width

    private Sheet() {}

    /**
     * Some images with one label.
     *
     * @param label ASCII letters, digits and a few signs; it is cut where it is wider than the images
     */
    public record Row(String label, List<Image> images) {}

    /**
     * Rows of images of one size, {@code across} rows side by side, each pixel {@code zoom} pixels wide.
     *
     * @throws IllegalArgumentException if there is nothing to show
     */
    public static Image of(List<Row> rows, int across, int zoom) {
        int most = rows.stream().mapToInt(row -> row.images.size()).max().orElse(0);
        if (most == 0) {
            throw new IllegalArgumentException("a contact sheet of no images");
        }
        Image one = rows.stream().flatMap(row -> row.images.stream()).findFirst().orElseThrow();
        int cell = one.width() * zoom + GAP;
        int wide = most * cell + 4 * GAP;
        int high = LABEL + one.height() * zoom + 2 * GAP;
        int columns = Math.min(across, rows.size());
        Image sheet = blank(columns * wide, (rows.size() + columns - 1) / columns * high);
        for (int i = 0; i < rows.size(); i++) {
            int left = i % columns * wide + GAP;
            int top = i / columns * high + GAP;
            write(sheet, rows.get(i).label, left, top, wide - 2 * GAP);
            List<Image> images = rows.get(i).images;
            for (int k = 0; k < images.size(); k++) {
                place(sheet, images.get(k), left + k * cell, top + LABEL, zoom);
            }
        }
        return sheet;
    }

    private static Image blank(int width, int height) {
        byte[] white = new byte[3 * width * height];
        Arrays.fill(white, (byte) 255);
        return new Image(width, height, white);
    }

    private static void place(Image sheet, Image image, int left, int top, int zoom) {
        for (int y = 0; y < image.height() * zoom; y++) {
            for (int x = 0; x < image.width() * zoom; x++) {
                int from = 3 * (y / zoom * image.width() + x / zoom);
                System.arraycopy(image.rgb(), from, sheet.rgb(), 3 * ((top + y) * sheet.width() + left + x), 3);
            }
        }
    }

    /** Letters are those of the world, five pixels wide and seven high. */
    private static void write(Image sheet, String text, int left, int top, int room) {
        String upper = text.toUpperCase(Locale.ROOT);
        for (int i = 0; i < upper.length() && (i + 1) * LETTER <= room; i++) {
            char c = upper.charAt(i);
            boolean known = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
            Shape shape = known ? Glyphs.of(c, 0.06) : sign(c);
            for (int y = 0; y < 7; y++) {
                for (int x = 0; x < 5; x++) {
                    double cover = Math.max(0, Math.min(1, 0.75 - shape.at((x - 2) * 0.27, (y - 3) * 0.27) / 0.27));
                    int o = 3 * ((top + y) * sheet.width() + left + i * LETTER + x);
                    Arrays.fill(sheet.rgb(), o, o + 3, (byte) (255 - 235 * cover));
                }
            }
        }
    }

    private static Shape sign(char c) {
        return switch (c) {
            case '.' -> Shape.circle(0, 0.75, 0.08);
            case '-' -> Shape.line(0.06, -0.4, 0, 0.4, 0);
            case '%' -> Shape.line(0.06, -0.4, 0.7, 0.4, -0.7);
            default -> (x, y) -> 9;
        };
    }
}
