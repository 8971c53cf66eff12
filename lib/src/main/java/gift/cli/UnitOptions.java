package gift.cli;

import gift.job.JobRun;
import gift.units.UnitFile;
import gift.units.Units;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A file whose work is cut into units, and what is said besides it: the same for every command about units. */
final class UnitOptions {
    @Parameters(paramLabel = "FILE", description = "a study, a job (as of gift study), a tuning, or a plan of gift generate")
    private Path file;

    @Mixin
    private FolderOptions folders;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of all data, instead of the file's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the file's")
    private String device;

    Path file() {
        return Installation.find(file);
    }

    Units units() {
        return UnitFile.open(file(), new UnitFile.Options(folders.size, folders.folders(), new JobRun.Place(data, device)));
    }

    /** The same options for a process elsewhere, their paths absolute. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(folders.arguments());
        if (data != null) {
            arguments.addAll(List.of("--data", FolderOptions.whole(data)));
        }
        if (device != null) {
            arguments.addAll(List.of("--device", device));
        }
        return arguments;
    }
}
