package gift.cli;

import gift.job.JobFolders;
import gift.job.JobRun;
import gift.units.UnitFile;
import gift.units.Units;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A file whose work is cut into units, and what is said besides it: the same for every command about units. */
final class UnitOptions {
    @Parameters(paramLabel = "FILE", description = "a study, a job (as of gift study), a tuning, or a plan of gift generate")
    private Path file;

    @Option(names = "--size", defaultValue = "default", description = "of a job: one of its sizes (default ${DEFAULT-VALUE})")
    private String size;

    @Option(names = "--results", paramLabel = "DIR", defaultValue = "results",
            description = "folder of runs, tables, figures and report (default ${DEFAULT-VALUE})")
    private Path results;

    @Option(names = "--published", paramLabel = "DIR", defaultValue = "results/published",
            description = "folder of the papers' numbers (default ${DEFAULT-VALUE})")
    private Path published;

    @Option(names = "--reference", paramLabel = "DIR", defaultValue = "results/mini",
            description = "the committed reference (default ${DEFAULT-VALUE})")
    private Path reference;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of all data, instead of the file's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the file's")
    private String device;

    Path file() {
        return Installation.find(file);
    }

    Units units() {
        return UnitFile.open(file(), new UnitFile.Options(size,
                new JobFolders(results, Installation.find(published), Installation.find(reference)), new JobRun.Place(data, device)));
    }

    /** The same options for a process elsewhere, their paths absolute. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--size", size, "--results", whole(results), "--published",
                whole(Installation.find(published)), "--reference", whole(Installation.find(reference))));
        if (data != null) {
            arguments.addAll(List.of("--data", whole(data)));
        }
        if (device != null) {
            arguments.addAll(List.of("--device", device));
        }
        return arguments;
    }

    private static String whole(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
