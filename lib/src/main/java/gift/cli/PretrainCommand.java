package gift.cli;

import gift.pretrain.Pretraining;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a small CLIP from a recipe. */
@Command(name = "pretrain", description = "Train a small CLIP from image-caption pairs; goes on where it was stopped.")
final class PretrainCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Override
    public Integer call() {
        Pretraining pretraining = new Pretraining(options.recipe, options.data, options.set.get());
        pretraining.run(options.restart);
        System.out.println("model in " + pretraining.output());
        return 0;
    }
}
