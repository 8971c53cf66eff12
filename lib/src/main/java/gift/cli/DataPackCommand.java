package gift.cli;

import gift.data.packed.PackKind;
import gift.sources.PicturePacks;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Packs the pictures of data sets: decoded once, read many times. */
@Command(name = "pack", description = "Decode the pictures of data sets once, into files that gift run reads with --cache."
        + " Training pictures are kept whole, test pictures as the squares that evaluation makes of them, both equal to"
        + " the files bit for bit. What is packed already is compared with some of its files.")
final class DataPackCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "1..*", description = "data sets, own ones included")
    private List<String> names;

    @Option(names = "--cache", paramLabel = "DIR", description = "where to (default: the folder packed in that of the data)")
    private Path cache;

    @Option(names = "--resolution", paramLabel = "PIXELS", defaultValue = "224",
            description = "side of the evaluation squares, the model's resolution (default ${DEFAULT-VALUE})")
    private int resolution;

    @Option(names = "--limit", paramLabel = "PIXELS", defaultValue = "0",
            description = "shrink training pictures to this shorter side; takes less room, and is not equal any more:"
                    + " the difference is measured and said, and the limit becomes part of a run's settings")
    private int limit;

    @Option(names = "--pairs", description = "the training pictures alone, as squares: for a reference set")
    private boolean pairs;

    @Mixin
    private DataCommand.Options options;

    @Override
    public Integer call() {
        if (limit < 0 || limit > 0 && limit < resolution || resolution < 1) {
            throw new InputException("--limit " + limit + " must be at least the resolution, " + resolution);
        }
        Path folder = cache != null ? cache : options.root().resolve("packed");
        PicturePacks packs = new PicturePacks(options.root(), folder, names, options.lines());
        PackKind squares = PackKind.evaluation(resolution);
        if (pairs) {
            packs.pairs(squares);
        } else {
            packs.splits(limit == 0 ? PackKind.WHOLE : PackKind.limited(limit), squares);
        }
        return 0;
    }
}
