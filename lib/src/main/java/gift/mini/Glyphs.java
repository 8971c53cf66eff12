package gift.mini;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Letters and digits as strokes of a pen, and digits as the bars of a display. */
final class Glyphs {
    static final List<String> DIGITS =
            List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    /** For 0-9 and A-Z: strokes, parted by /, of points "xy" on a grid of 0..8 by 0..8. */
    private static final String[] STROKES = {
        "401104174877847140/6226",
        "125058",
        "02206082640888",
        "014071734475874807",
        "68600686",
        "8010045385774807",
        "702205275886643405",
        "008038",
        "44121140717244061748778644",
        "835423023061836628",
        "084088/2565",
        "000868866404/64826000",
        "81501104175887",
        "00085886825000",
        "80000888/0464",
        "800008/0464",
        "815011041758878444",
        "0008/8088/0484",
        "4048/1070/1878",
        "208086582806",
        "0008/800488",
        "000888",
        "0800448088",
        "08008880",
        "401104174877847140",
        "080060826404",
        "401104174877847140/5688",
        "080060826404/4488",
        "815011024486774807",
        "0080/4048",
        "000628688680",
        "004880",
        "0028446880",
        "0088/8008",
        "004480/4448",
        "00800888"
    };

    /** The bars of a seven-segment display that are lit for each digit; a is at the top, then clockwise, g across. */
    private static final String[] LIT =
            {"abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg"};

    private static final Map<Character, double[]> BARS = Map.of(
            'a', new double[] {-0.4, -0.8, 0.4, -0.8}, 'b', new double[] {0.45, -0.75, 0.45, -0.05},
            'c', new double[] {0.45, 0.05, 0.45, 0.75}, 'd', new double[] {-0.4, 0.8, 0.4, 0.8},
            'e', new double[] {-0.45, 0.05, -0.45, 0.75}, 'f', new double[] {-0.45, -0.75, -0.45, -0.05},
            'g', new double[] {-0.4, 0, 0.4, 0});

    private Glyphs() {}

    /** A digit or a capital letter, drawn with a pen 2 w wide. */
    static Shape of(char glyph, double w) {
        int number = glyph <= '9' ? glyph - '0' : glyph - 'A' + 10;
        List<Shape> strokes = new ArrayList<>();
        for (String stroke : STROKES[number].split("/")) {
            double[] points = new double[stroke.length()];
            for (int i = 0; i < points.length; i++) {
                int cell = stroke.charAt(i) - '0';
                points[i] = i % 2 == 0 ? (cell - 4) * 0.13 : (cell - 4) * 0.2;
            }
            strokes.add(Shape.line(w, points));
        }
        return Shape.union(strokes.toArray(Shape[]::new));
    }

    /** Whether the bar a .. g of a display is lit for a digit. */
    static boolean lit(int digit, char bar) {
        return LIT[digit].indexOf(bar) >= 0;
    }

    /** A bar a .. g of a display. */
    static Shape bar(char bar, double w) {
        return Shape.line(w, BARS.get(bar));
    }
}
