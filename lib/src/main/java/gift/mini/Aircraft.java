package gift.mini;

import static gift.mini.Part.dark;
import static gift.mini.Part.light;
import static gift.mini.Part.main;
import static gift.mini.Part.second;
import static gift.mini.Shape.box;
import static gift.mini.Shape.circle;
import static gift.mini.Shape.ellipse;
import static gift.mini.Shape.line;
import static gift.mini.Shape.polygon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Aircraft from above, the nose up; they differ in their wings, tails and engines. */
final class Aircraft {
    static final Map<String, List<Part>> ALL = all();

    private Aircraft() {}

    private static Map<String, List<Part>> all() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("airliner", List.of(main(polygon(0.05, -0.25, 0.9, 0.3, 0.9, 0.48, 0.05, 0.2).twice()),
                main(polygon(0.03, 0.6, 0.35, 0.82, 0.35, 0.94, 0.03, 0.85).twice()), main(ellipse(0, 0, 0.15, 0.92)),
                second(ellipse(0.42, 0.02, 0.08, 0.16).twice())));
        m.put("fighter jet", List.of(main(polygon(0, -0.95, 0.14, -0.35, 0.16, 0.75, -0.16, 0.75, -0.14, -0.35)),
                main(polygon(0.1, -0.2, 0.75, 0.45, 0.75, 0.6, 0.1, 0.45).twice()),
                main(polygon(0.1, 0.55, 0.42, 0.88, 0.42, 0.98, 0.1, 0.85).twice()),
                second(ellipse(0, -0.35, 0.08, 0.2))));
        m.put("biplane", List.of(main(box(0, -0.38, 0.88, 0.15)), second(box(0, 0.05, 0.78, 0.13)),
                dark(line(0.04, 0.6, -0.3, 0.6, 0.05).twice()), main(box(0, 0.15, 0.11, 0.7)),
                main(box(0, 0.78, 0.34, 0.1)),
                dark(box(0, -0.72, 0.3, 0.05))));
        m.put("glider", List.of(main(polygon(0, -0.28, 0.98, -0.1, 0.98, -0.02, 0, -0.06).twice()),
                main(ellipse(0, -0.2, 0.1, 0.45)), main(line(0.045, 0, 0, 0, 0.8)), main(box(0, 0.8, 0.26, 0.06))));
        m.put("helicopter", List.of(main(ellipse(0, -0.2, 0.28, 0.42)), main(line(0.07, 0, 0.1, 0, 0.85)),
                second(box(0, 0.85, 0.2, 0.06)), dark(Shape.union(line(0.045, -0.68, -0.88, 0.68, 0.48),
                line(0.045, -0.68, 0.48, 0.68, -0.88)))));
        m.put("stealth bomber", List.of(main(polygon(0, -0.55, 0.95, 0.3, 0.72, 0.48, 0.45, 0.22, 0.22, 0.5, 0,
                0.28).twice()),
                second(polygon(0, -0.3, 0.14, -0.02, -0.14, -0.02))));
        m.put("seaplane", List.of(main(box(0, -0.15, 0.92, 0.13)), main(ellipse(0, 0, 0.13, 0.75)),
                main(box(0, 0.72, 0.32, 0.09)),
                second(ellipse(0.5, -0.05, 0.12, 0.5).twice())));
        m.put("supersonic jet", List.of(main(polygon(0, -0.98, 0.08, -0.55, 0.2, -0.15, 0.6, 0.68, 0.6, 0.82, 0,
                0.75).twice()),
                second(line(0.05, 0, 0.2, 0, 0.85)), dark(box(0.28, 0.72, 0.08, 0.14).twice())));
        m.put("drone", List.of(main(Shape.union(line(0.07, -0.5, -0.5, 0.5, 0.5), line(0.07, -0.5, 0.5, 0.5, -0.5))),
                second(box(0, 0, 0.24, 0.24)), main(circle(0.55, -0.55, 0.32).edge(0.06).twice()),
                main(circle(0.55, 0.55, 0.32).edge(0.06).twice())));
        m.put("airship", List.of(second(polygon(0, 0.45, 0.4, 0.78, 0.4, 0.95, 0, 0.85).twice()),
                main(ellipse(0, -0.08, 0.42, 0.85)),
                light(box(0, -0.1, 0.05, 0.5))));
        return m;
    }
}
