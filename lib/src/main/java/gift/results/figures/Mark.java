package gift.results.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.util.List;
import org.knowm.xchart.style.markers.Marker;

/** Markers of series: twenty-one shapes, filled, open or of lines, which differ without any colour. */
final class Mark extends Marker {
    private static final BasicStroke LINE = new BasicStroke(1.5f);

    private enum Ink { FILLED, OPEN, LINES }

    private static final Shape CIRCLE = new Ellipse2D.Double(-1, -1, 2, 2);
    private static final Shape SQUARE = lines(true, -0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9);
    private static final Shape DIAMOND = lines(true, 0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0);
    private static final Shape UP = lines(true, -1.1, 0.9, 1.1, 0.9, 0, -1.15);
    private static final Shape DOWN = lines(true, -1.1, -0.9, 1.1, -0.9, 0, 1.15);
    private static final Shape CROSS = joined(lines(false, -1, -1, 1, 1), lines(false, -1, 1, 1, -1));
    private static final Shape PLUS = joined(lines(false, -1.2, 0, 1.2, 0), lines(false, 0, -1.2, 0, 1.2));

    private static final Shape STAR = lines(true, 0, -2, 0.47, -0.63, 1.9, -0.62, 0.75, 0.25, 1.17, 1.62, 0, 0.8, -1.17, 1.62,
            -0.75, 0.25, -1.9, -0.62, -0.47, -0.63);
    private static final Shape HOURGLASS = lines(true, -1, -1.1, 1, -1.1, -1, 1.1, 1, 1.1);
    private static final Shape BOW = lines(true, -1.1, -1, -1.1, 1, 1.1, -1, 1.1, 1);

    /** A filled square, in the legend of bars. */
    static final Mark BAR = new Mark(SQUARE, Ink.FILLED);

    /** A large star, of class prompts among images. */
    static final Mark PROMPT = new Mark(STAR, Ink.FILLED);

    private static final List<Mark> ALL = List.of(
            new Mark(CIRCLE, Ink.FILLED), BAR, new Mark(UP, Ink.OPEN), new Mark(DIAMOND, Ink.FILLED),
            new Mark(CROSS, Ink.LINES), new Mark(DOWN, Ink.FILLED), new Mark(PLUS, Ink.LINES), new Mark(SQUARE, Ink.OPEN),
            new Mark(UP, Ink.FILLED), new Mark(CIRCLE, Ink.OPEN), new Mark(DIAMOND, Ink.OPEN),
            new Mark(joined(CROSS, PLUS), Ink.LINES), new Mark(DOWN, Ink.OPEN), new Mark(joined(CIRCLE, PLUS), Ink.LINES),
            new Mark(joined(SQUARE, CROSS), Ink.LINES), new Mark(HOURGLASS, Ink.FILLED), new Mark(BOW, Ink.OPEN),
            new Mark(joined(CIRCLE, CROSS), Ink.LINES), new Mark(joined(SQUARE, PLUS), Ink.LINES),
            new Mark(HOURGLASS, Ink.OPEN), new Mark(BOW, Ink.FILLED));

    private final Shape shape; // about -1 .. 1 either way
    private final Ink ink;

    private Mark(Shape shape, Ink ink) {
        this.shape = shape;
        this.ink = ink;
    }

    /** Marker number {@code k}, from 0; the first twenty-one differ. */
    static Mark of(int k) {
        return ALL.get(k % ALL.size());
    }

    @Override
    public void paint(Graphics2D g, double x, double y, int size) {
        AffineTransform place = AffineTransform.getTranslateInstance(x, y);
        place.scale(size / 2.0, size / 2.0);
        Shape placed = place.createTransformedShape(shape);
        Color color = g.getColor();
        if (ink != Ink.LINES) {
            g.setColor(ink == Ink.FILLED ? color : Color.WHITE);
            g.fill(placed);
            g.setColor(color);
        }
        g.setStroke(LINE);
        g.draw(placed);
    }

    private static Shape lines(boolean closed, double... xy) {
        Path2D path = new Path2D.Double();
        path.moveTo(xy[0], xy[1]);
        for (int i = 2; i < xy.length; i += 2) {
            path.lineTo(xy[i], xy[i + 1]);
        }
        if (closed) {
            path.closePath();
        }
        return path;
    }

    private static Shape joined(Shape a, Shape b) {
        Path2D path = new Path2D.Double(a);
        path.append(b, false);
        return path;
    }
}
