package gift.mini;

import gift.tensor.RandomStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** A colour, each channel about 0..1; what lies beyond is cut when the image is finished. */
record Colour(double r, double g, double b) {
    static final Colour BLACK = new Colour(0.07, 0.07, 0.07);
    static final Colour WHITE = new Colour(0.96, 0.96, 0.95);

    /** The twelve colours that captions name. */
    static final Map<String, Colour> NAMED = named();

    private static Map<String, Colour> named() {
        Map<String, Colour> named = new LinkedHashMap<>();
        named.put("red", new Colour(0.85, 0.12, 0.12));
        named.put("green", new Colour(0.13, 0.62, 0.2));
        named.put("blue", new Colour(0.13, 0.25, 0.85));
        named.put("yellow", new Colour(0.95, 0.87, 0.15));
        named.put("orange", new Colour(0.97, 0.55, 0.1));
        named.put("purple", new Colour(0.5, 0.15, 0.62));
        named.put("pink", new Colour(0.97, 0.55, 0.75));
        named.put("brown", new Colour(0.47, 0.28, 0.12));
        named.put("black", new Colour(0.06, 0.06, 0.06));
        named.put("white", new Colour(0.96, 0.96, 0.96));
        named.put("gray", new Colour(0.55, 0.55, 0.55));
        named.put("cyan", new Colour(0.2, 0.82, 0.87));
        return named;
    }

    static Colour grey(double value) {
        return new Colour(value, value, value);
    }

    Colour times(double factor) {
        return new Colour(r * factor, g * factor, b * factor);
    }

    /** (1 - share) this + share other. */
    Colour mixed(Colour other, double share) {
        return new Colour(r + share * (other.r - r), g + share * (other.g - g), b + share * (other.b - b));
    }

    /** Each channel moved by a random amount, the same law for each, of the given deviation. */
    Colour jittered(RandomStream random, double deviation) {
        return new Colour(cut(r + deviation * Noise.bell(random)), cut(g + deviation * Noise.bell(random)),
                cut(b + deviation * Noise.bell(random)));
    }

    double brightness() {
        return (r + g + b) / 3;
    }

    /** Sum of the differences of the channels. */
    double distance(Colour other) {
        return Math.abs(r - other.r) + Math.abs(g - other.g) + Math.abs(b - other.b);
    }

    private static double cut(double value) {
        return Math.max(0, Math.min(1, value));
    }
}
