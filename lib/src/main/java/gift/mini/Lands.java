package gift.mini;

import static gift.mini.Shape.box;
import static gift.mini.Shape.circle;

import gift.mini.Noise.Field;
import gift.tensor.RandomStream;
import java.util.List;

/** Pieces of land from above, painted over the whole image. */
final class Lands {
    static final List<String> NAMES = List.of("forest from above", "river from above", "highway from above",
            "cropland from above", "village from above", "factory from above", "lake from above", "desert from above",
            "orchard from above", "airport from above");

    private static final Colour ROOF = new Colour(0.83, 0.85, 0.89);

    /** The colours of a region. */
    record Ground(Colour plants, Colour water, Colour soil, Colour road, Colour building) {
        /** As the eye sees it. */
        static final Ground NATURAL = new Ground(new Colour(0.25, 0.5, 0.2), new Colour(0.12, 0.25, 0.55),
                new Colour(0.72, 0.6, 0.4), new Colour(0.42, 0.42, 0.45), new Colour(0.75, 0.3, 0.22));
        /** As a film for infrared light sees it: plants are red, water is black. */
        static final Ground INFRARED = new Ground(new Colour(0.62, 0.25, 0.22), new Colour(0.05, 0.1, 0.22),
                new Colour(0.5, 0.56, 0.5), new Colour(0.3, 0.38, 0.42), new Colour(0.4, 0.62, 0.62));

        Ground jittered(RandomStream random, double deviation) {
            return new Ground(plants.jittered(random, deviation), water.jittered(random, deviation),
                    soil.jittered(random, deviation), road.jittered(random, deviation), building.jittered(random, deviation));
        }

        Ground mixed(Ground other, double share) {
            return new Ground(plants.mixed(other.plants, share), water.mixed(other.water, share),
                    soil.mixed(other.soil, share), road.mixed(other.road, share), building.mixed(other.building, share));
        }
    }

    private final Ground ground;
    private final Frame frame;
    private final RandomStream random;
    private final Field patches;

    private Lands(Ground ground, Frame frame, RandomStream random) {
        this.ground = ground;
        this.frame = frame;
        this.random = random;
        this.patches = Noise.field(random, 6);
    }

    /** Paints one kind of land; below scale 1 the frame shows more of it, smaller. */
    static Canvas paint(String name, Ground ground, Frame frame, RandomStream random) {
        Lands land = new Lands(ground, frame, random);
        return switch (name.substring(0, name.indexOf(' '))) {
            case "forest" -> land.forest();
            case "river" -> land.river();
            case "highway" -> land.highway();
            case "cropland" -> land.cropland();
            case "village" -> land.village();
            case "factory" -> land.factory();
            case "lake" -> land.lake();
            case "desert" -> land.desert();
            case "orchard" -> land.orchard();
            case "airport" -> land.airport();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Plants with patches of soil. */
    private Canvas meadow(double brightness, double soil) {
        Canvas canvas = new Canvas(ground.plants.times(brightness));
        canvas.paint((x, y) -> soil * patches.at(x, y), ground.soil);
        return canvas;
    }

    private Canvas forest() {
        Canvas canvas = new Canvas(ground.plants.times(0.55));
        Shape[] crowns = new Shape[26];
        for (int i = 0; i < crowns.length; i++) {
            crowns[i] = circle(uniform(-1, 1), uniform(-1, 1), uniform(0.12, 0.2));
        }
        canvas.fill(Shape.union(crowns), Frame.WHOLE, ground.plants.times(0.9));
        canvas.multiply((x, y) -> 0.75 + 0.5 * patches.at(x, y));
        return canvas;
    }

    private Canvas river() {
        Canvas canvas = meadow(1.1, 0.4);
        double swing = uniform(0.14, 0.49);
        double phase = uniform(0, 2 * Math.PI);
        canvas.fill((x, y) -> Math.abs(x - swing * StrictMath.sin(y * 2.2 + phase)) - 0.2, frame, ground.water);
        return canvas;
    }

    private Canvas highway() {
        Canvas canvas = meadow(0.95, 0.5);
        canvas.fill((x, y) -> Math.abs(x) - 0.22, frame, ground.road);
        canvas.fill((x, y) -> Math.max(Math.abs(x) - 0.035, 0.22 - Math.abs(y * 2.2 - Math.floor(y * 2.2) - 0.5)), frame,
                new Colour(0.95, 0.95, 0.9));
        if (random.nextDouble() < 0.4) {
            canvas.fill((x, y) -> Math.abs(y + 0.5) - 0.1, frame, ground.road);
        }
        return canvas;
    }

    private Canvas cropland() {
        Canvas canvas = new Canvas(ground.plants);
        double[] ripe = new double[64];
        for (int i = 0; i < ripe.length; i++) {
            ripe[i] = random.nextDouble();
        }
        canvas.paint(frame.field((x, y) -> ripe[plot(x, y)]), ground.soil);
        canvas.multiply(frame.field((x, y) -> 0.88 + 0.12 * StrictMath.sin((plot(x, y) % 2 == 1 ? x : y) * 22)));
        return canvas;
    }

    private static int plot(double x, double y) {
        return (int) Math.floor(x * 1.6 + 5) * 3 + (int) Math.floor(y * 1.6 + 5) * 5 & 63;
    }

    private Canvas village() {
        Canvas canvas = meadow(1.05, 0.2);
        canvas.fill((x, y) -> Math.abs(y) - 0.1, frame, ground.road);
        for (int i = 0; i < 9; i++) {
            Shape house = box(-0.8 + 0.8 * (i % 3) + uniform(0, 0.2), -0.75 + 0.72 * (i / 3) + uniform(0, 0.2), 0.15, 0.13);
            canvas.fill(house, frame, ground.building.times(uniform(0.75, 1.05)));
        }
        return canvas;
    }

    private Canvas factory() {
        Canvas canvas = new Canvas(ground.road.times(1.05));
        for (int i = 0; i < 3; i++) {
            Shape hall = box(uniform(-0.4, 0.1), -0.65 + 0.65 * i, uniform(0.5, 0.7), 0.22);
            canvas.fill(hall, frame, ROOF.times(uniform(0.8, 1.05)));
        }
        canvas.fill(circle(0.75, uniform(-0.5, 0.5), 0.2), frame, new Colour(0.9, 0.9, 0.92));
        return canvas;
    }

    private Canvas lake() {
        Canvas canvas = meadow(0.9, 0.4);
        Field shore = Noise.field(random, 3);
        canvas.fill((x, y) -> Shape.length(x * 0.9, y * 1.2) - 0.5 - 0.5 * (shore.at(x, y) - 0.4), frame, ground.water);
        return canvas;
    }

    private Canvas desert() {
        Canvas canvas = new Canvas(ground.soil.times(1.05));
        Field bend = Noise.field(random, 3);
        canvas.multiply(frame.field((x, y) -> 0.9 + 0.15 * StrictMath.sin((x + 0.5 * bend.at(x, y)) * 9)));
        canvas.multiply((x, y) -> 0.85 + 0.3 * patches.at(x, y));
        return canvas;
    }

    private Canvas orchard() {
        Canvas canvas = new Canvas(ground.soil.times(0.95));
        canvas.paint(frame.field((x, y) -> 0.5 + 6 * (0.33 - Shape.length(x * 3 - Math.floor(x * 3) - 0.5,
                y * 3 - Math.floor(y * 3) - 0.5))), ground.plants.times(0.8));
        return canvas;
    }

    private Canvas airport() {
        Canvas canvas = meadow(1.1, 0.3);
        canvas.fill((x, y) -> Math.abs(x) - 0.17, frame, ground.road);
        canvas.fill(box(0.3, 0, 0.7, 0.11).turned(0.9, 0.3, 0), frame, ground.road);
        canvas.fill(box(-0.65, 0.3, 0.25, 0.4), frame, ground.building);
        canvas.fill(Shape.union(box(0.6, 0.45, 0.06, 0.25), box(0.6, 0.4, 0.24, 0.06)), frame, Colour.WHITE);
        canvas.fill(Shape.union(box(0, -0.6, 0.05, 0.12), box(0, 0.6, 0.05, 0.12)), frame, Colour.WHITE);
        return canvas;
    }

    private double uniform(double from, double to) {
        return Noise.uniform(random, from, to);
    }
}
