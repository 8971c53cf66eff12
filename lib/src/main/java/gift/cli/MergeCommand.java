package gift.cli;

import gift.clip.ClipMean;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Averages weights. */
@Command(name = "merge", description = "Write the mean of several CLIPs' weights (federated mean, WiSE-FT).")
final class MergeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "WEIGHTS", arity = "1..*", description = "weights of models of one size, or their folders")
    private List<Path> files;

    @Option(names = "--weights", paramLabel = "W,W,...", split = ",", description = "one each; equal if left out")
    private List<Double> weights = List.of();

    @Option(names = "--out", required = true, paramLabel = "FILE.safetensors", description = "where the mean goes")
    private Path out;

    @Override
    public Integer call() {
        ClipMean.write(out, files, weights);
        return 0;
    }
}
