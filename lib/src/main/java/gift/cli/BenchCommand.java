package gift.cli;

import gift.bench.BenchReport;
import gift.bench.GenerateBench;
import gift.bench.InputBench;
import gift.bench.Repeats;
import gift.bench.StepBench;
import gift.bench.UNetBench;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Precision;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Micro-benchmarks. */
@Command(name = "bench", description = "Time parts of the library.", subcommands = {
    BenchCommand.Step.class, BenchCommand.UNet.class, BenchCommand.Generate.class, BenchCommand.Input.class})
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new InputException("say what to time: gift bench step, gift bench unet, gift bench generate, gift bench input");
    }

    private static Precision precision(String option, String name) {
        return Json.convert(option, Json.toTree(name), Precision.class);
    }

    /** What all benches take. */
    static final class Common {
        @Option(names = "--warmup", defaultValue = "1", description = "calls before, not counted (default ${DEFAULT-VALUE})")
        private int warmup;

        @Option(names = {"--repeats", "--steps", "--calls"}, defaultValue = "3",
                description = "calls of each kind that are timed (default ${DEFAULT-VALUE})")
        private int repeats;

        @Option(names = "--json", paramLabel = "FILE", description = "write what was measured there, too")
        private Path json;

        @Option(names = "--against", paramLabel = "FILE",
                description = "a file of --json, or of environment/peer: print the ratios to it")
        private Path against;

        Repeats repeats() {
            return new Repeats(warmup, repeats);
        }

        int end(BenchReport report) {
            if (json != null) {
                report.write(json);
            }
            if (against != null) {
                report.against(against).forEach(System.out::println);
            }
            return 0;
        }
    }

    /** Times one GIFT step with every shortcut off and on, or one with less memory. */
    @Command(name = "step", description = {"Time one GIFT step with every shortcut off and on, in one process.",
        "With one of --precision, --accumulation and --checkpointing: all on, and that."})
    static final class Step implements Callable<Integer> {
        @Option(names = "--model", defaultValue = "ViT-B/16",
                description = "ViT-B/16, ViT-B/32 or ViT-L/14, with random weights (default ${DEFAULT-VALUE})")
        private String model;

        @Option(names = "--batch", defaultValue = "4",
                description = "images of the task, and as many reference pairs (default ${DEFAULT-VALUE})")
        private int batch;

        @Option(names = "--classes", defaultValue = "100", description = "class prompts (default ${DEFAULT-VALUE})")
        private int classes;

        @Option(names = "--compute", defaultValue = "fp32",
                description = "in which the student is trained: fp32, tf32, bf16 or fp16 (default ${DEFAULT-VALUE})")
        private String compute;

        @Option(names = "--precision", defaultValue = "fp32",
                description = "of the teacher: fp32, fp16 or bf16 (default ${DEFAULT-VALUE})")
        private String precision;

        @Option(names = "--accumulation", defaultValue = "1",
                description = "gradient accumulation: micro-batches of a batch (default ${DEFAULT-VALUE})")
        private int accumulation;

        @Option(names = "--checkpointing", description = "activation checkpointing: compute activations again in backward")
        private boolean checkpointing;

        @Mixin
        private DeviceOption device;

        @Mixin
        private Common common;

        @Override
        public Integer call() {
            StepBench.Memory memory = new StepBench.Memory(precision("--precision", precision), accumulation, checkpointing);
            return common.end(new StepBench(model, batch, classes, common.repeats(), compute, device.device, memory)
                    .run(System.out::println));
        }
    }

    /** Times calls of Stable Diffusion's denoiser. */
    @Command(name = "unet", description = "Time calls of Stable Diffusion's denoiser with random weights.")
    static final class UNet implements Callable<Integer> {
        @Option(names = "--config", paramLabel = "FILE",
                description = "config.json of a UNet2DConditionModel (default: the size of Stable Diffusion 1.5)")
        private Path config;

        @Option(names = "--size", defaultValue = "0",
                description = "height and width of the latents (default: what the configuration says, 64)")
        private int size;

        @Option(names = "--batch", defaultValue = "1", description = "latents in one call (default ${DEFAULT-VALUE})")
        private int batch;

        @Option(names = {"--compute", "--precision"}, defaultValue = "fp32",
                description = "fp32, fp16 or bf16 (default ${DEFAULT-VALUE})")
        private String precision;

        @Mixin
        private DeviceOption device;

        @Mixin
        private Common common;

        @Override
        public Integer call() {
            return common.end(new UNetBench(config, size, batch, common.repeats(), device.device, precision("--compute", precision))
                    .run(System.out::println));
        }
    }

    /** Times the drawing of a batch of images. */
    @Command(name = "generate", description = {"Time a batch of images drawn by Stable Diffusion 1.5 with random weights:",
        "denoising with guidance, decoding, JPEG."})
    static final class Generate implements Callable<Integer> {
        @Option(names = "--size", defaultValue = "512", description = "height and width in pixels (default ${DEFAULT-VALUE})")
        private int size;

        @Option(names = "--batch", defaultValue = "1", description = "images computed together (default ${DEFAULT-VALUE})")
        private int batch;

        @Option(names = "--sampling-steps", defaultValue = "50",
                description = "of PNDM, whose second one is made twice (default ${DEFAULT-VALUE})")
        private int steps;

        @Option(names = "--compute", defaultValue = "fp32", description = "fp32, fp16 or bf16 (default ${DEFAULT-VALUE})")
        private String compute;

        @Mixin
        private DeviceOption device;

        @Mixin
        private Common common;

        @Override
        public Integer call() {
            return common.end(new GenerateBench(new GenerateBench.Settings(size, batch, steps, precision("--compute", compute),
                    device.device, common.repeats())).run(System.out::println));
        }
    }

    /** Counts the images that a core prepares. */
    @Command(name = "input", description = "Count the images that one core decodes and crops in a second, from files,"
            + " from packed images and from memory, and the cores that keep a step fed.")
    static final class Input implements Callable<Integer> {
        @Option(names = "--data", paramLabel = "DIR",
                description = "folder of data sets (default: painted images of 500 x 375)")
        private Path data;

        @Option(names = "--set", paramLabel = "NAME", description = "whose training images are taken")
        private String set;

        @Option(names = "--pictures", defaultValue = "256", description = "so many (default ${DEFAULT-VALUE})")
        private int images;

        @Option(names = "--resolution", defaultValue = "224", description = "of the model (default ${DEFAULT-VALUE})")
        private int resolution;

        @Option(names = "--batch", defaultValue = "64", description = "images that a step takes (default ${DEFAULT-VALUE})")
        private int batch;

        @Option(names = "--step-ms", defaultValue = "250", description = "milliseconds of a step (default ${DEFAULT-VALUE})")
        private double stepMs;

        @Mixin
        private Common common;

        @Override
        public Integer call() {
            InputBench bench = new InputBench(
                    new InputBench.Settings(data, set, images, resolution, batch, stepMs, common.repeats()));
            return common.end(bench.report(bench.run(System.out::println)));
        }
    }
}
