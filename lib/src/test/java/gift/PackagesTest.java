package gift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages of the library: their order, their size, and that each says what it is. Reads the sources. */
class PackagesTest {
    /** From the ground up: a package uses only those before it. */
    private static final List<String> ORDER = List.of(
            "io", "io.published", "io.download", "image", "image.augment", "tensor.plain", "tensor.machine", "tensor", "nn", "train",
            "sentences", "clip",
            "diffusion.schedulers", "diffusion", "diffusion.glide",
            "data", "data.packed", "data.readers", "data.catalog", "data.sample", "mini", "sources",
            "eval", "continual", "incremental", "pretrain", "generate", "recognition", "imagine", "transfer",
            "results", "results.tables", "results.figures", "study",
            "doctor", "dry", "job", "units", "parity", "bench", "notebook", "cli");

    private static final int LINES_OF_A_FILE = 350;
    private static final int LINES_OF_A_PACKAGE = 4_000;
    private static final Map<String, Integer> SMALLER = Map.of("study", 3_000);

    private static final Path ROOT = Path.of("src/main/java/gift");
    private static final Pattern NOT_CODE = Pattern.compile(
            "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])'|/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
    /** A package of ours in an import or written out in the code, and the first letter of what is taken from it. */
    private static final Pattern USE = Pattern.compile("\\bgift\\.((?:[a-z]\\w*\\.)+)[A-Z*]");

    /** What is wrong with the uses of other packages in a source file of package {@code here}. */
    private static List<String> wrongUses(String here, String source) {
        List<String> wrong = new ArrayList<>();
        Matcher use = USE.matcher(NOT_CODE.matcher(source).replaceAll(" "));
        while (use.find()) {
            String there = use.group(1).substring(0, use.group(1).length() - 1);
            if (!ORDER.contains(there)) {
                wrong.add(here + " uses " + there + ", which is not in the list");
            } else if (ORDER.indexOf(there) > ORDER.indexOf(here)) {
                wrong.add(here + " uses " + there + ", which is above it");
            }
        }
        return wrong;
    }

    /** Source files by package. */
    private static Map<String, List<Path>> files() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.toString().endsWith(".java")).sorted().collect(Collectors.groupingBy(
                    file -> ROOT.relativize(file.getParent()).toString().replace('/', '.').replace('\\', '.'),
                    TreeMap::new, Collectors.toList()));
        }
    }

    private static int lines(Path file) throws IOException {
        return Files.readAllLines(file).size();
    }

    @Test
    void everyPackageIsInTheListAndSaysWhatItIs() throws IOException {
        assertThat(files().keySet()).containsExactlyInAnyOrderElementsOf(ORDER);
        for (String name : ORDER) {
            Path info = ROOT.resolve(name.replace('.', '/')).resolve("package-info.java");
            assertThat(info).isRegularFile().content().startsWith("/**").contains("Start with").contains("Uses ");
        }
    }

    @Test
    void noPackageUsesOneAboveIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, List<Path>> entry : files().entrySet()) {
            for (Path file : entry.getValue()) {
                wrongUses(entry.getKey(), Files.readString(file)).forEach(w -> wrong.add(file.getFileName() + ": " + w));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void nothingIsTooLong() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, List<Path>> entry : files().entrySet()) {
            int sum = 0;
            for (Path file : entry.getValue()) {
                int lines = lines(file);
                sum += lines;
                if (lines > LINES_OF_A_FILE) {
                    wrong.add(file + " has " + lines + " lines");
                }
            }
            if (sum > SMALLER.getOrDefault(entry.getKey(), LINES_OF_A_PACKAGE)) {
                wrong.add("package " + entry.getKey() + " has " + sum + " lines");
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void wrongUsesAreFound() {
        assertThat(wrongUses("clip", "import gift.study.Study;")).containsExactly("clip uses study, which is above it");
        assertThat(wrongUses("clip", "import static gift.sources.Sources.of;"))
                .containsExactly("clip uses sources, which is above it");
        assertThat(wrongUses("clip", "import gift.data.*;")).containsExactly("clip uses data, which is above it");
        assertThat(wrongUses("clip", "int i = gift.cli.Gift.run();")).containsExactly("clip uses cli, which is above it");
        assertThat(wrongUses("clip", "import gift.util.Things;")).containsExactly("clip uses util, which is not in the list");
        assertThat(wrongUses("clip", "import gift.nn.Linear; // as gift.study.Study\n\"gift.cli.Gift\" '\"'")).isEmpty();
    }
}
