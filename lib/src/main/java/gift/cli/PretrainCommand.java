package gift.cli;

import gift.study.Pretraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a small CLIP from a recipe. */
@Command(name = "pretrain", description = "Train a small CLIP from picture-caption pairs; goes on where it was stopped.")
final class PretrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE.json", description = "settings; see data/README.md")
    private Path recipe;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the recipe's (or by GIFT_DATA)")
    private Path data;

    @Option(names = "--restart", description = "forget a checkpoint or a finished model")
    private boolean restart;

    @Override
    public Integer call() {
        Pretraining pretraining = new Pretraining(recipe, data);
        pretraining.run(restart);
        System.out.println("model in " + pretraining.output());
        return 0;
    }
}
