package gift.cli;

import gift.study.DiffusionTraining;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Train a small Stable Diffusion from picture-caption pairs, an autoencoder and a CLIP. */
@Command(name = "train-diffusion", description = "Train a small Stable Diffusion from picture-caption pairs, an autoencoder and a CLIP;"
        + " goes on where it was stopped.")
final class TrainDiffusionCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Override
    public Integer call() {
        DiffusionTraining training = new DiffusionTraining(options.recipe, options.data);
        training.run(options.restart);
        System.out.println("Stable Diffusion in " + training.output());
        return 0;
    }
}
