package gift.cli;

import gift.io.InputException;
import gift.study.StepBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Micro-benchmarks. */
@Command(name = "bench", description = "Time parts of the library.", subcommands = BenchCommand.Step.class)
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new InputException("say what to time: gift bench step");
    }

    /** Times one GIFT step with every shortcut off and on. */
    @Command(name = "step", description = "Time one GIFT step with every shortcut off and on, in one process.")
    static final class Step implements Callable<Integer> {
        @Option(names = "--model", defaultValue = "ViT-B/16",
                description = "ViT-B/16, ViT-B/32 or ViT-L/14, with random weights (default ${DEFAULT-VALUE})")
        private String model;

        @Option(names = "--batch", defaultValue = "4",
                description = "pictures of the task, and as many reference pairs (default ${DEFAULT-VALUE})")
        private int batch;

        @Option(names = "--classes", defaultValue = "100", description = "class prompts (default ${DEFAULT-VALUE})")
        private int classes;

        @Option(names = "--steps", defaultValue = "3", description = "timed steps of each kind (default ${DEFAULT-VALUE})")
        private int steps;

        @Option(names = "--device", defaultValue = "auto", description = "auto, cpu, gpu0, ... (default ${DEFAULT-VALUE})")
        private String device;

        @Override
        public Integer call() {
            new StepBench(model, batch, classes, steps, device).run(System.out::println);
            return 0;
        }
    }
}
