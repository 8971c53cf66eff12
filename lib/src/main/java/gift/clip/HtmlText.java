package gift.clip;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves HTML character references, as Python's {@code html.unescape} does: all 2,231 names of HTML5 (the older ones
 * also without their semicolon, by the longest name that fits), and numeric references with HTML5's corrections.
 */
final class HtmlText {
    // "&" followed by a decimal number, a hexadecimal number, or at most 32 characters that could be a name
    private static final Pattern REFERENCE =
            Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");

    /** HTML5 reads the numbers 0x80..0x9f as windows-1252 does; its five unused places stay control characters. */
    private static final String WINDOWS_1252 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039"
            + "\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
            + "\u009d\u017e\u0178";

    private static final Map<String, String> NAMES = names();

    private HtmlText() {}

    /** {@code text} with its references replaced once: {@code &amp;lt;} becomes {@code &lt;}. */
    static String unescape(String text) {
        return text.indexOf('&') < 0
                ? text
                : REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(resolve(match)));
    }

    private static String resolve(MatchResult match) {
        String reference = match.group(1);
        return reference.charAt(0) == '#' ? numeric(reference) : named(reference);
    }

    private static String numeric(String reference) {
        String digits = reference.endsWith(";") ? reference.substring(1, reference.length() - 1) : reference.substring(1);
        boolean hexadecimal = digits.charAt(0) == 'x' || digits.charAt(0) == 'X';
        BigInteger number = hexadecimal ? new BigInteger(digits.substring(1), 16) : new BigInteger(digits);
        if (number.bitLength() > 21 || number.intValue() > Character.MAX_CODE_POINT) {
            return "\ufffd";
        }
        int c = number.intValue();
        if (c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            return "\ufffd";
        }
        if (c >= 0x80 && c <= 0x9f) {
            return WINDOWS_1252.substring(c - 0x80, c - 0x7f);
        }
        boolean control = c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r' || c == 0x7f;
        boolean nonCharacter = c >= 0xfdd0 && c <= 0xfdef || (c & 0xfffe) == 0xfffe;
        return control || nonCharacter ? "" : Character.toString(c);
    }

    private static String named(String reference) {
        String whole = NAMES.get(reference);
        if (whole != null) {
            return whole;
        }
        for (int length = reference.length() - 1; length > 1; length--) {
            String replacement = NAMES.get(reference.substring(0, length));
            if (replacement != null) {
                return replacement + reference.substring(length);
            }
        }
        return "&" + reference;
    }

    private static Map<String, String> names() {
        try (InputStream in = HtmlText.class.getResourceAsStream("html5-entities.txt")) {
            Map<String, String> names = new HashMap<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("#")) {
                    String[] parts = line.split(" ");
                    StringBuilder characters = new StringBuilder();
                    Arrays.stream(parts).skip(1).forEach(p -> characters.appendCodePoint(Integer.parseInt(p, 16)));
                    names.put(parts[0], characters.toString());
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
