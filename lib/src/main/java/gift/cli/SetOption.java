package gift.cli;

import gift.io.Overrides;
import java.util.List;
import picocli.CommandLine.Option;

/** Single settings in place of those of a file; of every command that takes a settings file. */
final class SetOption {
    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting in place of the file's, checked like it; keys"
            + " within keys have dots (training.iterations=10), values are JSON or text; may be repeated")
    private List<String> settings = List.of();

    Overrides get() {
        return new Overrides(settings);
    }
}
