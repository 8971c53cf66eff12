package gift.cli;

import gift.pretrain.AutoencoderTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Train a small autoencoder of latent diffusion from pictures. */
@Command(name = "train-autoencoder", description = "Train a small autoencoder of latent diffusion from pictures;"
        + " goes on where it was stopped.")
final class TrainAutoencoderCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Option(names = "--snapshot", paramLabel = "DIR",
            description = "train nothing; write what the last checkpoint of an unfinished training holds")
    private Path snapshot;

    @Override
    public Integer call() {
        AutoencoderTraining training = new AutoencoderTraining(options.recipe, options.data, options.set.get());
        if (snapshot != null) {
            System.out.println("the model of update " + training.snapshot(snapshot) + " is in " + snapshot);
            return 0;
        }
        training.run(options.restart);
        System.out.println("autoencoder in " + training.output());
        return 0;
    }
}
