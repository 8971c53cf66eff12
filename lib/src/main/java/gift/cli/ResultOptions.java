package gift.cli;

import gift.results.ResultFolders;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a command that shows results is to show, and where it looks for them. */
final class ResultOptions {
    @Parameters(paramLabel = "NAME", arity = "0..1", description = "one of --list")
    String name;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "results/runs",
            description = "folder of all runs (default ${DEFAULT-VALUE})")
    private Path runs;

    @Option(names = "--published", paramLabel = "DIR", defaultValue = "results/published",
            description = "folder of the papers' numbers (default ${DEFAULT-VALUE})")
    private Path published;

    @Option(names = "--reference", paramLabel = "DIR", defaultValue = "results/mini/matrices",
            description = "folder of committed matrices (default ${DEFAULT-VALUE})")
    private Path reference;

    ResultFolders folders() {
        return new ResultFolders(runs, Installation.find(published), Installation.find(reference));
    }

    /** Prints names and what they are, aligned. */
    static void list(Map<String, String> descriptions, PrintWriter out) {
        int width = descriptions.keySet().stream().mapToInt(String::length).max().orElse(1);
        descriptions.forEach((name, what) -> out.printf(Locale.ROOT, "%-" + width + "s  %s%n", name, what));
        out.flush();
    }
}
