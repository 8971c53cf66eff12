package gift.job;

import gift.generate.Generation;
import gift.generate.GenerationPart;
import gift.io.InputException;
import gift.train.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Makes the images of a plan by several processes, each with batches of its own. */
public final class GenerationJob {
    private final Generation generation;
    private final List<String> options;

    /** @param options of {@code gift generate} besides the plan, for every process */
    public GenerationJob(Generation generation, List<String> options) {
        this.generation = generation;
        this.options = options;
    }

    /**
     * Makes what is missing.
     *
     * @param mainClass of this program
     * @param wanted processes, at least 1
     * @param devices that they are shared out to; empty for that of the plan
     * @param line is told of a process that failed
     * @throws InputException if plan, model, folder or a device is not valid
     */
    public void run(String mainClass, int wanted, List<String> devices, Consumer<String> line) {
        InputException.require(wanted >= 1, "--processes " + wanted + " must be at least 1");
        generation.prepare();
        int total = generation.total();
        try (Processes processes = new Processes(mainClass, generation.output().resolveSibling(".logs"));
                Progress progress = new Progress("generating", total, total - generation.left())) {
            if (generation.left() > 0) {
                draw(processes, Math.min(wanted, generation.batches()), devices, progress, text -> {
                    progress.clear();
                    line.accept(text);
                });
            }
        }
        generation.finish(); // where the last two ended at the same time
    }

    private void draw(Processes processes, int parts, List<String> devices, Progress progress, Consumer<String> line) {
        List<Processes.One> all = new ArrayList<>();
        for (int k = 1; k <= parts; k++) {
            List<String> arguments = new ArrayList<>(List.of("generate", generation.plan().toString(), "--part",
                    new GenerationPart(k, parts).toString()));
            arguments.addAll(options);
            all.add(processes.start("generate", arguments, Processes.freeDevice(devices, all)));
        }
        Occasional left = new Occasional(generation::left);
        while (all.stream().anyMatch(Processes.One::isAlive)) {
            Processes.pause();
            progress.at(generation.total() - left.get(),
                    generation.output().getFileName() + ": " + left.get() + " images to make");
        }
        for (Processes.One part : all) {
            if (part.code() == Processes.BAD_INPUT) {
                throw new InputException(part.lastLine().replaceFirst("^gift: ", ""));
            }
            if (part.code() != 0) { // what it left is made by whoever needs it, or by the same command again
                line.accept("a process that generates images ended with code " + part.code() + ": " + part.lastLine() + " ("
                        + part.log() + ")");
            }
        }
    }
}
