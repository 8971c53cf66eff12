package gift.mini;

import java.util.List;

/**
 * One figure of a drawing and what it is painted with.
 *
 * @param shape the figure
 * @param ink the role whose colour it takes, null where its colour is its own
 * @param own the colour of a thing that always has it, such as a yolk; else null
 */
record Part(Shape shape, Ink ink, Colour own) {
    /** The roles of colours in a drawing. */
    enum Ink { MAIN, SECOND, DARK, LIGHT, LEAF }

    /** A colour for each role. */
    record Palette(Colour main, Colour second, Colour dark, Colour light, Colour leaf) {
        Colour of(Part part) {
            if (part.own != null) {
                return part.own;
            }
            return switch (part.ink) {
                case MAIN -> main;
                case SECOND -> second;
                case DARK -> dark;
                case LIGHT -> light;
                case LEAF -> leaf;
            };
        }
    }

    static Part main(Shape shape) {
        return new Part(shape, Ink.MAIN, null);
    }

    static Part second(Shape shape) {
        return new Part(shape, Ink.SECOND, null);
    }

    static Part dark(Shape shape) {
        return new Part(shape, Ink.DARK, null);
    }

    static Part light(Shape shape) {
        return new Part(shape, Ink.LIGHT, null);
    }

    static Part leaf(Shape shape) {
        return new Part(shape, Ink.LEAF, null);
    }

    static Part of(double r, double g, double b, Shape shape) {
        return new Part(shape, null, new Colour(r, g, b));
    }

    /** All figures together. */
    static Shape silhouette(List<Part> parts) {
        return Shape.union(parts.stream().map(Part::shape).toArray(Shape[]::new));
    }
}
