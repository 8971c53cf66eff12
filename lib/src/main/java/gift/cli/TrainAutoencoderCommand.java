package gift.cli;

import gift.pretrain.AutoencoderTraining;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Train a small autoencoder of latent diffusion from pictures. */
@Command(name = "train-autoencoder", description = "Train a small autoencoder of latent diffusion from pictures;"
        + " goes on where it was stopped.")
final class TrainAutoencoderCommand extends TrainingCommand {
    @Override
    Training training(Path recipe, Path data) {
        AutoencoderTraining training = new AutoencoderTraining(recipe, data);
        return new Training(training::run, training::snapshot, "autoencoder", training.output());
    }
}
