package gift.mini;

import static gift.mini.Part.dark;
import static gift.mini.Part.light;
import static gift.mini.Part.main;
import static gift.mini.Part.second;
import static gift.mini.Shape.circle;
import static gift.mini.Shape.ellipse;
import static gift.mini.Shape.line;
import static gift.mini.Shape.polygon;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Heads of animals; they differ in ears, eyes and muzzle. */
final class Animals {
    static final Map<String, List<Part>> ALL = all();

    private static final double EYE_Y = 0.02;

    private Animals() {}

    private static Map<String, List<Part>> all() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("cat", head(List.of(main(polygon(0.62, 0.1, 0.58, -0.82, 0.05, -0.38).twice()),
                main(circle(0, 0.15, 0.62))),
                dark(polygon(-0.1, 0.26, 0.1, 0.26, 0, 0.38)), dark(line(0.03, 0.25, 0.34, 0.62, 0.26).twice()),
                dark(line(0.03, 0.25, 0.44, 0.6, 0.5).twice())));
        m.put("dog", head(List.of(main(ellipse(0, 0.08, 0.55, 0.66)), second(ellipse(0.62, 0.02, 0.2, 0.5).twice())),
                light(ellipse(0, 0.42, 0.28, 0.24)), dark(ellipse(0, 0.32, 0.15, 0.1))));
        m.put("rabbit", head(List.of(main(ellipse(0.27, -0.5, 0.16, 0.46).twice()),
                second(ellipse(0.27, -0.48, 0.07, 0.32).twice()),
                main(circle(0, 0.3, 0.52))), 0.22, dark(circle(0, 0.38, 0.07)),
                light(polygon(-0.12, 0.52, 0.12, 0.52, 0.12, 0.74, -0.12, 0.74))));
        m.put("bear", head(List.of(main(circle(0.5, -0.5, 0.24).twice()), second(circle(0.5, -0.5, 0.12).twice()),
                main(circle(0, 0.1, 0.68))),
                second(ellipse(0, 0.36, 0.3, 0.24)), dark(ellipse(0, 0.26, 0.12, 0.09))));
        m.put("pig", head(List.of(second(polygon(0.62, -0.15, 0.7, -0.72, 0.15, -0.5).twice()),
                main(circle(0, 0.1, 0.7))), -0.08,
                second(ellipse(0, 0.34, 0.32, 0.22)), dark(ellipse(0.12, 0.34, 0.07, 0.1).twice())));
        m.put("mouse", head(List.of(main(circle(0.56, -0.42, 0.38).twice()), second(circle(0.56, -0.42, 0.24).twice()),
                main(polygon(-0.52, -0.15, 0.52, -0.15, 0.4, 0.35, 0, 0.88, -0.4, 0.35))),
                dark(circle(0, 0.78, 0.12))));
        m.put("panda", head(List.of(dark(circle(0.52, -0.5, 0.24).twice()), light(circle(0, 0.1, 0.7)),
                dark(ellipse(0.28, 0, 0.18, 0.24).turned(0.4, 0.28, 0).twice())), 9,
                light(circle(0.26, 0, 0.07).twice()),
                dark(ellipse(0, 0.34, 0.12, 0.08)), dark(line(0.035, -0.15, 0.5, 0.15, 0.5))));
        m.put("frog", head(List.of(main(circle(0.4, -0.42, 0.28).twice()), main(ellipse(0, 0.2, 0.85, 0.55)),
                light(circle(0.4, -0.45, 0.17).twice())), -0.44,
                dark(line(0.045, -0.55, 0.3, -0.25, 0.42, 0.25, 0.42, 0.55, 0.3))));
        return m;
    }

    private static List<Part> head(List<Part> below, Part... above) {
        return head(below, EYE_Y, above);
    }

    /** Eyes at height {@code eyes} (none where that is off the image) between what is below and above them. */
    private static List<Part> head(List<Part> below, double eyes, Part... above) {
        List<Part> parts = new ArrayList<>(below);
        if (eyes < 1) {
            parts.add(dark(circle(eyes < -0.2 ? 0.4 : 0.24, eyes, 0.1).twice()));
        }
        parts.addAll(List.of(above));
        return List.copyOf(parts);
    }
}
