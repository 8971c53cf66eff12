package gift.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every training from a recipe is told. */
final class RecipeOptions {
    @Parameters(paramLabel = "RECIPE.json", description = "settings; see data/README.md")
    Path recipe;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
            description = "folder of the data sets, instead of the recipe's (or by GIFT_DATA)")
    Path data;

    @Mixin
    SetOption set;

    @Option(names = "--restart", description = "forget a checkpoint or a finished model")
    boolean restart;
}
