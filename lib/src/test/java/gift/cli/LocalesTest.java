package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Hashes;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The same run in every locale: digits, letters and file names do not depend on the machine's language. */
@DisabledOnOs(OS.WINDOWS)
class LocalesTest {
    private static final List<String> UTF8 = List.of("LC_ALL=C.UTF-8");

    @TempDir
    Path folder;

    /** Hashes of the files of a run by their names; times and processes stand in two of them. */
    private static Map<String, String> files(Path runs) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(runs)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = runs.relativize(file).toString();
                if (!name.endsWith("provenance.json") && !name.endsWith(".lock")) {
                    files.put(name, Hashes.sha256(file));
                }
            }
        }
        return files;
    }

    private String run(int code, List<String> environment, List<String> options, Object... arguments) throws Exception {
        Path log = folder.resolve("log.txt");
        Process process = Forked.startLogged(log, environment, options, arguments);
        assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(code);
        return Files.readString(log);
    }

    @Test
    void everyLocaleGivesTheSameFilesOfARun() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        study.write("study.json", Files.readString(study.file).replace("\"iterations\": 60", "\"iterations\": 6"));
        run(0, UTF8, List.of(), "pretrain", folder.resolve("clip.json"));
        study.write("study.json", Files.readString(study.file).replace("\"clip.json\"", "\"clip\""));
        Map<String, String> expected = null;
        for (String locale : List.of("en-US", "tr-TR", "ar-EG", "fa-IR", "th-TH", "de-DE", "C")) {
            Path runs = folder.resolve("runs_" + locale);
            String[] parts = locale.split("-");
            List<String> options = parts.length < 2 ? List.of()
                    : List.of("-Duser.language=" + parts[0], "-Duser.country=" + parts[1]);
            run(0, parts.length < 2 ? List.of("LC_ALL=C", "LANG=C") : UTF8, options, "run", study.file, "--results", runs);
            expected = expected == null ? files(runs) : expected;
            assertThat(files(runs)).as(locale).isNotEmpty().isEqualTo(expected);
        }
    }

    @Test
    void namesThatAJavaCannotSpellAreRefusedAndNeverMerged() throws Exception {
        SmallStudy study = new SmallStudy(folder);
        for (String split : List.of("train", "test")) {
            Files.move(folder.resolve("first/" + split + "/red"), folder.resolve("first/" + split + "/b\u00f6"));
            Files.move(folder.resolve("first/" + split + "/green"), folder.resolve("first/" + split + "/b\u00e4"));
        }
        for (String command : List.of("run", "doctor")) {
            String said = run(command.equals("run") ? 2 : 1, List.of("LC_ALL=C", "LANG=C"), List.of(), command, study.file,
                    "--results", study.results);
            assertThat(said).contains("spells file names in", "not in UTF-8", "LC_ALL=C.UTF-8").doesNotContain("Exception");
        }
        assertThat(study.results).doesNotExist();
    }

    @Test
    void theScriptsChooseALocaleWithUtf8() throws Exception {
        Path common = Path.of("../environment/common.sh").toAbsolutePath();
        for (String locale : List.of("C", "POSIX", "")) {
            ProcessBuilder shell = new ProcessBuilder("bash", "-euc", ". '" + common + "'; locale charmap");
            shell.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
            shell.environment().put("LC_ALL", locale);
            Process process = shell.redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip())
                    .as(locale).isEqualTo("UTF-8");
            assertThat(process.waitFor()).isZero();
        }
    }
}
