package gift.mini;

import static gift.mini.Part.dark;
import static gift.mini.Part.light;
import static gift.mini.Part.main;
import static gift.mini.Part.second;
import static gift.mini.Shape.arc;
import static gift.mini.Shape.box;
import static gift.mini.Shape.circle;
import static gift.mini.Shape.ellipse;
import static gift.mini.Shape.line;
import static gift.mini.Shape.polygon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everyday things: those of the task "objects", generic ones, and plain shapes. Parts lie one over the other. */
final class Things {
    static final Map<String, List<Part>> OBJECTS = objects();
    static final Map<String, List<Part>> GENERIC = generic();
    static final Map<String, List<Part>> SHAPES = shapes();

    private Things() {}

    private static Map<String, List<Part>> objects() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("house", List.of(main(box(0, 0.35, 0.6, 0.45)), second(polygon(-0.8, -0.05, 0, -0.8, 0.8, -0.05)),
                dark(box(0, 0.5, 0.16, 0.3))));
        m.put("tree", List.of(dark(box(0, 0.6, 0.12, 0.3)), main(Shape.union(polygon(-0.65, 0.4, 0, -0.4, 0.65, 0.4),
                polygon(-0.5, -0.05, 0, -0.88, 0.5, -0.05)))));
        m.put("car", List.of(main(box(0, 0.2, 0.85, 0.22)), second(polygon(-0.5, 0, -0.3, -0.4, 0.3, -0.4, 0.55, 0)),
                dark(circle(0.45, 0.42, 0.2).twice())));
        m.put("boat", List.of(main(polygon(-0.85, 0.3, 0.85, 0.3, 0.5, 0.75, -0.5, 0.75)),
                second(polygon(0.05, -0.85, 0.05, 0.15, 0.7, 0.15)),
                second(polygon(-0.08, -0.6, -0.08, 0.15, -0.5, 0.15))));
        m.put("fish", List.of(main(ellipse(-0.1, 0, 0.6, 0.38)), second(polygon(0.4, 0, 0.85, -0.4, 0.85, 0.4)),
                dark(circle(-0.4, -0.08, 0.09))));
        m.put("cup", List.of(main(polygon(-0.55, -0.5, 0.35, -0.5, 0.25, 0.6, -0.45, 0.6)),
                main(arc(0.4, 0, 0.3, -Math.PI / 2, Math.PI / 2, 0.08))));
        m.put("bottle", List.of(main(box(0, 0.3, 0.33, 0.55)), second(box(0, -0.5, 0.13, 0.35)),
                dark(box(0, -0.82, 0.18, 0.08))));
        m.put("key", List.of(main(circle(-0.5, 0, 0.34).without(circle(-0.5, 0, 0.15))), main(box(0.3, 0, 0.55, 0.09)),
                main(box(0.6, 0.2, 0.07, 0.2)), main(box(0.8, 0.16, 0.07, 0.16))));
        m.put("umbrella", List.of(main(circle(0, 0.05, 0.8).and((x, y) -> y - 0.05)), dark(line(0.06, 0, 0, 0, 0.75)),
                dark(arc(0.15, 0.72, 0.15, 0, Math.PI, 0.06))));
        m.put("lamp", List.of(main(polygon(-0.3, -0.8, 0.3, -0.8, 0.6, -0.05, -0.6, -0.05)),
                dark(box(0, 0.3, 0.07, 0.4)), second(box(0, 0.75, 0.4, 0.08))));
        m.put("chair", List.of(main(box(-0.42, -0.2, 0.1, 0.6)), main(box(0, 0.15, 0.5, 0.1)),
                second(box(0.42, 0.55, 0.08, 0.35).twice())));
        m.put("clock", List.of(main(circle(0, 0, 0.8)), light(circle(0, 0, 0.64)),
                dark(line(0.06, 0, -0.5, 0, 0, 0.35, 0.1))));
        m.put("mushroom", List.of(second(box(0, 0.45, 0.2, 0.38)), main(circle(0, 0.1, 0.8).and((x, y) -> y - 0.1)),
                light(circle(-0.3, -0.25, 0.12)), light(circle(0.25, -0.3, 0.13))));
        m.put("apple", List.of(main(circle(0.22, 0.15, 0.48).twice()), dark(line(0.06, 0, -0.25, 0.1, -0.65)),
                second(ellipse(0.32, -0.6, 0.22, 0.12))));
        m.put("heart", List.of(main(Shape.union(circle(0.35, -0.25, 0.4).twice(),
                polygon(-0.72, -0.08, 0.72, -0.08, 0, 0.8)))));
        m.put("moon", List.of(main(circle(0, 0, 0.8).without(circle(0.38, -0.15, 0.66)))));
        m.put("balloon", List.of(main(ellipse(0, -0.3, 0.48, 0.56)), main(polygon(-0.12, 0.35, 0, 0.2, 0.12, 0.35)),
                dark(line(0.04, 0, 0.35, 0.1, 0.55, -0.05, 0.7, 0.05, 0.9))));
        m.put("rocket", List.of(main(polygon(-0.25, 0.5, -0.28, -0.25, 0, -0.85, 0.28, -0.25, 0.25, 0.5)),
                second(polygon(0.25, 0.1, 0.6, 0.65, 0.25, 0.5).twice()), light(circle(0, -0.2, 0.13)),
                dark(polygon(-0.15, 0.52, 0.15, 0.52, 0, 0.9))));
        m.put("snowman", List.of(main(circle(0, 0.4, 0.48)), main(circle(0, -0.35, 0.34)),
                dark(box(0, -0.72, 0.4, 0.05)),
                dark(box(0, -0.85, 0.22, 0.12)), dark(circle(0.12, -0.38, 0.06).twice())));
        m.put("bell", List.of(main(polygon(-0.65, 0.45, -0.4, 0.15, -0.35, -0.4, 0, -0.7, 0.35, -0.4, 0.4, 0.15, 0.65,
                0.45)),
                dark(circle(0, 0.6, 0.15))));
        return m;
    }

    private static Map<String, List<Part>> generic() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("cloud", List.of(main(Shape.union(circle(-0.4, 0.1, 0.34), circle(0.05, -0.12, 0.42),
                circle(0.45, 0.12, 0.32),
                box(0, 0.28, 0.55, 0.15)))));
        m.put("hammer", List.of(dark(box(0, 0.25, 0.1, 0.6)), main(box(0, -0.5, 0.55, 0.2))));
        m.put("ladder", List.of(main(box(0.35, 0, 0.07, 0.85).twice()), main(box(0, -0.55, 0.35, 0.06)),
                main(box(0, -0.18, 0.35, 0.06)), main(box(0, 0.18, 0.35, 0.06)), main(box(0, 0.55, 0.35, 0.06))));
        m.put("book", List.of(main(box(0.4, 0, 0.38, 0.55).twice()), dark(box(0, 0, 0.04, 0.6)),
                light(box(0.4, -0.2, 0.24, 0.06).twice()), light(box(0.4, 0.1, 0.24, 0.06).twice())));
        m.put("envelope", List.of(main(box(0, 0, 0.8, 0.52)), dark(line(0.05, -0.75, -0.48, 0, 0.1, 0.75, -0.48))));
        m.put("pair of glasses", List.of(main(circle(0.45, 0, 0.36).without(circle(0.45, 0, 0.22)).twice()),
                main(box(0, 0, 0.12, 0.06))));
        m.put("candle", List.of(main(box(0, 0.3, 0.22, 0.55)), second(ellipse(0, -0.55, 0.14, 0.26))));
        m.put("anchor", List.of(main(box(0, 0.1, 0.08, 0.6)), main(circle(0, -0.65, 0.18)),
                main(box(0, -0.3, 0.35, 0.07)),
                main(arc(0, 0.1, 0.6, 0.1, Math.PI - 0.1, 0.08))));
        m.put("crown", List.of(main(polygon(-0.75, 0.5, -0.75, -0.4, -0.35, 0.05, 0, -0.6, 0.35, 0.05, 0.75, -0.4,
                0.75, 0.5)),
                second(circle(0, 0.25, 0.12))));
        m.put("table", List.of(main(box(0, -0.2, 0.85, 0.12)), second(box(0.6, 0.3, 0.09, 0.4).twice())));
        m.put("bird", List.of(main(ellipse(0, 0.1, 0.55, 0.3)), main(circle(-0.5, -0.2, 0.24)),
                second(polygon(-0.7, -0.25, -0.95, -0.12, -0.7, -0.08)), second(polygon(0, 0.05, 0.5, -0.6, 0.45, 0.1)),
                dark(circle(-0.54, -0.24, 0.06))));
        m.put("butterfly", List.of(main(ellipse(0.42, -0.28, 0.38, 0.36).twice()),
                second(ellipse(0.34, 0.38, 0.28, 0.28).twice()),
                dark(ellipse(0, 0, 0.09, 0.6))));
        m.put("pencil", List.of(main(box(0, -0.15, 0.18, 0.6)), dark(polygon(-0.18, 0.45, 0.18, 0.45, 0, 0.9)),
                second(box(0, -0.75, 0.18, 0.12))));
        m.put("hat", List.of(main(ellipse(0, 0.45, 0.9, 0.2)), main(box(0, -0.05, 0.45, 0.5)),
                second(box(0, 0.2, 0.45, 0.1))));
        m.put("kite", List.of(main(polygon(0, -0.9, 0.5, -0.3, 0, 0.4, -0.5, -0.3)),
                second(polygon(0, -0.9, 0.5, -0.3, 0, -0.3)),
                dark(line(0.05, 0, 0.4, 0.2, 0.6, -0.1, 0.75, 0.15, 0.92))));
        m.put("arrow", List.of(main(Shape.union(line(0.14, -0.8, 0, 0.3, 0), polygon(0.2, -0.5, 0.9, 0, 0.2, 0.5)))));
        return m;
    }

    private static Map<String, List<Part>> shapes() {
        Map<String, List<Part>> m = new LinkedHashMap<>();
        m.put("circle", List.of(main(circle(0, 0, 0.75))));
        m.put("square", List.of(main(box(0, 0, 0.68, 0.68))));
        m.put("triangle", List.of(main(Shape.star(3, 0.95, 0.95, -Math.PI / 2))));
        m.put("cross", List.of(main(Shape.union(box(0, 0, 0.75, 0.22), box(0, 0, 0.22, 0.75)))));
        m.put("ring", List.of(main(circle(0, 0, 0.6).edge(0.16))));
        m.put("hexagon", List.of(main(Shape.star(6, 0.85, 0.85, 0))));
        m.put("star", List.of(main(Shape.star(5, 0.9, 0.38, -Math.PI / 2))));
        m.put("cylinder", List.of(main(box(0, 0.05, 0.5, 0.55)), main(ellipse(0, 0.6, 0.5, 0.2)),
                second(ellipse(0, -0.5, 0.5, 0.2))));
        return m;
    }
}
