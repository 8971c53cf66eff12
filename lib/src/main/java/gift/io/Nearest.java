package gift.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what somebody probably meant by a misspelt name. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits to {@code word}, upper and lower case alike; {@code ""} if there is none. */
    public static String to(String word, Collection<String> candidates) {
        String wanted = word.toLowerCase(Locale.ROOT);
        return candidates.stream()
                .min(Comparator.comparingInt(c -> edits(wanted, c.toLowerCase(Locale.ROOT))))
                .orElse("");
    }

    /** Levenshtein distance: the least number of insertions, deletions and replacements that turn a into b. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
