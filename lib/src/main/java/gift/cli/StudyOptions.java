package gift.cli;

import gift.io.Overrides;
import gift.study.StudyFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A study: its file, and what is said besides it. */
final class StudyOptions {
    @Parameters(index = "0", paramLabel = "STUDY.json",
            description = "settings (see data/README.md), or a configuration file of the published code, JSON or YAML")
    Path file;

    @Parameters(index = "1..*", paramLabel = "KEY=VALUE", description = "settings in place of the file's, as --set; of a file in"
            + " YAML also +KEY=VALUE, ++KEY=VALUE and ~KEY, as hydra has them")
    private List<String> overrides = List.of();

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the study's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--cache", paramLabel = "DIR",
            description = "folder of packed images (gift data pack) and features, instead of the study's")
    private Path cache;

    @Option(names = "--model", paramLabel = "PATH", description = "weights or a pretraining recipe, instead of the study's")
    private Path model;

    @Option(names = "--reference", paramLabel = "DIR",
            description = "set of reference pairs, or of <task>_Syn folders, instead of the study's")
    private Path reference;

    @Option(names = "--device", description = "auto, cpu, gpu0, ..., instead of the study's")
    private String device;

    @Option(names = "--method", paramLabel = "NAME", description = "only this method; may be repeated")
    private List<String> methods = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "only this seed; may be repeated")
    private List<Long> seeds = List.of();

    @Mixin
    private SetOption set;

    /** What is said besides the file. */
    StudyFile.Options get() {
        List<String> all = Stream.concat(set.get().settings().stream(), overrides.stream()).toList();
        return new StudyFile.Options(data, cache, model, reference, device, methods, seeds, new Overrides(all));
    }
}
