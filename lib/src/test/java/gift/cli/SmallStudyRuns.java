package gift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gift.io.Hashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command that runs a study's file, made so small by changes of its settings that it takes seconds.
 *
 * @param command such as recognition
 * @param file of the study
 * @param small changes for every run
 * @param folder of all results
 */
record SmallStudyRuns(String command, Path file, List<String> small, Path folder) {
    Terminal run(String results, List<String> options, String... changes) {
        List<Object> arguments = new ArrayList<>(List.of(command, file, "--results", folder.resolve(results)));
        arguments.addAll(options);
        Stream.concat(small.stream(), Stream.of(changes)).forEach(change -> arguments.addAll(List.of("--set", change)));
        return Terminal.run(arguments.toArray());
    }

    Terminal run(String results, String... changes) {
        return run(results, List.of(), changes);
    }

    /** Hashes of all files of a run, by their names. */
    Map<String, String> content(String results) throws IOException {
        Path root = folder.resolve(results);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toMap(
                    found -> root.relativize(found).toString(), Hashes::sha256, (a, b) -> a, TreeMap::new));
        }
    }

    /** A bad input: exit code 2 and one line with these parts. */
    static void assertRefused(Terminal terminal, String... parts) {
        assertThat(terminal.code()).isEqualTo(2);
        assertThat(terminal.err().strip().lines()).hasSize(1);
        assertThat(terminal.err()).contains(parts);
    }
}
