package gift.imagine;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import gift.diffusion.Sampling;
import gift.eval.FewShotRun;
import gift.eval.FewShotSettings;
import gift.imagine.ImagineConfig.Pooling;
import gift.io.InputException;
import gift.io.Json;
import gift.io.OrNull;
import gift.io.Overrides;
import gift.sentences.FactorCaptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A study of ImagineFSL on several tasks: {@code gift imagine FILE}. Paths are relative to the file.
 *
 * @param name of its folder under the results
 * @param about what it asks, in words
 * @param device auto, cpu, gpu0, ...
 * @param data folder of the data sets; or mini, the procedural world
 * @param model weights of a CLIP with a ViT, beside its vocabulary
 * @param tasks names of data sets
 * @param seeds of the drawn shots and of tuning; one run of each method for each
 * @param shots real images a class
 * @param baseSet images of all classes of the tasks, for pretraining and as synthetic images in tuning
 * @param pretraining how adapters are pretrained, where {@code pretrainings} says nothing else
 * @param pretrainings by name, what differs from {@code pretraining}
 * @param methods by name
 * @param tuning of a frozen tower
 * @param lowRankTuning with low-rank weights
 * @param search settings that are tried on validation images; with one value of each nothing is searched
 * @param validationImages at most so many of a task, the first; 0 for all
 * @param testImages the same
 * @param checkpointEvery updates
 * @param keepWeights whether the weights of finished runs stay, for {@code --eval-only} and programs of one's own
 * @param bestOfThreeOnTest whether the published "best of three on the test set" is reported too, in a column of its own
 * @param everyWeight whether without low-rank weights, too, all weights of the heads are tried on validation images; published is
 *     that the first fall of accuracy ends the search
 */
public record ImagineStudyConfig(String name, String about, String device, String data, String model, List<String> tasks,
        List<Long> seeds, List<Integer> shots, BaseImages baseSet, Pretraining pretraining, Map<String, JsonNode> pretrainings,
        Map<String, Method> methods, TuningSettings tuning, TuningSettings lowRankTuning, Search search, int validationImages,
        int testImages, int checkpointEvery, boolean keepWeights, boolean bestOfThreeOnTest, boolean everyWeight)
        implements FewShotSettings {
    /** The name of no pretraining: an adapter of random weights. */
    public static final String NONE = "none";

    /**
     * The base set.
     *
     * @param folder of given images, view1 to view4 with a folder a class; empty for images that are drawn
     * @param model folder of a Stable Diffusion; the published one is version 3
     * @param factors folder with {@code <task>.json} ({@link gift.sentences.Factors}), for template captions
     * @param captions file of recorded captions in place of factors; empty for none
     * @param count captions a class; published 300
     * @param views images a caption
     * @param seed of captions and images
     * @param sampling how images are drawn
     */
    public record BaseImages(String folder, String model, String factors, String captions, int count, int views, long seed,
            Sampling sampling) {
        public BaseImages {
            require(count > 0 && views > 0, "base_set: count " + count + " and views " + views + " must be at least 1");
        }
    }

    /** Which images an adapter is pretrained on. */
    public enum Source {
        /** The base set. */
        IMAGINED,
        /** The training images of the tasks, as many of a class together as the base set has of a caption: an ablation. */
        REAL
    }

    /**
     * How an adapter comes to be.
     *
     * @param weights file of a finished adapter, of ours or the published code's, in place of pretraining; empty for none
     * @param images see there
     * @param captions of a class that are used, the first; 0 for all
     * @param pooling what stands for an image; published are the moments
     * @param adapter its size; null for the published one of the CLIP's width
     * @param heads the size of both heads
     * @param settings of the training
     */
    public record Pretraining(String weights, Source images, int captions, Pooling pooling, @OrNull AdapterConfig adapter,
            HeadConfig heads, PretrainingSettings settings) {
        /** As published. */
        public static final Pretraining PUBLISHED = new Pretraining("", Source.IMAGINED, 0, Pooling.MOMENTS, null,
                HeadConfig.PUBLISHED, PretrainingSettings.PUBLISHED);

        public Pretraining {
            require(captions >= 0, "pretraining: captions " + captions + " must not be negative");
        }
    }

    /**
     * A row of the results.
     *
     * @param pretraining the name of one, or none
     * @param lowRank whether low-rank weights in the tower are tuned too; left out for false
     * @param shots real images a class of this method alone; left out for those of the study
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Method(String pretraining, Boolean lowRank, List<Integer> shots) {
        public Method {
            lowRank = lowRank != null && lowRank;
            shots = shots == null ? null : List.copyOf(shots);
        }
    }

    /**
     * Settings that are tried, all combinations of the lists; an empty list leaves the setting as it is.
     *
     * @param rates of the adapter
     * @param epochs without low-rank weights
     * @param lowRankRates of the low-rank weights
     * @param ranks r
     * @param alphas of alpha / r
     */
    public record Search(List<Double> rates, List<Integer> epochs, List<Double> lowRankRates, List<Integer> ranks,
            List<Double> alphas) {}

    /** The published settings. */
    public static final ImagineStudyConfig DEFAULT = new ImagineStudyConfig("imagine", "", "auto", ".", "", List.of(),
            List.of(1L, 2L, 3L), List.of(1, 2, 4, 8, 16),
            new BaseImages("", "", "", "", FactorCaptions.PUBLISHED, 4, 0, Sampling.DEFAULT), Pretraining.PUBLISHED, Map.of(),
            Map.of(), TuningSettings.PUBLISHED, TuningSettings.PUBLISHED_LOW_RANK,
            new Search(TuningSearch.RATES, TuningSearch.EPOCHS, TuningSearch.RATES, TuningSearch.RANKS, TuningSearch.ALPHAS), 0, 0,
            100, true, false, false);

    public ImagineStudyConfig {
        tasks = List.copyOf(tasks);
        seeds = List.copyOf(seeds);
        shots = List.copyOf(shots);
        pretrainings = new LinkedHashMap<>(pretrainings);
        methods = new LinkedHashMap<>(methods);
        FewShotRun.require("imagine", name, seeds, shots);
        require(!shots.isEmpty(), "shots is empty");
        require(validationImages >= 0 && testImages >= 0, "validation_images " + validationImages + " and test_images "
                + testImages + " must not be negative");
        require(checkpointEvery > 0, "checkpoint_every " + checkpointEvery + " must be at least 1");
        require(!pretrainings.containsKey(NONE), "pretrainings: the name none stands for an adapter of random weights");
        for (Map.Entry<String, Method> method : methods.entrySet()) {
            String of = method.getValue().pretraining;
            require(method.getKey().matches("[a-z0-9_]+"), "method '" + method.getKey() + "' must be small letters, digits and _");
            List<Integer> own = method.getValue().shots;
            FewShotRun.require("imagine", name, seeds, own == null ? shots : own);
            require(of != null && (of.equals(NONE) || pretrainings.containsKey(of)), "methods." + method.getKey()
                    + ": no pretraining '" + of + "'" + Json.nearest(String.valueOf(of), pretrainings.keySet()));
        }
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "imagine: " + message);
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static ImagineStudyConfig read(Path file, Overrides overrides) {
        ImagineStudyConfig config = Json.read(file, ImagineStudyConfig.class, DEFAULT, overrides);
        require(!config.tasks.isEmpty(), file + ": tasks names no data set");
        require(!config.methods.isEmpty(), file + ": methods names no method");
        require(!config.model.isEmpty(), file + ": model is missing: weights of a CLIP");
        config.pretrainings.keySet().forEach(config::pretraining);
        return config;
    }

    /** The pretraining of a name; of {@link #NONE} the sizes count. */
    public Pretraining pretraining(String of) {
        return of.equals(NONE) ? pretraining
                : Json.with("pretrainings." + of, pretrainings.get(of), Pretraining.class, pretraining);
    }

    /** Names of the pretrainings that methods need. */
    public List<String> usedPretrainings() {
        return methods.values().stream().map(Method::pretraining).filter(of -> !of.equals(NONE)).distinct().toList();
    }

    /** Real images a class that a method is given. */
    public List<Integer> shots(Method method) {
        return method.shots == null ? shots : method.shots;
    }

    /** How the heads of a model that was tuned so are joined. */
    Fusion fusion(TuningSettings settings) {
        return everyWeight && settings.fusion() == Fusion.NORMALIZED ? Fusion.NORMALIZED_EVERY_WEIGHT : settings.fusion();
    }

    /** Settings of a method's tuning, before the search. */
    public TuningSettings tuning(Method method, long seed) {
        return Json.replace(method.lowRank ? lowRankTuning : tuning, "seed", seed);
    }
}
