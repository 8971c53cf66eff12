package gift.clip;

import gift.io.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Learns a small byte-pair vocabulary from texts (Sennrich et al. 2016) and writes it in CLIP's published form.
 *
 * <p>Each word starts as its bytes; the most frequent pair of neighbours merges, again and again. Ties go to the pair
 * that comes first in the alphabet, so the result depends on the texts alone.
 */
public final class BytePairLearner {
    private static final int LEAST = 2; // occurrences that make a pair worth a merge

    private BytePairLearner() {}

    /** A word as symbols, and how often it occurs. */
    private record Word(List<String> symbols, int count) {}

    /**
     * The merges "left right" in order; fewer than {@code most} where no pair occurs twice.
     */
    public static List<String> learn(List<String> texts, int most) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String text : texts) {
            Tokenizer.pieces(text).forEach(piece -> counts.merge(piece, 1, Integer::sum));
        }
        List<Word> words = new ArrayList<>();
        counts.forEach((piece, count) -> words.add(new Word(Tokenizer.symbols(piece), count)));
        List<String> merges = new ArrayList<>();
        while (merges.size() < most) {
            Map<String, Integer> pairs = new HashMap<>();
            for (Word word : words) {
                for (int i = 0; i + 1 < word.symbols.size(); i++) {
                    pairs.merge(word.symbols.get(i) + " " + word.symbols.get(i + 1), word.count, Integer::sum);
                }
            }
            String best = pairs.entrySet().stream()
                    .min(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                    .filter(entry -> entry.getValue() >= LEAST)
                    .map(Map.Entry::getKey).orElse(null);
            if (best == null) {
                break;
            }
            merges.add(best);
            words.replaceAll(word -> new Word(Tokenizer.join(word.symbols, best), word.count));
        }
        return merges;
    }

    /** Writes merges as a gzipped list with the published first line. */
    public static void write(Path file, List<String> merges) {
        String text = "#version: 0.2\n" + String.join("\n", merges) + "\n";
        AtomicFiles.write(file, out -> {
            GZIPOutputStream zip = new GZIPOutputStream(out);
            zip.write(text.getBytes(StandardCharsets.UTF_8));
            zip.finish();
        });
    }
}
