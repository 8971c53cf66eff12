package gift.bench;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.continual.Methods;
import gift.continual.ReferencePairs;
import gift.continual.RunCost;
import gift.continual.TaskBatches;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.continual.Training.Shortcuts;
import gift.doctor.Flops;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;
import gift.io.Json;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.HostImages;
import gift.tensor.Kernel;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.train.Environment;
import gift.train.PeakMemory;
import gift.train.UpdateLosses;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The time of one GIFT step with every shortcut off and on, in one process; or of one with less memory. Off, the order of
 * work is the published one; operators are the same ({@link Kernel}).
 *
 * <p>Random weights and images; prompts of 8 to 12 tokens in rows of the context length, as class prompts have them.
 */
public final class StepBench {
    private static final Map<String, ClipConfig> MODELS = Map.of(
            "ViT-B/16", ClipConfig.VIT_B_16,
            "ViT-B/32", vit(512, 224, 12, 768, 32, 512, 8),
            "ViT-L/14", vit(768, 224, 24, 1024, 14, 768, 12));

    private static final int SHORTEST = 8; // tokens of a prompt
    private static final int LONGEST = 12;

    private final ClipConfig config;
    private final String title;
    private final int batch;
    private final int classes;
    private final Repeats repeats;
    private final String compute;
    private final String device;
    private final Memory memory;

    /** What of {@link Training} decides how much memory a step takes. */
    public record Memory(Precision precision, int accumulation, boolean checkpointing) {
        /** As published. */
        public static final Memory PLAIN = new Memory(
                Training.DEFAULT.precision(), Training.DEFAULT.accumulation(), Training.DEFAULT.checkpointing());

        @Override
        public String toString() {
            return "teacher " + precision + ", accumulation " + accumulation + ", checkpointing " + (checkpointing ? "on" : "off");
        }
    }

    /**
     * @param model name of a size
     * @param batch images of the task, and as many reference pairs
     * @param compute in which the student is trained: what {@code compute} may be in {@link Training}
     */
    public StepBench(String model, int batch, int classes, Repeats repeats, String compute, String device, Memory memory) {
        this.config = MODELS.get(model);
        if (config == null) {
            throw new InputException("unknown model '" + model + "': use one of " + MODELS.keySet().stream().sorted().toList());
        }
        if (batch < 2 || classes < 2) {
            throw new InputException("batch " + batch + " and classes " + classes + " must be at least 2");
        }
        this.title = model + ", " + batch + " + " + batch + " images, " + classes + " classes";
        this.batch = batch;
        this.classes = classes;
        this.repeats = repeats;
        this.compute = compute;
        this.device = device;
        this.memory = memory;
        inCompute(Training.DEFAULT); // a wrong one is named before anything is computed
    }

    private static ClipConfig vit(int embed, int resolution, int layers, int width, int patch, int text, int heads) {
        return new ClipConfig(embed, resolution, List.of(layers), width, patch, width / 64, 77, 49408, text, heads, 12,
                Activation.QUICK_GELU);
    }

    /** Measures and reports line by line. */
    public BenchReport run(Consumer<String> report) {
        report.accept(title);
        try (NDManager manager = Devices.newManager(Devices.parse(device));
                Clip model = Clip.random(config, manager, 1)) {
            Floor floor = Floor.measure(manager, compute);
            report.accept(floor.line());
            List<Timing> timings = new ArrayList<>();
            if (!memory.equals(Memory.PLAIN)) {
                timings.add(time(model, memory.toString(), Shortcuts.ALL, floor));
                report.accept(timings.get(0).line());
            } else {
                // on before off: memory that the process has touched is not given back, so the smaller peak comes first
                timings.add(time(model, "all shortcuts on", Shortcuts.ALL, floor));
                report.accept(timings.get(0).line());
                timings.add(Kernel.NEEDED_TOKENS.with(false, () -> time(model, "all shortcuts off", Shortcuts.NONE, floor)));
                report.accept(timings.get(1).line());
                report.accept(String.format(Locale.ROOT, "ratio on / off of the medians %.3f",
                        timings.get(0).medianMs() / timings.get(1).medianMs()));
            }
            return BenchReport.of("step", title, compute, Environment.of(manager), floor, timings);
        }
    }

    private Timing time(Clip model, String name, Shortcuts shortcuts, Floor floor) {
        PeakMemory.reset();
        Training training = inCompute(new Training(repeats.all(), batch, batch, 1e-5, 100, 0.2, 0, 0.999, 1000, shortcuts,
                memory.precision, memory.accumulation, memory.checkpointing));
        long[][] prompts = prompts();
        TaskBatches task = new RandomTask(images(), LongStream.range(0, batch).map(i -> i % classes).toArray(), prompts);
        ReferencePairs pairs = new RandomPairs(images(), prompts);
        try (TaskTrainer trainer = new TaskTrainer(model, model, Methods.GIFT, training, task, pairs)) {
            UpdateLosses[] before = {UpdateLosses.of(Map.of())};
            return Samples.of(repeats, i -> { // as in a run: on a GPU the losses of an update are read when the next has begun
                UpdateLosses now = trainer.begin(i);
                before[0].read();
                before[0] = now;
            }).timing(name, operations(training), floor, model.manager().getDevice());
        }
    }

    private Training inCompute(Training training) {
        return compute.equals(Precision.FP32.toString()) ? training
                : Json.with("--compute", Json.toTree(Map.of("compute", compute)), Training.class, training);
    }

    /** Floating-point operations of an update: those of the towers, forward and backward. */
    private double operations(Training training) {
        RunCost cost = new RunCost(Methods.GIFT, List.of(training));
        RunCost.Passes passes = cost.passes(0, new RunCost.Sizes(batch, classes, batch, Math.min(batch, classes)));
        boolean gpu = Devices.parse(device).isGpu();
        double image = Flops.image(config);
        if (Kernel.NEEDED_TOKENS.on(gpu, config.visionWidth())) {
            double patches = Math.pow((double) config.imageResolution() / config.visionPatchSize(), 2);
            image -= Flops.lastBlock(patches, config.visionWidth());
        }
        double text = Flops.text(config, training.shortcuts().cutTexts() ? LONGEST : config.contextLength());
        if (training.shortcuts().cutTexts() && Kernel.NEEDED_TOKENS.on(gpu, config.transformerWidth())) {
            double tokens = (SHORTEST + LONGEST) / 2.0 - 1; // the start token is computed once
            text = Flops.text(config, tokens) - Flops.lastBlock(tokens - 1, config.transformerWidth());
        }
        return cost.studentPass(0) * ((passes.images() + passes.referenceImages()) * image
                + (passes.prompts() + passes.referenceTexts()) * text)
                + passes.teacherImages() * image + passes.teacherTexts() * text;
    }

    /** Prompts of 8 to 12 tokens. */
    private long[][] prompts() {
        return IntStream.range(0, classes).mapToObj(number -> {
            long[] row = new long[config.contextLength()];
            int length = SHORTEST + number % (LONGEST - SHORTEST + 1);
            RandomStream random = RandomStream.of(1, "prompt", number);
            for (int i = 0; i < length; i++) {
                row[i] = 1 + random.nextInt(config.vocabSize() - 3);
            }
            row[0] = config.vocabSize() - 2;
            row[length - 1] = config.vocabSize() - 1;
            return row;
        }).toArray(long[][]::new);
    }

    private List<Image> images() {
        int r = config.imageResolution();
        return IntStream.range(0, batch).mapToObj(number -> {
            byte[] rgb = new byte[3 * r * r];
            RandomStream random = RandomStream.of(1, "bench", number);
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) random.nextInt(256);
            }
            return new Image(r, r, rgb);
        }).toList();
    }

    /** One random batch, again and again. */
    private record RandomTask(List<Image> images, long[] labels, long[][] classTokens) implements TaskBatches {
        @Override
        public Batch batch(int iteration) {
            return new Batch(HostImages.of(images), labels);
        }

        @Override
        public long[][] classTokens(int iteration) {
            return classTokens;
        }
    }

    /** As many random pairs as a batch takes. */
    private record RandomPairs(List<Image> images, long[][] texts) implements ReferencePairs {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] image(int i, int iteration) {
            return Preprocess.normalize(images.get(i));
        }

        @Override
        public HostImages images(int[] numbers, int iteration) {
            return HostImages.of(numbers.length, i -> images.get(numbers[i]));
        }

        @Override
        public int text(int i) {
            return i % texts.length;
        }

        @Override
        public int[] batch(int iteration) {
            return IntStream.range(0, images.size()).toArray();
        }
    }
}
