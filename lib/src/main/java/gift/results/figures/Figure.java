package gift.results.figures;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import gift.io.AtomicFiles;
import gift.io.InputException;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * One or more charts in a grid, with a title and one legend above them, where it covers no data. Measures are points, which
 * are pixels at scale 1. The same figure gives the same bytes on one machine.
 *
 * @param title first line
 * @param subtitle second line, or "": what the numbers are
 * @param legend what the series mean; empty where the charts say it
 * @param panels charts, from left to right and from top to bottom, all of one size
 * @param columns panels in a row
 */
public record Figure(String title, String subtitle, List<Key> legend, List<Chart<?, ?>> panels, int columns) {
    /** A line of the legend; {@code line} is false where the series has markers only. */
    record Key(String label, SeriesStyle style, boolean line) {}

    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    private static final FontRenderContext FONTS = new FontRenderContext(null, true, true);
    private static final int GAP = 10;
    private static final int LINE = 18; // height of a line of text
    private static final int SAMPLE = 34; // width of a line in the legend
    private static final int MARKER = 8;

    private int panelWidth() {
        return panels.get(0).getWidth();
    }

    private int panelHeight() {
        return panels.get(0).getHeight();
    }

    private int across() {
        return Math.min(columns, panels.size());
    }

    /** Width in points. */
    public int width() {
        int texts = Math.max(textWidth(title, TITLE), textWidth(subtitle, TEXT)) + 2 * GAP;
        return Math.max(texts, across() * panelWidth());
    }

    /** Height in points. */
    public int height() {
        return top() + (panels.size() + across() - 1) / across() * panelHeight();
    }

    private int top() {
        return GAP + LINE + (subtitle.isEmpty() ? 0 : LINE) + legendRows().size() * LINE + GAP / 2;
    }

    /** The legend's keys in rows that fit the width. */
    private List<List<Key>> legendRows() {
        List<List<Key>> rows = new ArrayList<>();
        int used = width();
        for (Key key : legend) {
            if (used + keyWidth(key) > width() - 2 * GAP) {
                rows.add(new ArrayList<>());
                used = 0;
            }
            rows.get(rows.size() - 1).add(key);
            used += keyWidth(key);
        }
        return rows;
    }

    private static int sampleWidth(Key key) {
        return key.line ? SAMPLE : SAMPLE / 3;
    }

    private static int keyWidth(Key key) {
        return sampleWidth(key) + 6 + textWidth(key.label, TEXT) + 16;
    }

    private static int textWidth(String text, Font font) {
        return text.isEmpty() ? 0 : (int) Math.ceil(new TextLayout(text, font, FONTS).getAdvance());
    }

    private void paint(Graphics2D g) {
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width(), height());
        int baseline = GAP + 14;
        text(g, title, TITLE, GAP, baseline);
        if (!subtitle.isEmpty()) {
            baseline += LINE;
            text(g, subtitle, TEXT, GAP, baseline);
        }
        for (List<Key> row : legendRows()) {
            baseline += LINE;
            int left = GAP;
            for (Key key : row) {
                paint(g, key, left, baseline);
                left += keyWidth(key);
            }
        }
        for (int i = 0; i < panels.size(); i++) {
            AffineTransform before = g.getTransform(); // restored, not copied: the SVG writer mixes up copies
            g.translate(i % across() * panelWidth(), top() + i / across() * panelHeight());
            panels.get(i).paint(g, panelWidth(), panelHeight());
            g.setTransform(before);
        }
    }

    private static void paint(Graphics2D g, Key key, int left, int baseline) {
        int middle = baseline - 4;
        g.setColor(key.style.color());
        if (key.line) {
            g.setStroke(key.style.stroke());
            g.draw(new Line2D.Double(left, middle, left + sampleWidth(key), middle));
        }
        key.style.marker().paint(g, left + sampleWidth(key) / 2.0, middle, MARKER);
        text(g, key.label, TEXT, left + sampleWidth(key) + 6, baseline);
    }

    /** Text as outlines: it looks the same wherever an SVG is opened. */
    private static void text(Graphics2D g, String text, Font font, int left, int baseline) {
        g.setColor(Color.BLACK);
        g.fill(new TextLayout(text, font, FONTS).getOutline(AffineTransform.getTranslateInstance(left, baseline)));
    }

    /** The figure as an image, {@code scale} pixels to a point. */
    public BufferedImage image(double scale) {
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(width() * scale), (int) Math.ceil(height() * scale), BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(scale, scale);
        paint(g);
        g.dispose();
        return image;
    }

    /**
     * Writes the figure, whole or not at all.
     *
     * @param file ends with .png (two pixels to a point) or .svg
     * @throws InputException if it ends otherwise or cannot be written
     */
    public void write(Path file) {
        String name = file.getFileName().toString();
        if (name.endsWith(".png")) {
            BufferedImage image = image(2);
            AtomicFiles.write(file, out -> {
                if (!ImageIO.write(image, "png", out)) {
                    throw new IOException("this Java has no PNG writer");
                }
            });
        } else if (name.endsWith(".svg")) {
            VectorGraphics2D g = new VectorGraphics2D();
            paint(g);
            PageSize size = new PageSize(0, 0, width(), height());
            AtomicFiles.write(file, new SVGProcessor().getDocument(g.getCommands(), size)::writeTo);
        } else {
            throw new InputException("cannot write " + file + ": a figure ends with .png or .svg");
        }
    }
}
