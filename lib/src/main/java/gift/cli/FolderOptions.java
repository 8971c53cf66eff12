package gift.cli;

import gift.job.JobFolders;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Of a job: its size, and the folders of what runs leave. */
final class FolderOptions {
    @Option(names = "--size", defaultValue = "default", description = "of a job: one of its sizes (default ${DEFAULT-VALUE})")
    String size;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results",
            description = "folder of runs, tables, figures and report (default ${DEFAULT-VALUE})")
    Path results;

    @Option(names = "--published", paramLabel = "DIR", defaultValue = "results/published",
            description = "folder of the papers' numbers (default ${DEFAULT-VALUE})")
    private Path published;

    @Option(names = "--reference", paramLabel = "DIR", defaultValue = "results/mini",
            description = "the committed reference (default ${DEFAULT-VALUE})")
    private Path reference;

    /** Those of a whole job whose results are all in one folder. */
    static FolderOptions in(Path results) {
        FolderOptions options = new FolderOptions();
        options.size = "default";
        options.results = results;
        options.published = results.resolve("published");
        options.reference = results.resolve("mini");
        return options;
    }

    /** The committed reference; that of the clone where the current folder has none. */
    Path reference() {
        return Installation.find(reference);
    }

    JobFolders folders() {
        return new JobFolders(results, Installation.find(published), reference());
    }

    /** The same options for another process, their paths absolute. */
    List<String> arguments() {
        return List.of("--size", size, "--results", whole(results), "--published", whole(Installation.find(published)),
                "--reference", whole(reference()));
    }

    static String whole(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
