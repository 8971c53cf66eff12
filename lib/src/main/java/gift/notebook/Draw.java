package gift.notebook;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Contact sheets and heat maps as images. All measures are pixels. */
final class Draw {
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 13);
    private static final int GAP = 8;
    /** Narrower images get a place this wide, so that a caption fits. */
    private static final int LEAST_PLACE = 88;

    private static final Color LOW = new Color(0xf7fbff);
    private static final Color HIGH = new Color(0x08306b);

    private Draw() {}

    /** Images in rows, each enlarged {@code scale} times without smoothing, captions below; see {@link Show}. */
    static BufferedImage sheet(List<BufferedImage> images, int columns, int scale, List<String> captions) {
        int widest = images.stream().mapToInt(BufferedImage::getWidth).max().orElseThrow() * scale;
        int highest = images.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow() * scale;
        FontMetrics metrics = metrics(TEXT);
        int place = captions.isEmpty() ? widest : Math.max(widest, LEAST_PLACE);
        List<List<String>> lines = new ArrayList<>();
        for (String caption : captions) {
            lines.add(wrapped(caption, place, metrics));
        }
        int mostLines = lines.stream().mapToInt(List::size).max().orElse(0);
        int across = Math.min(columns, images.size());
        int down = (images.size() + columns - 1) / columns;
        int rowHeight = highest + mostLines * metrics.getHeight() + GAP;
        BufferedImage sheet = blank(across * (place + GAP) + GAP, down * rowHeight + GAP);
        Graphics2D g = graphics(sheet, TEXT);
        for (int i = 0; i < images.size(); i++) {
            BufferedImage image = images.get(i);
            int left = GAP + i % columns * (place + GAP);
            int top = GAP + i / columns * rowHeight;
            int w = image.getWidth() * scale;
            int h = image.getHeight() * scale;
            g.drawImage(image, left + (place - w) / 2, top + (highest - h) / 2, w, h, null);
            int baseline = top + highest + metrics.getAscent() + 1;
            for (String line : lines.isEmpty() ? List.<String>of() : lines.get(i)) {
                g.drawString(line, left + (place - metrics.stringWidth(line)) / 2, baseline);
                baseline += metrics.getHeight();
            }
        }
        g.dispose();
        return sheet;
    }

    /** A table of numbers on a scale from pale (lowest) to dark blue (highest); see {@link Show}. */
    static BufferedImage heatmap(double[][] values, List<String> rowNames, List<String> columnNames, String title) {
        FontMetrics metrics = metrics(TEXT);
        String[][] texts = new String[values.length][];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        double largest = 0;
        for (double[] row : values) {
            for (double v : row) {
                if (Double.isFinite(v)) {
                    low = Math.min(low, v);
                    high = Math.max(high, v);
                    largest = Math.max(largest, Math.abs(v));
                }
            }
        }
        int cell = 40;
        for (int i = 0; i < values.length; i++) {
            texts[i] = new String[values[i].length];
            for (int j = 0; j < values[i].length; j++) {
                texts[i][j] = number(values[i][j], largest);
                cell = Math.max(cell, metrics.stringWidth(texts[i][j]) + 10);
            }
        }
        int cellHeight = 26;
        int left = GAP + widest(rowNames, metrics) + 6;
        int titleHeight = title.isEmpty() ? 0 : metrics(TITLE).getHeight() + GAP;
        int longestName = widest(columnNames, metrics);
        boolean upright = longestName > cell - 4; // names that are too long for their column are turned
        int head = titleHeight + (upright ? longestName : metrics.getHeight()) + GAP + 4;
        int width = left + columnNames.size() * cell + GAP;
        if (!title.isEmpty()) {
            width = Math.max(width, metrics(TITLE).stringWidth(title) + 2 * GAP);
        }
        BufferedImage map = blank(width, head + values.length * cellHeight + GAP);
        Graphics2D g = graphics(map, TITLE);
        g.drawString(title, GAP, GAP + g.getFontMetrics().getAscent());
        g.setFont(TEXT);
        for (int j = 0; j < columnNames.size(); j++) {
            int middle = left + j * cell + cell / 2;
            if (upright) {
                AffineTransform before = g.getTransform();
                g.rotate(-Math.PI / 2, middle, head - 4);
                g.drawString(columnNames.get(j), middle, head - 4 + metrics.getAscent() / 2 - 1);
                g.setTransform(before);
            } else {
                g.drawString(columnNames.get(j), middle - metrics.stringWidth(columnNames.get(j)) / 2, head - 6);
            }
        }
        for (int i = 0; i < values.length; i++) {
            int top = head + i * cellHeight;
            int baseline = top + (cellHeight + metrics.getAscent() - metrics.getDescent()) / 2;
            g.setColor(Color.BLACK);
            g.drawString(rowNames.get(i), left - 6 - metrics.stringWidth(rowNames.get(i)), baseline);
            for (int j = 0; j < values[i].length; j++) {
                Color ground = high > low ? shade((values[i][j] - low) / (high - low)) : shade(0);
                g.setColor(ground);
                g.fillRect(left + j * cell, top, cell - 1, cellHeight - 1);
                g.setColor(luminance(ground) > 0.18 ? Color.BLACK : Color.WHITE);
                String text = texts[i][j];
                g.drawString(text, left + j * cell + (cell - metrics.stringWidth(text)) / 2, baseline);
            }
        }
        g.dispose();
        return map;
    }

    /** One decimal for values from 10 on (percentages), three below; "" for NaN; infinities as they are. */
    static String number(double value, double largest) {
        if (Double.isNaN(value)) {
            return "";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return String.format(Locale.ROOT, largest >= 10 ? "%.1f" : "%.3f", value);
    }

    /** A colour between LOW (0) and HIGH (1), darker all the way, hence readable in grey; white for NaN. */
    private static Color shade(double t) {
        if (Double.isNaN(t)) {
            return Color.WHITE;
        }
        double u = Math.min(1, Math.max(0, t));
        return new Color(mix(LOW.getRed(), HIGH.getRed(), u), mix(LOW.getGreen(), HIGH.getGreen(), u),
                mix(LOW.getBlue(), HIGH.getBlue(), u));
    }

    private static int mix(int a, int b, double t) {
        return (int) Math.round(a + t * (b - a));
    }

    /** Relative luminance, 0 black to 1 white (WCAG 2); at 0.18 black and white text contrast alike. */
    private static double luminance(Color c) {
        return 0.2126 * linear(c.getRed()) + 0.7152 * linear(c.getGreen()) + 0.0722 * linear(c.getBlue());
    }

    private static double linear(int level) {
        double s = level / 255.0;
        return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
    }

    /** {@code text} in lines no wider than {@code width}; a word that is wider itself ends in an ellipsis. */
    private static List<String> wrapped(String text, int width, FontMetrics metrics) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n")) {
            String line = "";
            for (String word : paragraph.strip().split("\\s+")) {
                String longer = line.isEmpty() ? word : line + " " + word;
                if (!line.isEmpty() && metrics.stringWidth(longer) > width) {
                    lines.add(line);
                    longer = word;
                }
                line = shortened(longer, width, metrics);
            }
            lines.add(line);
        }
        return lines;
    }

    private static String shortened(String text, int width, FontMetrics metrics) {
        String kept = text;
        while (kept.length() > 1 && metrics.stringWidth(kept) > width) {
            int letters = kept.endsWith("…") ? kept.length() - 2 : kept.length() - 1;
            kept = kept.substring(0, letters) + "…";
        }
        return kept;
    }

    private static int widest(List<String> texts, FontMetrics metrics) {
        return texts.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    }

    private static FontMetrics metrics(Font font) {
        Graphics2D g = graphics(blank(1, 1), font);
        try {
            return g.getFontMetrics();
        } finally {
            g.dispose();
        }
    }

    private static BufferedImage blank(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.dispose();
        return image;
    }

    private static Graphics2D graphics(BufferedImage image, Font font) {
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.setColor(Color.BLACK);
        g.setFont(font);
        return g;
    }
}
