package gift.mini;

import gift.image.Image;
import gift.mini.Noise.Field;
import gift.tensor.RandomStream;
import java.util.List;

/**
 * Images of the tasks: the web's concepts, each task in a style that the web does not have, so that a CLIP that knows
 * only the web recognizes some of them and gains by learning.
 *
 * <p>Image i of a concept depends on the concept's name and i alone.
 */
final class Styles {
    private final Concept concept;
    private final RandomStream random;

    private Styles(Concept concept, RandomStream random) {
        this.concept = concept;
        this.random = random;
    }

    static Image image(Concept concept, long number) {
        RandomStream random = RandomStream.of(0, "task " + concept.name(), number);
        Styles style = new Styles(concept, random);
        Canvas canvas = switch (concept.family()) {
            case AIRCRAFT -> style.againstClouds();
            case OBJECTS -> style.lineDrawing();
            case TEXTURES -> style.worn();
            case LAND -> style.infrared();
            case FLOWERS -> style.meadow();
            case FOOD -> style.onPlate();
            case DIGITS -> style.display();
            case PETS -> style.furry();
            default -> throw new IllegalArgumentException(concept + " is in no task");
        };
        return canvas.image(random, Noise.uniform(random, 0.03, 0.05));
    }

    /** Grey aircraft, turned, on a cloudy sky, with the shadow of the wings. */
    private Canvas againstClouds() {
        Canvas canvas = new Canvas(new Colour(0.5, 0.62, 0.78).jittered(random, 0.08));
        Field coarse = Noise.field(random, 3);
        Field fine = Noise.field(random, 7);
        canvas.paint((x, y) -> 1.6 * (0.65 * coarse.at(x, y) + 0.35 * fine.at(x, y)) - 0.35,
                new Colour(0.9, 0.92, 0.95));
        Frame frame = Frame.random(random, 0.14, 0.7, 0.62, 0.92);
        Colour metal = one(new Colour(0.4, 0.42, 0.45), new Colour(0.3, 0.34, 0.36), new Colour(0.55, 0.5, 0.45))
                .jittered(random, 0.05);
        draw(canvas, frame, new Part.Palette(metal, metal.times(0.8), metal.times(0.5), metal.times(1.3), metal));
        return canvas;
    }

    /** Thin ink on paper, drawn by an unsteady hand. */
    private Canvas lineDrawing() {
        Canvas canvas = new Canvas(new Colour(0.93, 0.91, 0.86).jittered(random, 0.03));
        Frame frame = Frame.random(random, 0.14, 0.25, 0.7, 0.98);
        Colour ink = new Colour(0.15, 0.15, 0.25).jittered(random, 0.06);
        double phase = Noise.uniform(random, 0, 2 * Math.PI);
        for (Part part : concept.parts()) {
            Shape bent = (x, y) -> part.shape().at(x + 0.07 * StrictMath.sin(5 * y + phase), y);
            canvas.fill(bent.edge(0.034), frame, ink);
        }
        return canvas;
    }

    /** Fine patterns with little contrast under uneven light. */
    private Canvas worn() {
        double most = Textures.upright(concept.name()) ? 0.2 : Math.PI;
        Frame frame = Frame.random(random, 0.5, most, 1, 1);
        Field pattern = frame.field(Textures.of(concept.name(), Noise.uniform(random, 3.6, 5.2), random));
        Field light = Noise.field(random, 4);
        double contrast = Noise.uniform(random, 0.2, 0.42) * (random.nextBoolean() ? 1 : -1);
        Canvas canvas = new Canvas(Colour.WHITE);
        Colour base = new Colour(0.55, 0.5, 0.45).jittered(random, 0.06);
        canvas.paint((x, y) -> 1, (x, y) -> {
            double shade = (pattern.at(x, y) - 0.5) * contrast + (light.at(x, y) - 0.5) * 0.35;
            return new Colour(base.r() + shade, base.g() + shade, base.b() + shade);
        });
        return canvas;
    }

    /** Infrared colours from higher up, in haze. */
    private Canvas infrared() {
        Lands.Ground ground = Lands.Ground.INFRARED.mixed(Lands.Ground.NATURAL, 0.2).jittered(random, 0.05);
        Frame frame = new Frame(0, 0, Noise.uniform(random, 0, 2 * Math.PI), 1 / Noise.uniform(random, 1.2, 1.6));
        Canvas canvas = Lands.paint(concept.name(), ground, frame, random);
        Field haze = Noise.field(random, 2);
        canvas.paint((x, y) -> 0.15 + 0.15 * haze.at(x, y), new Colour(0.6, 0.6, 0.65));
        return canvas;
    }

    /** A pale flower in the grass and a small one behind it. */
    private Canvas meadow() {
        Canvas canvas = new Canvas(new Colour(0.16, 0.33, 0.14).jittered(random, 0.05));
        Field grass = Noise.field(random, 7);
        canvas.multiply((x, y) -> 0.7 + 0.6 * grass.at(x, y));
        Colour petals = one(new Colour(0.9, 0.75, 0.85), new Colour(0.9, 0.85, 0.5), new Colour(0.8, 0.6, 0.85),
                new Colour(0.95, 0.92, 0.9)).jittered(random, 0.07);
        Part.Palette palette = new Part.Palette(petals, new Colour(0.85, 0.7, 0.2), new Colour(0.35, 0.2, 0.1),
                Colour.WHITE, new Colour(0.25, 0.5, 0.2));
        for (int side = -1; side <= 1; side += 2) {
            Frame frame = side < 0 ? Frame.random(random, 0.1, 0.3, 0.36, 0.48)
                    : Frame.random(random, 0.1, 0.3, 0.64, 0.78);
            double away = side < 0 ? 0.55 : 0.22;
            draw(canvas, frame.at(frame.cx() + away * side, frame.cy() + away * side), palette);
        }
        double light = Noise.uniform(random, 0.8, 1.1);
        canvas.multiply((x, y) -> light);
        return canvas;
    }

    /** A dish on a plate on a table, pale under warm light. */
    private Canvas onPlate() {
        Canvas canvas = new Canvas(one(new Colour(0.5, 0.35, 0.22), new Colour(0.35, 0.4, 0.45),
                new Colour(0.7, 0.66, 0.6))
                .jittered(random, 0.06));
        Frame frame = Frame.random(random, 0.1, 0.6, 0.5, 0.68);
        canvas.fill(Shape.circle(0, 0, 1.35), frame, new Colour(0.85, 0.84, 0.82).jittered(random, 0.05));
        canvas.fill(Shape.circle(0, 0, 1.15).edge(0.04), frame, Colour.grey(0.7));
        draw(canvas, frame, null);
        canvas.bleach(Noise.uniform(random, 0.25, 0.6));
        canvas.fade(new Colour(0.85, 0.6, 0.35), Noise.uniform(random, 0.1, 0.3));
        return canvas;
    }

    /** Glowing bars of a display, leaning, the dark ones dimly visible. */
    private Canvas display() {
        Colour ground = new Colour(0.06 + 0.1 * random.nextDouble(), 0.07 + 0.1 * random.nextDouble(),
                0.08 + 0.1 * random.nextDouble());
        Canvas canvas = new Canvas(ground);
        Colour glow = one(new Colour(0.95, 0.2, 0.15), new Colour(0.2, 0.9, 0.3), new Colour(0.98, 0.65, 0.1),
                new Colour(0.3, 0.75, 0.98));
        Frame frame = Frame.random(random, 0.12, 0.1, 0.72, 0.95);
        int digit = concept.glyph() - '0';
        for (char bar = 'a'; bar <= 'g'; bar++) {
            Shape upright = Glyphs.bar(bar, 0.12);
            double power = Glyphs.lit(digit, bar) ? 1 : Noise.uniform(random, 0, 0.08);
            canvas.fill((x, y) -> upright.at(x + 0.06 * y, y), frame, ground.mixed(glow, power));
        }
        return canvas;
    }

    /** Heads in the colours of fur with patches, close up, before something blurred. */
    private Canvas furry() {
        Canvas canvas = new Canvas(one(new Colour(0.35, 0.45, 0.3), new Colour(0.55, 0.5, 0.45),
                new Colour(0.4, 0.45, 0.55))
                .jittered(random, 0.08));
        Field blur = Noise.field(random, 2);
        canvas.multiply((x, y) -> 0.6 + 0.8 * blur.at(x, y));
        Frame frame = Frame.random(random, 0.16, 0.35, 0.85, 1.1);
        Colour fur = one(new Colour(0.6, 0.42, 0.25), new Colour(0.42, 0.38, 0.36), new Colour(0.75, 0.65, 0.5),
                new Colour(0.5, 0.3, 0.2))
                .jittered(random, 0.05);
        draw(canvas, frame, new Part.Palette(fur, fur.mixed(new Colour(0.75, 0.55, 0.5), 0.5), fur.times(0.35),
                fur.mixed(Colour.WHITE, 0.5), fur));
        Field coat = Noise.field(random, 9);
        canvas.multiply((x, y) -> 0.75 + 0.5 * coat.at(x, y));
        return canvas;
    }

    private void draw(Canvas canvas, Frame frame, Part.Palette palette) {
        for (Part part : concept.parts()) {
            canvas.fill(part.shape(), frame, part.own() != null ? part.own() : palette.of(part));
        }
    }

    private Colour one(Colour... colours) {
        return List.of(colours).get(random.nextInt(colours.length));
    }
}
