package gift.sentences;

import gift.io.InputException;
import gift.tensor.RandomStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The published choice of sentences (He et al. 2023, LE.py): n + 50 are asked for, exact duplicates dropped, and n of the
 * rest drawn without replacement. Here the rest is sorted before the draw, since the published order is that of a Python set,
 * and the draw depends on seed and label alone.
 */
public final class SentenceRules {
    /** Sentences asked for beyond those that are kept. */
    public static final int EXTRA = 50;
    /** Published number of sentences a class. */
    public static final int PUBLISHED = 200;

    private SentenceRules() {}

    /**
     * What counts of a language model's answer: the text before the first line break, without space around it. Here empty lines
     * before it are skipped, and a number in front and quotes around it are dropped.
     *
     * @return empty if there is none
     */
    public static String firstLine(String answer) {
        return answer.lines().map(SentenceRules::plain).filter(line -> !line.isEmpty()).findFirst().orElse("");
    }

    private static String plain(String line) {
        return line.strip().replaceAll("^(\\d+[.)]|[-*])\\s+", "").replaceAll("^[\"\u201c]|[\"\u201d]$", "").strip();
    }

    /**
     * n distinct sentences of every class, by class in the order given.
     *
     * @throws InputException if a class has fewer
     */
    public static Map<String, List<Sentence>> choose(SentenceSource source, List<String> labels, int n, long seed) {
        InputException.require(n > 0, "sentences: " + n + " a class must be at least 1");
        Map<String, List<Sentence>> chosen = new LinkedHashMap<>();
        for (String label : labels) {
            chosen.put(label, draw(label, source.sentences(label, n + EXTRA), n, seed));
        }
        return chosen;
    }

    /** n of the distinct sentences of a class. */
    static List<Sentence> draw(String label, List<Sentence> all, int n, long seed) {
        Map<String, Sentence> distinct = new TreeMap<>();
        all.forEach(sentence -> distinct.putIfAbsent(sentence.text(), sentence));
        if (distinct.size() < n) {
            throw new InputException("the class '" + label + "' has " + distinct.size() + " distinct sentences of " + all.size()
                    + ", not the " + n + " that are asked for; take fewer, or a source that knows more");
        }
        List<Sentence> sorted = List.copyOf(distinct.values());
        int[] order = RandomStream.of(seed, "sentences of " + label).permutation(sorted.size());
        List<Sentence> drawn = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            drawn.add(sorted.get(order[i]));
        }
        return drawn;
    }
}
