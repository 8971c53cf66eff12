package gift.results.figures;

import gift.results.MethodNames;
import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a series is drawn: colour, dashes and marker together, so that a black-and-white print tells series apart too.
 * A method of the papers looks the same in every figure.
 */
record SeriesStyle(Color color, BasicStroke stroke, Mark marker) {
    /** Okabe and Ito's colours for all kinds of colour vision; violet for their yellow and sky blue, too pale for lines. */
    private static final int[] COLORS = {0x000000, 0xD55E00, 0x0072B2, 0x009E73, 0xCC79A7, 0xE69F00, 0x5B3A8E};

    private static final float[][] DASHES = {null, {7, 4}, {2, 3}, {9, 3, 2, 3}};

    /** Style number {@code k}, from 0, which alone is black and thick; its marker differs from the next 20. */
    static SeriesStyle of(int k) {
        int color = k == 0 ? 0 : 1 + (k - 1) % (COLORS.length - 1);
        float[] dash = DASHES[k % DASHES.length];
        BasicStroke stroke = new BasicStroke(k == 0 ? 2.4f : 1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
        return new SeriesStyle(new Color(COLORS[color]), stroke, Mark.of(k));
    }

    /** A style for each method; GIFT is the thick black line, methods that are not the papers' take what is free. */
    static Map<String, SeriesStyle> ofMethods(List<String> methods) {
        List<String> fixed = new ArrayList<>(MethodNames.known());
        fixed.remove("gift");
        fixed.add(0, "gift");
        Map<String, SeriesStyle> styles = new LinkedHashMap<>();
        int free = fixed.size();
        for (String method : methods) {
            styles.put(method, of(fixed.contains(method) ? fixed.indexOf(method) : free++));
        }
        return styles;
    }
}
