package gift.sentences;

import gift.io.InputException;
import gift.io.Json;
import gift.tensor.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sentences by templates, an offline stand-in for a language model: what it makes are template captions and are called so.
 *
 * <p>A frame is a sentence with places in braces: {@code {label}} for the class name, {@code {a label}} for the name with its
 * article, and the names of slots, each with a list of phrases; {@code {a slot}} puts the article before a phrase. All
 * combinations of all frames are enumerated without replacement, in a random order of each class; where they are fewer than
 * asked for, all are given and no more.
 *
 * @param frames sentences with places
 * @param slots phrases by the name of their place
 * @param seed of the order
 */
public record TemplateGrammar(List<String> frames, Map<String, List<String>> slots, long seed) implements SentenceSource {
    private static final Pattern PLACE = Pattern.compile("\\{(a )?([a-z_]+)}");
    private static final String LABEL = "label";
    private static final long MOST = 1_000_000; // combinations of a frame that are put in order

    /** What a photograph of a thing may be said to show. */
    public static final TemplateGrammar PHOTOGRAPHS = new TemplateGrammar(
            List.of("{a label} {place} {light}.", "{a size} {label} {place}.", "a {view} of {a label} {place}.",
                    "a {view} of {a size} {label} {light}."),
            new TreeMap<>(Map.of("place", List.of("in a field", "near a house", "on a table", "beside a road", "under a tree",
                            "by the water", "in front of a wall", "on the grass", "in a garden", "among stones", "on a plain background",
                            "in a room", "on a hill", "in a street"),
                    "light", List.of("in the morning", "in bright sunlight", "on a cloudy day", "at night", "in the rain",
                            "in the snow", "at sunset", "in soft light"),
                    "size", List.of("small", "large", "old", "new", "single", "dark", "bright", "colourful"),
                    "view", List.of("close view", "wide view", "photo", "view from above", "side view", "front view"))), 0);

    public TemplateGrammar {
        frames = frames == null ? List.of() : List.copyOf(frames);
        slots = slots == null ? Map.of() : new LinkedHashMap<>(slots);
        InputException.require(!frames.isEmpty(), "grammar: frames is empty; give at least one, such as \"a photo of {a label}.\"");
        for (String frame : frames) {
            List<String> places = places(frame);
            InputException.require(places.contains(LABEL), "grammar: the frame \"" + frame + "\" lacks {label} or {a label}");
            for (String place : places) {
                InputException.require(place.equals(LABEL) || slots.containsKey(place) && !slots.get(place).isEmpty(),
                        "grammar: the frame \"" + frame + "\" has {" + place + "}, which slots gives no phrases for"
                                + Json.nearest(place, slots.keySet()));
            }
        }
    }

    /** A grammar of a JSON file with {@code frames} and {@code slots}. */
    public static TemplateGrammar read(Path file, long seed) {
        return Json.replace(Json.read(file, TemplateGrammar.class, PHOTOGRAPHS.withSeed(seed)), "seed", seed);
    }

    public TemplateGrammar withSeed(long other) {
        return new TemplateGrammar(frames, slots, other);
    }

    @Override
    public String name() {
        return "template grammar";
    }

    private static List<String> places(String frame) {
        List<String> places = new ArrayList<>();
        for (Matcher place = PLACE.matcher(frame); place.find();) {
            places.add(place.group(2));
        }
        return places;
    }

    /** How many combinations a frame has. */
    private long combinations(String frame) {
        long all = 1;
        for (String place : places(frame)) {
            all = place.equals(LABEL) ? all : Math.multiplyExact(all, slots.get(place).size());
        }
        InputException.require(all <= MOST, "grammar: the frame \"" + frame + "\" has " + all + " combinations, more than " + MOST);
        return all;
    }

    @Override
    public List<Sentence> sentences(String label, int wanted) {
        long[] before = new long[frames.size() + 1]; // combinations of the frames before each
        for (int f = 0; f < frames.size(); f++) {
            before[f + 1] = before[f] + combinations(frames.get(f));
        }
        int[] order = RandomStream.of(seed, "template grammar, " + label).permutation(Math.toIntExact(before[frames.size()]));
        Set<String> texts = new HashSet<>();
        List<Sentence> all = new ArrayList<>();
        for (int i = 0; i < order.length && all.size() < wanted; i++) {
            int f = 0;
            while (order[i] >= before[f + 1]) {
                f++;
            }
            String text = text(frames.get(f), label, order[i] - before[f]);
            if (texts.add(text)) {
                all.add(new Sentence(label, text, name()));
            }
        }
        return all;
    }

    /** A frame with the phrases that a number stands for, in a number system of the slots' sizes. */
    private String text(String frame, String label, long number) {
        StringBuilder text = new StringBuilder();
        Matcher place = PLACE.matcher(frame);
        long rest = number;
        while (place.find()) {
            String phrase = label;
            if (!place.group(2).equals(LABEL)) {
                List<String> phrases = slots.get(place.group(2));
                phrase = phrases.get((int) (rest % phrases.size()));
                rest /= phrases.size();
            }
            place.appendReplacement(text, Matcher.quoteReplacement(place.group(1) == null ? phrase : withArticle(phrase)));
        }
        return place.appendTail(text).toString();
    }

    /** "a" before a consonant, "an" before a vowel, by the first letter; nothing where there is an article. */
    static String withArticle(String phrase) {
        return phrase.matches("(?i)(an?|the) .*") ? phrase : (phrase.matches("(?i)[aeiou].*") ? "an " : "a ") + phrase;
    }
}
