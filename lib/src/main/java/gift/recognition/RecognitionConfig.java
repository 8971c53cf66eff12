package gift.recognition;

import com.fasterxml.jackson.databind.JsonNode;
import gift.diffusion.Sampling;
import gift.diffusion.glide.RealGuidance;
import gift.diffusion.schedulers.SchedulerKind;
import gift.eval.FewShotRun;
import gift.eval.FewShotSettings;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.sentences.TemplateGrammar;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recognition study: classifiers on the features of one CLIP, on several tasks. Paths are relative to the file.
 *
 * @param name of its folder under the results
 * @param about what it asks, in words
 * @param device auto, cpu, gpu0, ...
 * @param data folder of the data sets; or mini, the procedural world
 * @param cache folder of features; empty for none
 * @param model weights of the CLIP, beside its vocabulary
 * @param tasks names of data sets
 * @param seeds of real images, batches and first weights; one run of each method for each
 * @param shots real images a class, for the methods that use some
 * @param methods names of {@link RecognitionMethod}s
 * @param synthetic how images are generated
 * @param filter what is kept of them
 * @param guided how images are generated from real ones
 * @param validation images a class by which epochs are chosen: real ones beside the shots; without real images, generated ones
 *     that are not trained on
 * @param choose which epoch counts
 * @param zeroShot {@link TuningSettings} without real images: "base" and what differs from it
 * @param fewShot the same with real images
 * @param linearProbe settings of the baseline
 * @param coop settings of the baseline
 * @param tipAdapter settings of the baselines
 * @param testImages at most so many test images of a task, the first; 0 for all
 */
public record RecognitionConfig(String name, String about, String device, String data, String cache, String model,
        List<String> tasks, List<Long> seeds, List<Integer> shots, List<String> methods, Synthetic synthetic, ClipFilter filter,
        Guided guided, int validation, EpochChoice choose, JsonNode zeroShot, JsonNode fewShot, ProbeSettings linearProbe,
        Coop.Settings coop, TipAdapter.Settings tipAdapter, int testImages) implements FewShotSettings {

    /**
     * Images of every class from sentences.
     *
     * @param model folder of a Stable Diffusion
     * @param sentences recorded ones (JSON lines or the published pickle); empty for the grammar
     * @param grammar that makes sentences where none are recorded
     * @param count sentences a class
     * @param perSentence images a sentence
     * @param wrapper what becomes a prompt, with {} for the sentence
     * @param seed of sentences and images
     * @param sampling how images are made
     * @param wrappers in place of {@code wrapper}, by data set
     */
    public record Synthetic(String model, String sentences, TemplateGrammar grammar, int count, int perSentence, String wrapper,
            long seed, Sampling sampling, Map<String, String> wrappers) {
        public Synthetic {
            wrappers = wrappers == null ? Map.of() : new LinkedHashMap<>(wrappers);
            require(count > 0 && perSentence > 0, "synthetic: count " + count + " and per_sentence " + perSentence
                    + " must be at least 1");
        }

        /** Images of a class. */
        public int images() {
            return count * perSentence;
        }

        /** What becomes a prompt of a data set. */
        public String wrapper(String task) {
            return wrappers.getOrDefault(task, wrapper);
        }
    }

    /**
     * Real guidance.
     *
     * @param perClass images a class over all its real ones; published 800
     * @param strength share of the way that a real image is noised; 0 for the published one by shots
     * @param sampling how images are made
     * @param model folder of a GLIDE, whose real guidance is the published one, or of a Stable Diffusion (image to image); empty
     *     for that of {@code synthetic}
     */
    public record Guided(int perClass, double strength, Sampling sampling, String model) {
        public Guided {
            model = model == null ? "" : model;
            require(perClass > 0, "guided: per_class " + perClass + " must be at least 1");
            require(strength >= 0 && strength <= 1, "guided: strength " + strength + " must be between 0 and 1");
        }

        double strength(int shots) {
            return strength > 0 ? strength : (double) RealGuidance.steps(shots) / RealGuidance.STEPS;
        }

        /** Images made from each real one, so that a class gets about as many as wanted; at least one. */
        public int copies(int shots) {
            return Math.max(1, perClass / shots);
        }
    }

    /** As published: ancestral sampling in 100 steps with guidance 3, at which n steps begin at the published index n - 1. */
    private static final Sampling ANCESTRAL =
            Sampling.DEFAULT.withScheduler(SchedulerKind.DDPM).withSteps(RealGuidance.STEPS).withGuidance(3);

    /** The published settings. */
    public static final RecognitionConfig DEFAULT = new RecognitionConfig("recognition", "", "auto", ".", "", "", List.of(),
            List.of(0L, 1L, 2L), List.of(1, 2, 4, 8, 16), List.of("zero_shot", "synthetic"),
            new Synthetic("", "", TemplateGrammar.PHOTOGRAPHS, 200, 10, "a photo of {}", 0, Sampling.DEFAULT,
                    Map.of("EuroSAT", "a centered satellite photo of {}")),
            new ClipFilter(ClipFilter.Rule.FILL_UP_AS_PUBLISHED, ClipFilter.PUBLISHED_CAP, 0),
            new Guided(RealGuidance.copies(1), 0, ANCESTRAL, ""), 4,
            EpochChoice.VALIDATION, Json.parse("", "{}"), Json.parse("", "{}"), ProbeSettings.DEFAULT, Coop.Settings.PUBLISHED,
            TipAdapter.Settings.PUBLISHED, 0);

    public RecognitionConfig {
        tasks = List.copyOf(tasks);
        seeds = List.copyOf(seeds);
        shots = List.copyOf(shots);
        methods = List.copyOf(methods);
        FewShotRun.require("recognition", name, seeds, shots);
        methods.forEach(RecognitionMethod::of);
        require(validation >= 0, "validation " + validation + " must not be negative");
        require(choose != null, "choose is empty: validation, last or best_on_test_as_published");
        require(choose != EpochChoice.VALIDATION || validation > 0, "validation 0 leaves no image to choose epochs by:"
                + " give some, or take \"choose\": \"last\"");
        require(testImages >= 0, "test_images " + testImages + " must not be negative");
        TuningSettings.of("zero_shot", zeroShot, TuningSettings.ZERO_SHOT);
        TuningSettings.of("few_shot", fewShot, TuningSettings.FEW_SHOT);
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "recognition: " + message);
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static RecognitionConfig read(Path file, Overrides overrides) {
        RecognitionConfig config = Json.read(file, RecognitionConfig.class, DEFAULT, overrides);
        require(!config.tasks.isEmpty(), file + ": tasks names no data set");
        require(!config.model.isEmpty(), file + ": model is missing: weights of a CLIP");
        boolean draws = config.methods.stream().map(RecognitionMethod::of).anyMatch(RecognitionMethod::usesGenerated);
        boolean own = config.methods.stream().map(RecognitionMethod::of).filter(RecognitionMethod::usesGenerated)
                .allMatch(RecognitionMethod.GUIDED::equals) && !config.guided.model.isEmpty();
        require(!draws || own || !config.synthetic.model.isEmpty(), file
                + ": synthetic.model is missing: the folder of a Stable Diffusion or a GLIDE");
        return config;
    }

    /** How classifiers are tuned without real images. */
    public TuningSettings zeroShotTuning() {
        return TuningSettings.of("zero_shot", zeroShot, TuningSettings.ZERO_SHOT);
    }

    /** How classifiers are tuned with real images. */
    public TuningSettings fewShotTuning() {
        return TuningSettings.of("few_shot", fewShot, TuningSettings.FEW_SHOT);
    }
}
