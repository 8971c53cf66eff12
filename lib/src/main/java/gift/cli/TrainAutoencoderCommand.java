package gift.cli;

import gift.io.Overrides;
import gift.pretrain.AutoencoderTraining;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Train a small autoencoder of latent diffusion from images. */
@Command(name = "train-autoencoder", description = "Train a small autoencoder of latent diffusion from images;"
        + " goes on where it was stopped.")
final class TrainAutoencoderCommand extends TrainingCommand {
    @Override
    Training training(Path recipe, Path data, Overrides set) {
        AutoencoderTraining training = new AutoencoderTraining(recipe, data, set);
        return new Training(training::run, training::snapshot, "autoencoder", training.output());
    }
}
