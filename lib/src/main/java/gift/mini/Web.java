package gift.mini;

import gift.image.Image;
import gift.mini.Noise.Field;
import gift.tensor.RandomStream;
import java.util.List;

/**
 * Images of the web: a concept in varied colour, size, place, rotation, background and noise, with a caption.
 *
 * <p>Image and caption i of a concept depend on the concept's name and i alone.
 */
final class Web {
    private static final double LINE_DRAWINGS = 0.15; // share of them among drawn things
    private static final double GRADIENTS = 0.4;      // share of backgrounds that are not plain
    private static final List<String> COLOURS = List.copyOf(Colour.NAMED.keySet());

    private final Concept concept;
    private final RandomStream random;
    private final String colourName;
    private final String groundName;
    private final Colour colour;
    private final Colour ground;
    private final Part.Palette palette;
    private final boolean line;
    private final boolean coloured;
    private final Frame frame;

    private final long number;

    private Web(Concept concept, long number) {
        this.concept = concept;
        this.number = number;
        this.random = RandomStream.of(0, "web " + concept.name(), number);
        String[] three = contrasting();
        colourName = three[0];
        groundName = three[1];
        colour = Colour.NAMED.get(three[0]).jittered(random, 0.06);
        ground = Colour.NAMED.get(three[1]).jittered(random, 0.06);
        Colour second = Colour.NAMED.get(three[2]).jittered(random, 0.06);
        Colour dark = colour.brightness() > 0.35 ? Colour.BLACK : new Colour(0.95, 0.95, 0.9);
        palette = new Part.Palette(colour, second, dark, Colour.WHITE, new Colour(0.1, 0.5, 0.15));
        boolean drawn = !concept.parts().isEmpty();
        line = drawn && concept.family() != Concept.Family.FOOD && random.nextDouble() < LINE_DRAWINGS;
        coloured = concept.family() != Concept.Family.LAND && concept.family() != Concept.Family.FOOD;
        frame = Frame.random(random, 0.14, 0.2, 0.72, 1.02);
    }

    static Image image(Concept concept, long number) {
        Web web = new Web(concept, number);
        Canvas canvas = web.paint();
        double light = Noise.uniform(web.random, 0.85, 1.1);
        canvas.multiply((x, y) -> light);
        return canvas.image(web.random, Noise.uniform(web.random, 0.01, 0.05));
    }

    /** The caption of that image. */
    static String caption(Concept concept, long number) {
        return new Web(concept, number).caption();
    }

    /** Names of the colours of the thing, the ground and the second colour; the first two are well apart. */
    private String[] contrasting() {
        while (true) {
            String a = COLOURS.get(random.nextInt(COLOURS.size()));
            String b = COLOURS.get(random.nextInt(COLOURS.size()));
            String c = COLOURS.get(random.nextInt(COLOURS.size()));
            boolean apart = Colour.NAMED.get(a).distance(Colour.NAMED.get(b)) > 0.8;
            if (apart && !c.equals(a) && !c.equals(b)) {
                return new String[] {a, b, c};
            }
        }
    }

    private Canvas paint() {
        if (concept.family() == Concept.Family.LAND) {
            Frame turned = new Frame(0, 0, Noise.uniform(random, 0, 2 * Math.PI), Noise.uniform(random, 0.83, 1.18));
            return Lands.paint(concept.name(), Lands.Ground.NATURAL.jittered(random, 0.05), turned, random);
        }
        Canvas canvas = new Canvas(ground);
        if (random.nextDouble() < GRADIENTS) {
            double angle = Noise.uniform(random, 0, 2 * Math.PI);
            double cos = StrictMath.cos(angle) / 4;
            double sin = StrictMath.sin(angle) / 4;
            canvas.paint((x, y) -> cos * x + sin * y + 0.25, ground.jittered(random, 0.25));
        }
        switch (concept.family()) {
            case DIGITS, LETTERS -> canvas.fill(Glyphs.of(concept.glyph(), Noise.uniform(random, 0.09, 0.19)), frame, colour);
            case TEXTURES -> canvas.paint(texture(), colour);
            default -> draw(canvas);
        }
        return canvas;
    }

    private Field texture() {
        double most = Textures.upright(concept.name()) ? 0.2 : Math.PI;
        Frame turned = Frame.random(random, 0.5, most, 1, 1);
        return turned.field(Textures.of(concept.name(), Noise.uniform(random, 2.6, 4.2), random));
    }

    private void draw(Canvas canvas) {
        for (Part part : concept.parts()) {
            if (line) {
                canvas.fill(part.shape(), frame, ground);
                canvas.fill(part.shape().edge(0.06), frame, colour);
            } else {
                canvas.fill(part.shape(), frame, palette.of(part));
            }
        }
    }

    private String caption() {
        String name = concept.name();
        double k = RandomStream.of(0, "caption " + name, number).nextDouble();
        if (line && k < 0.5) {
            return "a drawing of a " + name + ".";
        }
        if (k < 0.4) {
            return "a photo of a " + name + ".";
        }
        if (!coloured) {
            return k < 0.6 ? "a picture of a " + name + "." : k < 0.8 ? "this is a " + name + "." : "a " + name + ".";
        }
        if (k < 0.6) {
            return "a " + colourName + " " + name + " on a " + groundName + " background.";
        }
        if (k < 0.72) {
            return "a photo of a " + colourName + " " + name + ".";
        }
        if (k < 0.8) {
            return "a picture of a " + name + ".";
        }
        if (k < 0.9) {
            return "a " + (frame.scale() < 0.85 ? "small " : "big ") + name + ".";
        }
        return "this is a " + name + ".";
    }
}
