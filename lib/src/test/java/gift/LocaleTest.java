package gift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing that the library writes depends on the locale of the machine. Reads the sources. */
class LocaleTest {
    private static final Path ROOT = Path.of("src/main/java/gift");
    /** Calls that take digits, letters or an encoding from the machine unless they are told which. */
    private static final Pattern DEPENDS = Pattern.compile("String\\.format\\((?!\\s*Locale\\.)|\\.formatted\\("
            + "|\\bprintf\\((?!\\s*Locale\\.)|to(?:Upper|Lower)Case\\(\\)|new Formatter\\(|new Scanner\\("
            + "|new DecimalFormat\\([^,()]*\\)|NumberFormat\\.get\\w*\\(\\)|DateTimeFormatter\\.ofPattern\\([^,()]*\\)"
            + "|new SimpleDateFormat\\(|\\.getBytes\\(\\)|new File(?:Reader|Writer)\\(|new InputStreamReader\\([^,]*\\)\\)"
            + "|Locale\\.getDefault|Collator\\.getInstance\\(\\)");

    private static List<String> found(String source) {
        List<String> found = new ArrayList<>();
        Matcher call = DEPENDS.matcher(source);
        while (call.find()) {
            found.add(call.group() + " in line " + (source.substring(0, call.start()).lines().count() + 1));
        }
        return found;
    }

    @Test
    void noCallTakesDigitsLettersOrEncodingFromTheMachine() throws IOException {
        List<String> wrong = new ArrayList<>();
        try (Stream<Path> all = Files.walk(ROOT)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                found(Files.readString(file)).forEach(call -> wrong.add(file + ": " + call));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void suchCallsAreFound() {
        assertThat(found("x = String.format(\"%d\", 1)")).hasSize(1);
        assertThat(found("\"%d\".formatted(1)")).hasSize(1);
        assertThat(found("out.printf(\"%d\", 1)")).hasSize(1);
        assertThat(found("name.toLowerCase() + name.toUpperCase()")).hasSize(2);
        assertThat(found("new DecimalFormat(\"0.0\")")).hasSize(1);
        assertThat(found("text.getBytes()")).hasSize(1);
        assertThat(found("String.format(Locale.ROOT, \"%d\", 1) + out.printf(Locale.ROOT, \"%d\", 1)"
                + " + name.toLowerCase(Locale.ROOT) + new DecimalFormat(\"0\", symbols) + text.getBytes(UTF_8)")).isEmpty();
    }
}
