package gift.cli;

import gift.io.Overrides;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A training from a recipe, whose unfinished model can be looked at. */
abstract class TrainingCommand implements Callable<Integer> {
    @Mixin
    private RecipeOptions options;

    @Option(names = "--snapshot", paramLabel = "DIR",
            description = "train nothing; write what the last checkpoint of an unfinished training holds")
    private Path snapshot;

    /**
     * One training.
     *
     * @param run trains to the end; is told whether to forget what is there
     * @param snapshot writes the unfinished model to a folder and returns the updates made until then
     * @param what the finished model is called
     * @param output its folder
     */
    record Training(Consumer<Boolean> run, ToIntFunction<Path> snapshot, String what, Path output) {}

    /**
     * @param data folder of the data sets in place of the recipe's, or null
     * @param set settings that are changed
     */
    abstract Training training(Path recipe, Path data, Overrides set);

    @Override
    public final Integer call() {
        Training training = training(options.recipe, options.data, options.set.get());
        if (snapshot != null) {
            System.out.println("the model of update " + training.snapshot.applyAsInt(snapshot) + " is in " + snapshot);
            return 0;
        }
        training.run.accept(options.restart);
        System.out.println(training.what + " in " + training.output);
        return 0;
    }
}
