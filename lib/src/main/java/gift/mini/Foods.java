package gift.mini;

import static gift.mini.Part.of;
import static gift.mini.Shape.box;
import static gift.mini.Shape.circle;
import static gift.mini.Shape.ellipse;
import static gift.mini.Shape.line;
import static gift.mini.Shape.petals;
import static gift.mini.Shape.polygon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Dishes, in their own colours. */
final class Foods {
    static final Map<String, List<Part>> ALL = all();

    private Foods() {}

    private static Map<String, List<Part>> all() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("pizza", List.of(of(0.78, 0.5, 0.22, polygon(-0.8, -0.75, 0.8, -0.75, 0, 0.95)),
                of(0.97, 0.83, 0.35, polygon(-0.62, -0.5, 0.62, -0.5, 0, 0.85)), of(0.78, 0.15, 0.1,
                circle(-0.2, -0.22, 0.17)),
                of(0.78, 0.15, 0.1, circle(0.27, -0.3, 0.15)), of(0.78, 0.15, 0.1, circle(0.04, 0.24, 0.15))));
        m.put("hamburger", List.of(of(0.82, 0.55, 0.25, box(0, 0.55, 0.62, 0.14).grown(0.06)), of(0.36, 0.18, 0.09,
                box(0, 0.24, 0.74, 0.13)),
                of(0.3, 0.68, 0.2, box(0, 0.02, 0.82, 0.07)), of(0.82, 0.55, 0.25,
                circle(0, -0.02, 0.76).and((x, y) -> y + 0.06)),
                of(0.97, 0.93, 0.8, Shape.union(circle(-0.3, -0.4, 0.06), circle(0.05, -0.55, 0.06),
                circle(0.35, -0.35, 0.06)))));
        m.put("donut", List.of(of(0.72, 0.46, 0.2, circle(0, 0, 0.8).without(circle(0, 0, 0.24))),
                of(0.95, 0.5, 0.7, circle(0, 0, 0.66).without(circle(0, 0, 0.32))),
                of(0.98, 0.98, 0.5, petals(6, 0.5, 0.08, 0.05, 0.3))));
        m.put("ice cream", List.of(of(0.82, 0.58, 0.28, polygon(-0.42, 0, 0.42, 0, 0, 0.95)), of(0.98, 0.93, 0.8,
                circle(-0.22, -0.2, 0.34)),
                of(0.95, 0.55, 0.65, circle(0.22, -0.2, 0.34)), of(0.45, 0.26, 0.14, circle(0, -0.55, 0.34))));
        m.put("fried egg", List.of(of(0.98, 0.98, 0.96, Shape.union(circle(-0.25, 0.1, 0.52), circle(0.3, 0.2, 0.48),
                circle(0.1, -0.28, 0.52))),
                of(0.98, 0.72, 0.1, circle(0.06, 0, 0.3))));
        m.put("watermelon", List.of(of(0.12, 0.45, 0.16, circle(0, -0.3, 0.92).and((x, y) -> -0.3 - y)),
                of(0.88, 0.95, 0.75, circle(0, -0.3, 0.78).and((x, y) -> -0.3 - y)), of(0.9, 0.2, 0.25,
                circle(0, -0.3, 0.68).and((x, y) -> -0.3 - y)),
                of(0.08, 0.05, 0.05, Shape.union(ellipse(0.33, -0.08, 0.05, 0.08).twice(),
                ellipse(0, -0.05, 0.05, 0.08), ellipse(0.17, 0.17, 0.05, 0.08).twice()))));
        m.put("sushi", List.of(of(0.08, 0.13, 0.12, circle(0, 0, 0.8)), of(0.97, 0.97, 0.94, circle(0, 0, 0.62)),
                of(0.95, 0.45, 0.3, ellipse(-0.1, -0.05, 0.28, 0.2)), of(0.45, 0.75, 0.25, circle(0.2, 0.12, 0.15))));
        m.put("cupcake", List.of(of(0.3, 0.55, 0.8, polygon(-0.58, 0.15, 0.58, 0.15, 0.4, 0.88, -0.4, 0.88)),
                of(0.98, 0.75, 0.85, ellipse(0, 0.02, 0.72, 0.26)), of(0.98, 0.75, 0.85, ellipse(0, -0.26, 0.5, 0.24)),
                of(0.98, 0.75, 0.85, ellipse(0, -0.5, 0.26, 0.2)), of(0.85, 0.08, 0.12, circle(0, -0.74, 0.15))));
        m.put("hot dog", List.of(of(0.85, 0.6, 0.3, line(0.4, -0.45, 0, 0.45, 0)), of(0.75, 0.25, 0.12,
                line(0.18, -0.72, 0, 0.72, 0)),
                of(0.98, 0.85, 0.15,
                line(0.055, -0.62, 0.06, -0.4, -0.08, -0.2, 0.06, 0, -0.08, 0.2, 0.06, 0.4, -0.08, 0.62, 0.06))));
        m.put("pretzel", List.of(of(0.62, 0.33, 0.12, Shape.union(circle(0.36, -0.15, 0.36).edge(0.12).twice(),
                line(0.12, -0.3, 0.72, 0.35, 0.15), line(0.12, 0.3, 0.72, -0.35, 0.15)))));
        return m;
    }
}
