package gift.clip;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The visible characters that stand for the 256 bytes in a byte-pair vocabulary.
 *
 * <p>A byte that is a visible character of Latin-1 stands for itself; the 68 others (controls, spaces, soft hyphen)
 * take the characters from 256 on. So a vocabulary is plain text without spaces, and every UTF-8 text has symbols.
 */
final class ByteSymbols {
    /** In the order of their ids: first the 188 visible ones, then the others. */
    static final List<String> ALL;

    private static final char[] OF_BYTE = new char[256];
    private static final int[] TO_BYTE = new int[256 + 68];

    static {
        List<Integer> order = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            (visible ? order : others).add(b);
            OF_BYTE[b] = (char) (visible ? b : 256 + others.size() - 1);
            TO_BYTE[OF_BYTE[b]] = b;
        }
        order.addAll(others);
        ALL = order.stream().map(b -> String.valueOf(OF_BYTE[b])).toList();
    }

    private ByteSymbols() {}

    /** One character for each byte of the text's UTF-8. */
    static String of(String text) {
        StringBuilder symbols = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            symbols.append(OF_BYTE[b & 0xff]);
        }
        return symbols.toString();
    }

    /** The text of symbols; bytes that are no UTF-8 become U+FFFD. */
    static String toText(String symbols) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        symbols.chars().forEach(c -> bytes.write(TO_BYTE[c]));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
