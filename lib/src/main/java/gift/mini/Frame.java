package gift.mini;

import gift.tensor.RandomStream;

/**
 * Where a figure lies on the image: shifted by (cx, cy), turned clockwise by {@code angle}, {@code scale} times as
 * large.
 */
record Frame(double cx, double cy, double angle, double scale) {
    static final Frame WHOLE = new Frame(0, 0, 0, 1);

    /** At random: shifted and turned by at most so much either way. */
    static Frame random(RandomStream random, double shift, double angle, double least, double most) {
        double cx = Noise.uniform(random, -shift, shift);
        double cy = Noise.uniform(random, -shift, shift);
        double turn = Noise.uniform(random, -angle, angle);
        return new Frame(cx, cy, turn, Noise.uniform(random, least, most));
    }

    Frame at(double x, double y) {
        return new Frame(x, y, angle, scale);
    }

    /** The field of a figure's own coordinates, on the image. */
    Noise.Field field(Noise.Field own) {
        double cos = StrictMath.cos(angle) / scale;
        double sin = StrictMath.sin(angle) / scale;
        return (x, y) -> {
            double dx = x - cx;
            double dy = y - cy;
            return own.at(cos * dx + sin * dy, cos * dy - sin * dx);
        };
    }
}
