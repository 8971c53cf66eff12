package gift.clip;

import gift.io.Hashes;
import gift.io.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's byte-pair tokenizer: text to ids and back.
 *
 * <p>Follows Radford et al., "Learning Transferable Visual Models From Natural Language Supervision" (2021), and its
 * published {@code simple_tokenizer.py}, in four steps: clean the text ({@link #clean}), split it into words, numerals
 * and punctuation, write each piece as symbols for its UTF-8 bytes, and merge neighbouring symbols in the order that
 * the vocabulary gives. Unlike the original it does not repair wrongly decoded text (ftfy).
 *
 * <p>A literal {@code <|endoftext|>} in a text is plain text here; no text can end a row early. Safe for use from
 * several threads.
 */
public final class Tokenizer {
    /** Python's {@code str.isspace}, as the inside of a character class. */
    private static final String SPACE =
            "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
    private static final Pattern SPACES = Pattern.compile("[" + SPACE + "]+");
    /** English contractions, then runs of letters, single numerals, runs of anything else. */
    private static final Pattern PIECES = Pattern.compile(
            "(?iu:'s|'t|'re|'ve|'m|'ll|'d)|\\p{L}+|\\p{N}|[^" + SPACE + "\\p{L}\\p{N}]+");

    private static final int MAX_CACHED = 50_000; // pieces
    private static final int MAX_CACHED_LENGTH = 64; // characters of one piece

    private final Vocabulary vocabulary;
    private final Map<String, int[]> cache = new ConcurrentHashMap<>();

    private Tokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Loads a vocabulary in either published form, of CLIP's size or smaller.
     *
     * @param path {@code bpe_simple_vocab_16e6.txt.gz} (or unpacked, or any other file of merges), or {@code vocab.json}
     *     with {@code merges.txt} beside it, or {@code tokenizer.json}, or a folder that holds one of these
     * @throws InputException naming the file, if it is missing or damaged
     */
    public static Tokenizer load(Path path) {
        return new Tokenizer(Vocabulary.load(path));
    }

    /** Whether a folder holds a vocabulary that {@link #load} reads. */
    public static boolean isIn(Path folder) {
        return Vocabulary.in(folder) != null;
    }

    /**
     * Writes the vocabulary in Hugging Face's form: {@code vocab.json}, {@code merges.txt} and
     * {@code tokenizer_config.json}.
     *
     * @param contextLength longest text in tokens, start and end included
     */
    public void save(Path folder, int contextLength) {
        vocabulary.save(folder, contextLength);
    }

    /** Number of ids; for OpenAI's form 512 bytes + merges + 2. */
    public int vocabularySize() {
        return vocabulary.tokens().size();
    }

    /** The SHA-256 of all symbols in the order of their ids, which is the same for both published forms. */
    public String sha256() {
        return Hashes.sha256(String.join("\n", vocabulary.tokens()).getBytes(StandardCharsets.UTF_8));
    }

    /** The id that begins a row (49406 in CLIP's vocabulary). */
    public int startToken() {
        return vocabulary.start();
    }

    /** The id that ends a text (49407 in CLIP's vocabulary); CLIP reads its text feature there. */
    public int endToken() {
        return vocabulary.end();
    }

    /** The ids of a text, without start and end; none for an empty text. */
    public int[] encode(String text) {
        return pieces(text).stream().map(this::idsOf).flatMapToInt(Arrays::stream).toArray();
    }

    /** The words, numerals and runs of punctuation of a text, cleaned. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECES.matcher(clean(text));
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    /**
     * The cleaned text that ids stand for, with a space after each word. Bytes that are no UTF-8 (a row may have been
     * cut inside a character) become U+FFFD.
     *
     * @throws InputException if an id is not in the vocabulary
     */
    public String decode(int[] ids) {
        StringBuilder symbols = new StringBuilder();
        for (int id : ids) {
            if (id < 0 || id >= vocabularySize()) {
                throw new InputException("token id " + id + " is not in the vocabulary of 0.." + (vocabularySize() - 1));
            }
            symbols.append(vocabulary.tokens().get(id));
        }
        return ByteSymbols.toText(symbols.toString()).replace(Vocabulary.WORD_END, " ");
    }

    /**
     * The input row of CLIP's text tower: start, ids, end, zeros.
     *
     * @param contextLength length of the row, 77 for CLIP
     * @param truncate whether a longer text is cut (its last id is then the end token); otherwise it is refused
     * @return (contextLength)
     * @throws InputException if the text is too long and may not be cut
     */
    public long[] row(String text, int contextLength, boolean truncate) {
        return row(text, contextLength, truncate, 0);
    }

    /** As {@link #row(String, int, boolean)}, padded with an id of choice: Stable Diffusion pads with {@link #endToken}. */
    public long[] row(String text, int contextLength, boolean truncate, int padding) {
        if (contextLength < 2) {
            throw new IllegalArgumentException("a row of " + contextLength + " has no room for start and end");
        }
        int[] ids = encode(text);
        int kept = Math.min(ids.length, contextLength - 2);
        if (kept < ids.length && !truncate) {
            throw new InputException("text of " + ids.length + " tokens is too long for " + contextLength
                    + " (start and end included): shorten it, or allow truncation: \"" + beginning(text) + "\"");
        }
        long[] row = new long[contextLength];
        Arrays.fill(row, padding);
        row[0] = startToken();
        for (int i = 0; i < kept; i++) {
            row[i + 1] = ids[i];
        }
        row[kept + 1] = endToken();
        return row;
    }

    /** The rows of several texts, (texts, contextLength). */
    public long[][] rows(List<String> texts, int contextLength, boolean truncate) {
        return texts.stream().map(text -> row(text, contextLength, truncate)).toArray(long[][]::new);
    }

    /**
     * The text as the tokenizer sees it: HTML references resolved twice (all of HTML5, numeric ones too, as Python's
     * {@code html.unescape}), outer white space removed, runs of white space made one space, lower case.
     */
    static String clean(String text) {
        String resolved = HtmlText.unescape(HtmlText.unescape(text));
        String spaced = SPACES.matcher(resolved).replaceAll(" ");
        int from = spaced.startsWith(" ") ? 1 : 0;
        int to = spaced.length() > from && spaced.endsWith(" ") ? spaced.length() - 1 : spaced.length();
        return spaced.substring(from, to).toLowerCase(Locale.ROOT);
    }

    private int[] idsOf(String piece) {
        int[] known = cache.get(piece);
        if (known != null) {
            return known;
        }
        int[] ids = merge(piece).stream().mapToInt(vocabulary.ids()::get).toArray();
        if (piece.length() <= MAX_CACHED_LENGTH) {
            if (cache.size() >= MAX_CACHED) {
                cache.clear(); // rare, and cheaper than keeping count of what was used last
            }
            cache.put(piece, ids);
        }
        return ids;
    }

    /**
     * Byte-pair merging: starts with single bytes, the last one marked as the end of the word, and while any two
     * neighbours are in the list of merges, joins the pair that comes first in the list, wherever it occurs.
     */
    private List<String> merge(String piece) {
        return merge(symbols(piece), vocabulary.ranks());
    }

    /** Byte-pair merging of symbols by the ranks of pairs "left right". */
    static List<String> merge(List<String> symbols, Map<String, Integer> ranks) {
        for (String pair = firstPair(symbols, ranks); pair != null; pair = firstPair(symbols, ranks)) {
            symbols = join(symbols, pair);
        }
        return symbols;
    }

    /** One symbol for each byte of a piece, the last one marked as the end of the word. */
    static List<String> symbols(String piece) {
        List<String> symbols = new ArrayList<>();
        ByteSymbols.of(piece).chars().forEach(c -> symbols.add(String.valueOf((char) c)));
        symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + Vocabulary.WORD_END);
        return symbols;
    }

    /** The symbols with every pair of neighbours "left right" made one. */
    static List<String> join(List<String> symbols, String pair) {
        List<String> joined = new ArrayList<>(symbols.size());
        for (int i = 0; i < symbols.size(); i++) {
            if (i + 1 < symbols.size() && pair.equals(symbols.get(i) + " " + symbols.get(i + 1))) {
                joined.add(symbols.get(i) + symbols.get(++i));
            } else {
                joined.add(symbols.get(i));
            }
        }
        return joined;
    }

    /** The pair of neighbours "left right" that merges first; null if none does. */
    private static String firstPair(List<String> symbols, Map<String, Integer> ranks) {
        String best = null;
        int bestRank = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < symbols.size(); i++) {
            String pair = symbols.get(i) + " " + symbols.get(i + 1);
            Integer rank = ranks.get(pair);
            if (rank != null && rank < bestRank) {
                best = pair;
                bestRank = rank;
            }
        }
        return best;
    }

    private static String beginning(String text) {
        String line = SPACES.matcher(text).replaceAll(" ").strip();
        int points = line.codePointCount(0, line.length());
        return points <= 60 ? line : line.substring(0, line.offsetByCodePoints(0, 60)) + "...";
    }
}
