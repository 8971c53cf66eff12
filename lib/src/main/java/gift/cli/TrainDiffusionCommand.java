package gift.cli;

import gift.pretrain.DiffusionTraining;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Train a small Stable Diffusion from picture-caption pairs, an autoencoder and a CLIP. */
@Command(name = "train-diffusion", description = "Train a small Stable Diffusion from picture-caption pairs, an autoencoder and a CLIP;"
        + " goes on where it was stopped.")
final class TrainDiffusionCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Option(names = "--snapshot", paramLabel = "DIR",
            description = "train nothing; write what the last checkpoint of an unfinished training holds")
    private Path snapshot;

    @Override
    public Integer call() {
        DiffusionTraining training = new DiffusionTraining(options.recipe, options.data, options.set.get());
        if (snapshot != null) {
            System.out.println("the model of update " + training.snapshot(snapshot) + " is in " + snapshot);
            return 0;
        }
        training.run(options.restart);
        System.out.println("Stable Diffusion in " + training.output());
        return 0;
    }
}
