package gift.bench;

import ai.djl.ndarray.NDManager;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.continual.Methods;
import gift.continual.ReferencePairs;
import gift.continual.TaskBatches;
import gift.continual.TaskTrainer;
import gift.continual.Training;
import gift.continual.Training.Shortcuts;
import gift.io.InputException;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.train.PeakMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The time of one GIFT step with every shortcut off and on, in one process; or of one with less memory.
 *
 * <p>Random weights and images; prompts of 8 to 12 tokens in rows of the context length, as class prompts have them.
 */
public final class StepBench {
    private static final Map<String, ClipConfig> MODELS = Map.of(
            "ViT-B/16", ClipConfig.VIT_B_16,
            "ViT-B/32", vit(512, 224, 12, 768, 32, 512, 8),
            "ViT-L/14", vit(768, 224, 24, 1024, 14, 768, 12));

    private final ClipConfig config;
    private final String title;
    private final int batch;
    private final int classes;
    private final int steps;
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

    public StepBench(String model, int batch, int classes, int steps, String device, Memory memory) {
        this.config = MODELS.get(model);
        if (config == null) {
            throw new InputException("unknown model '" + model + "': use one of " + MODELS.keySet().stream().sorted().toList());
        }
        if (batch < 2 || classes < 2 || steps < 1) {
            throw new InputException("batch and classes must be at least 2 and steps at least 1");
        }
        this.title = model + ", " + batch + " + " + batch + " images, " + classes + " classes";
        this.batch = batch;
        this.classes = classes;
        this.steps = steps;
        this.device = device;
        this.memory = memory;
    }

    private static ClipConfig vit(int embed, int resolution, int layers, int width, int patch, int text, int heads) {
        return new ClipConfig(embed, resolution, List.of(layers), width, patch, width / 64, 77, 49408, text, heads, 12,
                Activation.QUICK_GELU);
    }

    /** Runs and reports line by line. */
    public void run(Consumer<String> report) {
        report.accept(title);
        try (NDManager manager = Devices.newManager(Devices.parse(device));
                Clip model = Clip.random(config, manager, 1)) {
            if (!memory.equals(Memory.PLAIN)) {
                report.accept(line(memory.toString(), time(model, Shortcuts.ALL)));
                return;
            }
            // on before off: memory that the process has touched is not given back, so the smaller peak comes first
            double[] on = time(model, Shortcuts.ALL);
            report.accept(line("all shortcuts on", on));
            double[] off = time(model, Shortcuts.NONE);
            report.accept(line("all shortcuts off", off));
            report.accept(String.format(Locale.ROOT, "ratio on / off of the medians %.3f", on[on.length / 2] / off[off.length / 2]));
        }
    }

    private static String line(String name, double[] sorted) {
        return String.format(Locale.ROOT, "%-18s %8.0f ms a step (median of %d; %.0f to %.0f), peak resident memory %s",
                name, sorted[sorted.length / 2], sorted.length, sorted[0], sorted[sorted.length - 1], PeakMemory.text());
    }

    /** Milliseconds of each timed step, sorted; one step before them is not counted. */
    private double[] time(Clip model, Shortcuts shortcuts) {
        PeakMemory.reset();
        Training training = new Training(steps, batch, batch, 1e-5, 100, 0.2, 0, 0.999, 1000, shortcuts,
                memory.precision, memory.accumulation, memory.checkpointing);
        TaskBatches task = new RandomTask(pixels(), LongStream.range(0, batch).map(i -> i % classes).toArray(), prompts());
        ReferencePairs pairs = new RandomPairs(pixels(), batch, prompts());
        double[] times = new double[steps];
        try (TaskTrainer trainer = new TaskTrainer(model, model, Methods.GIFT, training, task, pairs)) {
            trainer.update(0);
            for (int i = 1; i <= steps; i++) {
                long begin = System.nanoTime();
                trainer.update(i);
                times[i - 1] = (System.nanoTime() - begin) / 1e6;
            }
        }
        Arrays.sort(times);
        return times;
    }

    /** Prompts of 8 to 12 tokens. */
    private long[][] prompts() {
        return IntStream.range(0, classes).mapToObj(number -> {
            long[] row = new long[config.contextLength()];
            int length = 8 + number % 5;
            RandomStream random = RandomStream.of(1, "prompt", number);
            for (int i = 0; i < length; i++) {
                row[i] = 1 + random.nextInt(config.vocabSize() - 3);
            }
            row[0] = config.vocabSize() - 2;
            row[length - 1] = config.vocabSize() - 1;
            return row;
        }).toArray(long[][]::new);
    }

    private float[] pixels() {
        int r = config.imageResolution();
        return RandomStream.of(1, "bench").normals(batch * 3 * r * r, 1);
    }

    /** One random batch, again and again. */
    private record RandomTask(float[] pixels, long[] labels, long[][] classTokens) implements TaskBatches {
        @Override
        public Batch batch(int iteration) {
            return new Batch(pixels, labels);
        }

        @Override
        public long[][] classTokens(int iteration) {
            return classTokens;
        }
    }

    /** As many random pairs as a batch takes. */
    private record RandomPairs(float[] pixels, int size, long[][] texts) implements ReferencePairs {
        @Override
        public boolean fixed() {
            return true;
        }

        @Override
        public float[] image(int i, int iteration) {
            int values = pixels.length / size;
            return Arrays.copyOfRange(pixels, i * values, (i + 1) * values);
        }

        @Override
        public int text(int i) {
            return i % texts.length;
        }

        @Override
        public int[] batch(int iteration) {
            return IntStream.range(0, size).toArray();
        }
    }
}
