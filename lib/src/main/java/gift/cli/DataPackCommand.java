package gift.cli;

import gift.data.packed.PackKind;
import gift.io.InputException;
import gift.sources.ImagePacks;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Packs the images of data sets: decoded once, read many times. */
@Command(name = "pack", description = "Decode the images of data sets once, into files that gift run reads with --cache."
        + " Training images are kept whole, test images as the squares that evaluation makes of them, both equal to"
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
            description = "shrink training images to this shorter side; takes less room, and is not equal any more:"
                    + " the difference is measured and said, and the limit becomes part of a run's settings")
    private int limit;

    @Option(names = "--pairs", description = "the training images alone, as squares: for a reference set")
    private boolean pairs;

    @Mixin
    private DataCommand.Options options;

    @Override
    public Integer call() {
        if (limit < 0 || limit > 0 && limit < resolution || resolution < 1) {
            throw new InputException("--limit " + limit + " must be at least the resolution, " + resolution);
        }
        Path folder = cache != null ? cache : options.root().resolve("packed");
        ImagePacks packs = new ImagePacks(options.root(), folder, names, options.lines());
        PackKind squares = PackKind.evaluation(resolution);
        if (pairs) {
            packs.pairs(squares);
        } else {
            packs.splits(limit == 0 ? PackKind.WHOLE : PackKind.limited(limit), squares);
        }
        return 0;
    }
}
