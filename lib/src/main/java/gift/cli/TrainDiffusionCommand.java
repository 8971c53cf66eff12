package gift.cli;

import gift.io.Overrides;
import gift.pretrain.DiffusionTraining;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Train a small Stable Diffusion from image-caption pairs, an autoencoder and a CLIP. */
@Command(name = "train-diffusion", description = "Train a small Stable Diffusion from image-caption pairs, an autoencoder and a CLIP;"
        + " goes on where it was stopped.")
final class TrainDiffusionCommand extends TrainingCommand {
    @Override
    Training training(Path recipe, Path data, Overrides set) {
        DiffusionTraining training = new DiffusionTraining(recipe, data, set);
        return new Training(training::run, training::snapshot, "Stable Diffusion", training.output());
    }
}
