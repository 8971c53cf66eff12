package gift.mini;

import static gift.mini.Part.dark;
import static gift.mini.Part.leaf;
import static gift.mini.Part.light;
import static gift.mini.Part.main;
import static gift.mini.Part.second;
import static gift.mini.Shape.box;
import static gift.mini.Shape.circle;
import static gift.mini.Shape.ellipse;
import static gift.mini.Shape.line;
import static gift.mini.Shape.petals;
import static gift.mini.Shape.polygon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Flowers, seen from the front. */
final class Flowers {
    static final Map<String, List<Part>> ALL = all();

    private Flowers() {}

    private static Map<String, List<Part>> all() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("rose flower", List.of(main(circle(0, 0, 0.72)), dark(circle(0, 0, 0.46).edge(0.055)),
                dark(circle(0.05, 0.05, 0.2).edge(0.055))));
        m.put("tulip flower", List.of(leaf(line(0.07, 0, 0.2, 0, 0.92)),
                leaf(ellipse(0.22, 0.7, 0.1, 0.26).turned(0.6, 0.22, 0.7)),
                main(polygon(-0.5, -0.68, -0.22, -0.38, 0, -0.78, 0.22, -0.38, 0.5, -0.68, 0.42, 0.05, 0, 0.3, -0.42,
                0.05))));
        m.put("daisy flower", List.of(main(petals(9, 0.56, 0.34, 0.12, 0)), second(circle(0, 0, 0.24))));
        m.put("sunflower flower", List.of(main(petals(12, 0.66, 0.26, 0.13, 0)), dark(circle(0, 0, 0.52))));
        m.put("lily flower", List.of(main(Shape.star(6, 0.95, 0.27, 0)), second(circle(0, 0, 0.12))));
        m.put("violet flower", List.of(main(petals(5, 0.44, 0.36, 0.29, -Math.PI / 2)), second(circle(0, 0, 0.16))));
        m.put("poppy flower", List.of(main(petals(4, 0.4, 0.45, 0.42, Math.PI / 4)), dark(circle(0, 0, 0.26)),
                light(circle(0, 0, 0.09))));
        m.put("lotus flower", List.of(main(ellipse(0, 0, 0.2, 0.62)), main(fan(0.42)), second(fan(0.85)),
                leaf(box(0, 0.62, 0.62, 0.08))));
        return m;
    }

    /** A petal that stands on (0, 0.5), leaning by {@code angle}, and its mirror image. */
    private static Shape fan(double angle) {
        return ellipse(0, 0.02, 0.17, 0.55).turned(angle, 0, 0.5).twice();
    }
}
