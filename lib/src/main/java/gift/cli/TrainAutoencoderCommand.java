package gift.cli;

import gift.study.AutoencoderTraining;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Train a small autoencoder of latent diffusion from pictures. */
@Command(name = "train-autoencoder", description = "Train a small autoencoder of latent diffusion from pictures;"
        + " goes on where it was stopped.")
final class TrainAutoencoderCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Override
    public Integer call() {
        AutoencoderTraining training = new AutoencoderTraining(options.recipe, options.data);
        training.run(options.restart);
        System.out.println("autoencoder in " + training.output());
        return 0;
    }
}
