package gift.mini;

/**
 * A filled figure as its signed distance: negative inside, about the distance to the edge near it.
 *
 * <p>Figures lie within -1..1, x to the right and y down. Only operations that every machine rounds alike are used:
 * arithmetic, square roots and {@link StrictMath}.
 */
@FunctionalInterface
interface Shape {
    double at(double x, double y);

    static Shape circle(double cx, double cy, double r) {
        return (x, y) -> length(x - cx, y - cy) - r;
    }

    /** An ellipse with half axes a (along x) and b. */
    static Shape ellipse(double cx, double cy, double a, double b) {
        double least = Math.min(a, b);
        return (x, y) -> (length((x - cx) / a, (y - cy) / b) - 1) * least;
    }

    /** A box of half width w and half height h. */
    static Shape box(double cx, double cy, double w, double h) {
        return (x, y) -> {
            double qx = Math.abs(x - cx) - w;
            double qy = Math.abs(y - cy) - h;
            return length(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0);
        };
    }

    /** Lines through points x0, y0, x1, y1, ..., with round ends, 2 w wide. */
    static Shape line(double w, double... points) {
        return (x, y) -> {
            double least = Double.MAX_VALUE;
            for (int i = 0; i + 3 < points.length; i += 2) {
                least = Math.min(least, squaredToSegment(x, y, points[i], points[i + 1], points[i + 2], points[i + 3]));
            }
            return Math.sqrt(least) - w;
        };
    }

    /** The polygon with corners x0, y0, x1, y1, ... */
    static Shape polygon(double... p) {
        return (x, y) -> {
            double least = Double.MAX_VALUE;
            boolean inside = false;
            for (int i = 0, j = p.length - 2; i < p.length; j = i, i += 2) {
                least = Math.min(least, squaredToSegment(x, y, p[j], p[j + 1], p[i], p[i + 1]));
                if (p[i + 1] > y != p[j + 1] > y
                        && x < (p[j] - p[i]) * (y - p[i + 1]) / (p[j + 1] - p[i + 1]) + p[i]) {
                    inside = !inside;
                }
            }
            return inside ? -Math.sqrt(least) : Math.sqrt(least);
        };
    }

    /** A regular polygon; with {@code inner} below {@code outer} a star of {@code n} points. */
    static Shape star(int n, double outer, double inner, double angle) {
        int corners = inner == outer ? n : 2 * n;
        double[] p = new double[2 * corners];
        for (int i = 0; i < corners; i++) {
            double r = corners == n || i % 2 == 0 ? outer : inner;
            p[2 * i] = r * StrictMath.cos(angle + 2 * Math.PI * i / corners);
            p[2 * i + 1] = r * StrictMath.sin(angle + 2 * Math.PI * i / corners);
        }
        return polygon(p);
    }

    /** A part of a circle's line from one angle to another, clockwise on the image, 2 w wide. */
    static Shape arc(double cx, double cy, double r, double from, double to, double w) {
        int pieces = 8;
        double[] p = new double[2 * pieces + 2];
        for (int i = 0; i <= pieces; i++) {
            double angle = from + (to - from) * i / pieces;
            p[2 * i] = cx + r * StrictMath.cos(angle);
            p[2 * i + 1] = cy + r * StrictMath.sin(angle);
        }
        return line(w, p);
    }

    /** {@code n} ellipses around the centre, their middles at distance {@code r}, half axes a (outward) and b. */
    static Shape petals(int n, double r, double a, double b, double angle) {
        double[] cos = new double[n];
        double[] sin = new double[n];
        for (int i = 0; i < n; i++) {
            cos[i] = StrictMath.cos(angle + 2 * Math.PI * i / n);
            sin[i] = StrictMath.sin(angle + 2 * Math.PI * i / n);
        }
        double small = Math.min(a, b);
        return (x, y) -> {
            double least = Double.MAX_VALUE;
            for (int i = 0; i < n; i++) {
                double u = (cos[i] * x + sin[i] * y - r) / a;
                double v = (cos[i] * y - sin[i] * x) / b;
                least = Math.min(least, u * u + v * v);
            }
            return (Math.sqrt(least) - 1) * small;
        };
    }

    /** All that lies in one of the parts. */
    static Shape union(Shape... parts) {
        return (x, y) -> {
            double least = Double.MAX_VALUE;
            for (Shape part : parts) {
                least = Math.min(least, part.at(x, y));
            }
            return least;
        };
    }

    /** This without the other. */
    default Shape without(Shape other) {
        return (x, y) -> Math.max(at(x, y), -other.at(x, y));
    }

    /** What lies in this and in the other. */
    default Shape and(Shape other) {
        return (x, y) -> Math.max(at(x, y), other.at(x, y));
    }

    /** The edge alone, 2 w wide. */
    default Shape edge(double w) {
        return (x, y) -> Math.abs(at(x, y)) - w;
    }

    /** Wider by {@code w} all around. */
    default Shape grown(double w) {
        return (x, y) -> at(x, y) - w;
    }

    /** Turned clockwise on the image about a point. */
    default Shape turned(double angle, double cx, double cy) {
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        return (x, y) -> at(cos * (x - cx) + sin * (y - cy) + cx, cos * (y - cy) - sin * (x - cx) + cy);
    }

    /** Together with its mirror image, left for right. */
    default Shape twice() {
        return (x, y) -> Math.min(at(x, y), at(-x, y));
    }

    /** Euclidean length; {@link Math#sqrt} is exact to the last bit everywhere, unlike hypot. */
    static double length(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    private static double squaredToSegment(double x, double y, double ax, double ay, double bx, double by) {
        double dx = bx - ax;
        double dy = by - ay;
        double h = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-12);
        h = h < 0 ? 0 : Math.min(h, 1);
        double ex = x - ax - h * dx;
        double ey = y - ay - h * dy;
        return ex * ex + ey * ey;
    }
}
