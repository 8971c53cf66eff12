package gift.transfer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.VisionConfig;
import gift.diffusion.Sampling;
import gift.eval.FewShotRun;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.nn.Activation;
import gift.sentences.TemplateGrammar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A transfer study: towers pretrained in several ways, or not at all, each tuned on the real images of several tasks. Paths are
 * relative to the file.
 *
 * @param name of its folder under the results
 * @param about what it asks, in words
 * @param device auto, cpu, gpu0, ...
 * @param data folder of the data sets; or mini, the procedural world
 * @param tower size of the vision transformer
 * @param tasks names of data sets
 * @param seeds of tuning: random towers, real images, batches; one run of each pretraining for each
 * @param shots real images of a class that a tower is tuned on, by a seeded draw; 0 for all
 * @param generic the data set whose classes stand for ImageNet's: of its real images, and of images generated of its classes
 * @param unit pretraining images, of all classes together, that an amount of 1 stands for (the paper's 1.2 million)
 * @param synthetic how images are generated
 * @param pretrainings by name, what differs from {@link Pretraining#DEFAULT}; {@link #NONE} is always there
 * @param pretrainingSeed of the tower's initial weights, batches and crops in pretraining
 * @param supervised how towers are pretrained by labels; its updates are those of an amount of 1, and n times the images get n
 *     times as many: equal epochs
 * @param dino how towers are pretrained without labels, likewise
 * @param tuning how towers are tuned on a task; its learning rate is one of {@code rates}
 * @param rates learning rates of tuning that are tried, for every pretraining and for none alike, with the first seed; the best
 *     on validation images counts
 * @param testImages at most so many test images of a task, and as many validation images, the first; 0 for all
 * @param checkpointEvery updates
 */
public record TransferConfig(String name, String about, String device, String data, VisionConfig tower, List<String> tasks,
        List<Long> seeds, int shots, String generic, int unit, Synthetic synthetic, Map<String, JsonNode> pretrainings,
        long pretrainingSeed, ClassSettings supervised, DinoSettings dino, ClassSettings tuning, List<Double> rates,
        int testImages, int checkpointEvery) {
    /** The name of what is not pretrained: a tower of random weights. */
    public static final String NONE = "none";

    /**
     * How images of classes are generated from sentences.
     *
     * @param model folder of a Stable Diffusion or a GLIDE
     * @param sentences recorded ones (JSON lines or the published pickle); empty for the grammar
     * @param grammar that makes sentences where none are recorded
     * @param perSentence images a sentence; a class gets as many sentences as its images ask for
     * @param wrapper what becomes a prompt, with {} for the sentence
     * @param seed of sentences and images
     * @param sampling how images are made
     */
    public record Synthetic(String model, String sentences, TemplateGrammar grammar, int perSentence, String wrapper, long seed,
            Sampling sampling) {
        public Synthetic {
            require(perSentence > 0, "synthetic.per_sentence " + perSentence + " must be at least 1");
        }
    }

    /** What a tower learns in pretraining. */
    public enum Objective {
        /** The classes of labelled images ({@link ClassTraining}). */
        SUPERVISED,
        /** DINO, without labels ({@link DinoTrainer}). */
        DINO
    }

    /** What a tower is pretrained on. */
    public enum Images {
        /** Real images of the generic classes, as ImageNet's are in the paper. */
        REAL,
        /** Images generated of the generic classes: downstream-agnostic pretraining. */
        GENERIC,
        /** Images generated of the task's own classes: downstream-aware pretraining, of another tower for each task. */
        TASK
    }

    /**
     * One pretraining.
     *
     * @param objective what is learnt
     * @param images on what
     * @param amount of images, in units
     * @param oneClassIn n: of the classes those of the numbers 0, n, 2 n, ...; 1 for all
     * @param start the pretraining whose tower it goes on from; none for random weights
     * @param weights file of a finished tower, or of a CLIP, in place of training; empty for none
     */
    public record Pretraining(Objective objective, Images images, int amount, int oneClassIn, String start, String weights) {
        public static final Pretraining DEFAULT = new Pretraining(Objective.SUPERVISED, Images.GENERIC, 1, 1, NONE, "");

        public Pretraining {
            require(objective != null, "objective is empty: supervised or dino");
            require(images != null, "images is empty: real, generic or task");
            require(amount > 0 && oneClassIn > 0, "amount " + amount + " and one_class_in " + oneClassIn + " must be at least 1");
        }

        /** Whether it makes another tower for each task. */
        @JsonIgnore
        public boolean isOfTask() {
            return images == Images.TASK && weights.isEmpty();
        }
    }

    /** DeiT-S, as in the published table 9 (Touvron et al. 2021). */
    private static final VisionConfig DEIT_S = new VisionConfig(384, 224, List.of(12), 384, 16, 6, Activation.GELU);

    /** The published size and numbers of images; settings of training are our own. */
    public static final TransferConfig DEFAULT = new TransferConfig("transfer", "", "auto", ".", DEIT_S, List.of(),
            List.of(0L, 1L, 2L), 0, "ImageNet", 1_200_000,
            new Synthetic("", "", TemplateGrammar.PHOTOGRAPHS, 10, "a photo of {}", 0, Sampling.DEFAULT), Map.of(), 0,
            ClassSettings.DEFAULT, DinoSettings.PUBLISHED, ClassSettings.DEFAULT, List.of(3e-4, 1e-3), 0, 1000);

    public TransferConfig {
        tasks = List.copyOf(tasks);
        seeds = List.copyOf(seeds);
        rates = List.copyOf(rates);
        pretrainings = new LinkedHashMap<>(pretrainings);
        FewShotRun.require("transfer", name, seeds, List.of());
        require(tower != null && tower.isVisionTransformer(), "tower must be a vision transformer: it needs patch_size");
        require(tasks.stream().distinct().count() == tasks.size(), "tasks names one twice: " + tasks);
        require(shots >= 0 && testImages >= 0, "shots " + shots + " and test_images " + testImages + " must not be negative");
        require(unit > 0, "unit " + unit + " must be at least 1");
        require(checkpointEvery > 0, "checkpoint_every " + checkpointEvery + " must be at least 1");
        require(!rates.isEmpty() && rates.stream().distinct().count() == rates.size()
                && rates.stream().allMatch(rate -> rate > 0 && rate < 1), "rates " + rates
                + " must name at least one, none twice, each between 0 and 1");
        require(!pretrainings.containsKey(NONE), "pretrainings: the name none stands for a tower of random weights");
        pretrainings.keySet().forEach(key -> require(key.matches("[a-z0-9_]+"), "pretrainings: '" + key
                + "' must be small letters, digits and _"));
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "transfer: " + message);
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static TransferConfig read(Path file, Overrides overrides) {
        TransferConfig config = Json.read(file, TransferConfig.class, DEFAULT, overrides);
        require(!config.tasks.isEmpty(), file + ": tasks names no data set");
        config.pretrainings.keySet().forEach(config::requireStart);
        boolean draws = config.pretrainings.keySet().stream().map(config::pretraining)
                .anyMatch(p -> p.images != Images.REAL && p.weights.isEmpty());
        require(!draws || !config.synthetic.model.isEmpty(), file
                + ": synthetic.model is missing: the folder of a Stable Diffusion or a GLIDE");
        return config;
    }

    private void requireStart(String of) {
        List<String> chain = new ArrayList<>(List.of(of));
        Pretraining now = pretraining(of);
        while (!now.start.equals(NONE)) {
            String where = "pretrainings." + chain.get(chain.size() - 1) + ".start";
            require(pretrainings.containsKey(now.start), where + ": no pretraining '" + now.start + "'"
                    + Json.nearest(now.start, pretrainings.keySet()));
            require(!chain.contains(now.start), where + ": " + String.join(" starts from ", chain) + " starts from " + now.start);
            Pretraining before = pretraining(now.start);
            require(!before.isOfTask() || now.isOfTask(), where + ": " + now.start + " is another tower for each task, so that what"
                    + " starts from it must have \"images\": \"task\"");
            chain.add(now.start);
            now = before;
        }
    }

    /** All rows of the results: {@link #NONE}, then the pretrainings in the order of the file. */
    public List<String> rows() {
        List<String> rows = new ArrayList<>(List.of(NONE));
        rows.addAll(pretrainings.keySet());
        return rows;
    }

    /** The pretraining of a name other than {@link #NONE}. */
    public Pretraining pretraining(String of) {
        return Json.with("pretrainings." + of, pretrainings.get(of), Pretraining.class, Pretraining.DEFAULT);
    }

    /**
     * Images of a class in a pretraining.
     *
     * @param classes of the data set, before {@code one_class_in} of them are taken
     * @throws InputException if it is none
     */
    int perClass(Pretraining of, int classes) {
        int chosen = (classes + of.oneClassIn - 1) / of.oneClassIn;
        long images = (long) of.amount * unit / chosen;
        require(images > 0, of.amount + " times unit " + unit + " is no image for each of " + chosen + " classes");
        return Math.toIntExact(images);
    }

    /** How a tower is pretrained by labels on an amount of images. */
    ClassSettings supervised(int amount) {
        return Json.replace(supervised, "updates", Math.multiplyExact(amount, supervised.updates()));
    }

    /** How a tower is pretrained without labels on an amount of images. */
    DinoSettings dino(int amount) {
        return Json.replace(dino, "updates", Math.multiplyExact(amount, dino.updates()));
    }

    /** How a tower is tuned with one of the rates. */
    ClassSettings tuning(double rate) {
        return Json.replace(tuning, "learning_rate", rate);
    }

    /** A name of an enum as files and tables have it. */
    public static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
