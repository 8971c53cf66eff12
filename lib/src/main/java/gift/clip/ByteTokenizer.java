package gift.clip;

import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GPT-2's byte-pair tokenizer on text in lower case, as GLIDE uses it ({@code glide_text2im/tokenizer/bpe.py}).
 *
 * <p>It differs from CLIP's {@link Tokenizer} in the vocabulary (50,000 merges, no end of a word), and in the pieces that a
 * text is cut into: a piece takes the space before it along, numerals stay together, and nothing is cleaned. The last id,
 * {@code <|endoftext|>}, fills rows up. Safe for use from several threads.
 */
public final class ByteTokenizer {
    /** Python's {@code \s} for texts, as the inside of a character class. */
    private static final String SPACE =
            "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
    private static final Pattern PIECES = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" + SPACE
            + "\\p{L}\\p{N}]+|[" + SPACE + "]+(?![^" + SPACE + "])|[" + SPACE + "]+");
    private static final String KIND = "GLIDE";
    private static final int MAX_CACHED = 50_000; // pieces

    private final Map<String, Integer> ids;
    private final Map<String, Integer> ranks;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    /**
     * The row of a text, cut or filled up to the length that a model reads.
     *
     * @param ids of the whole row
     * @param tokens how many of them are of the text, the first ones
     * @param isCut whether the text has more
     */
    public record Row(long[] ids, int tokens, boolean isCut) {}

    private ByteTokenizer(Map<String, Integer> ids, Map<String, Integer> ranks) {
        this.ids = ids;
        this.ranks = ranks;
    }

    /**
     * Loads a list of merges, one a line after a first line with the version. Ids are, in order: the 256 bytes, one for
     * each merge, the end of text; so they are in the published {@code encoder.json}, which is not needed.
     *
     * @param file {@code vocab.bpe}, or packed {@code vocab.bpe.gz}, or GPT-2's {@code merges.txt}
     * @throws InputException naming the file, if it is missing or damaged
     */
    public static ByteTokenizer load(Path file) {
        String[] lines = Vocabulary.text(file, KIND).split("\r?\n");
        if (!lines[0].startsWith("#version")) {
            throw Vocabulary.corrupt(file, KIND, "its first line is not '#version: 0.2'");
        }
        Map<String, Integer> ids = new HashMap<>();
        ByteSymbols.ALL.forEach(symbol -> ids.put(symbol, ids.size()));
        Map<String, Integer> ranks = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            String[] pair = lines[i].split(" ", -1);
            if (pair.length != 2 || !ids.containsKey(pair[0]) || !ids.containsKey(pair[1])) {
                throw Vocabulary.corrupt(file, KIND, "line " + (i + 1) + " does not merge two known symbols");
            }
            if (ids.put(pair[0] + pair[1], ids.size()) != null) {
                throw Vocabulary.corrupt(file, KIND, "line " + (i + 1) + " makes a symbol that is there already");
            }
            ranks.put(lines[i], i - 1);
        }
        return new ByteTokenizer(Collections.unmodifiableMap(ids), ranks);
    }

    /** Number of ids: 256 bytes + merges + 1; 50,257 as published. */
    public int vocabularySize() {
        return ids.size() + 1;
    }

    /** The id that fills rows up, the last one. */
    public int endToken() {
        return ids.size();
    }

    /** The ids of a text; none for an empty text. */
    public int[] encode(String text) {
        List<int[]> pieces = new ArrayList<>();
        Matcher matcher = PIECES.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            pieces.add(idsOf(matcher.group()));
        }
        return pieces.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** The ids of a text as a row: cut at {@code length}, or filled up with the end token. */
    public Row row(String text, int length) {
        int[] found = encode(text);
        long[] row = new long[length];
        Arrays.fill(row, endToken());
        int tokens = Math.min(length, found.length);
        for (int i = 0; i < tokens; i++) {
            row[i] = found[i];
        }
        return new Row(row, tokens, found.length > length);
    }

    private int[] idsOf(String piece) {
        int[] known = cache.get(piece);
        if (known == null) {
            List<String> symbols = ByteSymbols.of(piece).chars().mapToObj(c -> String.valueOf((char) c)).toList();
            known = Tokenizer.merge(symbols, ranks).stream().mapToInt(ids::get).toArray();
            if (cache.size() >= MAX_CACHED) {
                cache.clear();
            }
            cache.put(piece, known);
        }
        return known;
    }
}
