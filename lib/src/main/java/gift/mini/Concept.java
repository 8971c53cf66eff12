package gift.mini;

import java.util.List;

/**
 * Something that the world can show.
 *
 * @param name as in captions, {@code "tulip flower"}
 * @param family what it belongs to
 */
public record Concept(String name, Family family) {
    /** Kinds of concepts. A family is the classes of one task, or is generic: in no task. */
    public enum Family {
        AIRCRAFT, OBJECTS, TEXTURES, LAND, FLOWERS, FOOD, DIGITS, PETS, LETTERS, THINGS, SHAPES;

        /** Whether its concepts are in no task and play the part that ImageNet's have elsewhere. */
        public boolean generic() {
            return compareTo(LETTERS) >= 0;
        }
    }

    /** The figures of concepts that are drawn as such; empty for glyphs, textures and land. */
    List<Part> parts() {
        return switch (family) {
            case AIRCRAFT -> Aircraft.ALL.get(name);
            case OBJECTS -> Things.OBJECTS.get(name);
            case FLOWERS -> Flowers.ALL.get(name);
            case FOOD -> Foods.ALL.get(name);
            case PETS -> Animals.ALL.get(name);
            case THINGS -> Things.GENERIC.get(name);
            case SHAPES -> Things.SHAPES.get(name);
            case DIGITS, LETTERS, TEXTURES, LAND -> List.of();
        };
    }

    /** The sign of a digit or letter. */
    char glyph() {
        return family == Family.DIGITS
                ? (char) ('0' + Glyphs.DIGITS.indexOf(name.substring(name.indexOf(' ') + 1)))
                : Character.toUpperCase(name.charAt(name.length() - 1));
    }
}
