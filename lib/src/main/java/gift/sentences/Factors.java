package gift.sentences;

import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What captions of a data set are made of (Yang et al. 2025, section 3.1), in a JSON file.
 *
 * @param about what the file is, in words
 * @param attributes by class, as it stands in sentences: what may be said of a thing; under "*" of every class that is not
 *     named
 * @param backgrounds by class, or "*": where it may be, the more frequent ones first
 * @param viewpoints of all classes: how an image may show them
 * @param lighting conditions, of all classes
 * @param quality degradations of an image's quality, of all classes
 * @param modesOf the data set whose published shares of modes hold ({@link CaptionMode#shares}); empty for the usual ones
 * @param frames sentences of template captions by mode (Base, BG, LC, CD), where they differ from the usual ones. Their places
 *     are {label}, {attribute}, {viewpoint}, {background}, {lighting}, {quality}; {a attribute} has an article in front
 */
public record Factors(String about, Map<String, List<String>> attributes, Map<String, List<String>> backgrounds,
        List<String> viewpoints, List<String> lighting, List<String> quality, String modesOf, Map<String, String> frames) {
    /** Under this name: every class without lists of its own. */
    public static final String ANY = "*";

    /** Nothing. */
    private static final Factors NONE = new Factors("", Map.of(), Map.of(), List.of(), List.of(), List.of(), "", Map.of());

    public Factors {
        attributes = new LinkedHashMap<>(attributes);
        backgrounds = new LinkedHashMap<>(backgrounds);
        viewpoints = List.copyOf(viewpoints);
        lighting = List.copyOf(lighting);
        quality = List.copyOf(quality);
        frames = new TreeMap<>(frames);
        frames.keySet().forEach(CaptionMode::of);
    }

    /**
     * Reads a file.
     *
     * @throws InputException naming the file and the list that is missing or empty
     */
    public static Factors read(Path file) {
        Factors factors = Json.read(file, Factors.class, NONE);
        factors.require(file.toString());
        return factors;
    }

    private void require(String file) {
        require(!attributes.isEmpty(), file, "attributes names no class");
        require(!viewpoints.isEmpty(), file, "viewpoints is empty");
        Map<CaptionMode, Double> shares = CaptionMode.shares(modesOf);
        require(!shares.containsKey(CaptionMode.LIGHTING) || !lighting.isEmpty(), file, "lighting is empty");
        require(!shares.containsKey(CaptionMode.DEGRADATION) || !quality.isEmpty(), file, "quality is empty");
        attributes.forEach((label, own) -> {
            require(!own.isEmpty(), file, "attributes of '" + label + "' is empty");
            require(!shares.containsKey(CaptionMode.BACKGROUND) || !backgrounds(label).isEmpty(), file,
                    "backgrounds has no phrase for '" + label + "'; only captions for "
                            + String.join(", ", CaptionMode.EXCEPTIONS) + " (modes_of) need none");
        });
    }

    private static void require(boolean condition, String file, String what) {
        InputException.require(condition, file + ": " + what);
    }

    /** The classes that the file names. */
    public List<String> labels() {
        return attributes.keySet().stream().filter(label -> !label.equals(ANY)).toList();
    }

    /**
     * What may be said of a class.
     *
     * @throws InputException if the file does not know it
     */
    public List<String> attributes(String label) {
        List<String> own = of(attributes, label);
        InputException.require(own != null, "the factors have no class '" + label + "'" + Json.nearest(label, labels()));
        return own;
    }

    /** Where a class may be; empty if nothing is said. */
    public List<String> backgrounds(String label) {
        List<String> own = of(backgrounds, label);
        return own == null ? List.of() : own;
    }

    private static List<String> of(Map<String, List<String>> all, String label) {
        return all.getOrDefault(label, all.get(ANY));
    }

    String frame(CaptionMode mode) {
        return frames.getOrDefault(mode.toString(), mode.frame());
    }
}
