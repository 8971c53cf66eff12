package gift.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.continual.CompetingTexts;
import gift.continual.Method;
import gift.continual.Methods;
import gift.continual.Training;
import gift.incremental.ClassIncremental;
import gift.incremental.IncrementalMethods;
import gift.io.FirstConstant;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A study: methods that learn a sequence of tasks from one pretrained model. Paths are relative to the study's file.
 *
 * @param name of its folder under the results
 * @param about what it asks, in words
 * @param head what to know before running it, or null
 * @param device auto, cpu, gpu0, ...
 * @param data folder of the data sets; or mini, the procedural world
 * @param cache folder of packed images (gift data pack) and of features of the pretrained model; empty for none
 * @param model a pretraining recipe (.json), whose model is made first if it is not there, or weights (.safetensors,
 *     .pt, .pth, .bin, or a folder with them)
 * @param vocabulary of the tokenizer; empty for the one beside the model
 * @param seeds one run each
 * @param tasks names of data sets in the order of learning
 * @param watched data sets that are evaluated after each task as well, but never learnt
 * @param references sets of images and texts to distil on, by the names that methods use: "synthetic" (GIFT), "real"
 *     (ZSCL), or any other
 * @param methods settings by name; each differs from its "base", the name of a method that is known here (its own name
 *     where left out), and may have its own "training" and "learning_rates", which come before those of the study
 * @param training settings of every task
 * @param learningRates peak learning rates of single tasks
 * @param testImages at most so many test images of a task, a fixed choice; 0 for all
 * @param testTemplates evaluation with at most so many prompt templates of a task, the first; 0 for all
 * @param keepWeights which weights of a run stay on the disk when they are not needed any more
 * @param evaluateOn test images; or validation images, which a search for settings sets by itself ({@link Tuning})
 * @param scenario how the tasks are made of the data sets; null for each data set as a task
 */
public record StudyConfig(
        String name,
        String about,
        @JsonInclude(JsonInclude.Include.NON_NULL) Head head,
        String device,
        String data,
        String cache,
        String model,
        String vocabulary,
        List<Long> seeds,
        List<String> tasks,
        List<String> watched,
        Map<String, Reference> references,
        Map<String, JsonNode> methods,
        Training training,
        Map<String, Double> learningRates,
        @JsonProperty("test_pictures") int testImages,
        int testTemplates,
        KeepWeights keepWeights,
        EvaluateOn evaluateOn,
        @JsonInclude(JsonInclude.Include.NON_NULL) Scenario scenario) {

    /**
     * What to know before running a study, in words; of no influence.
     *
     * @param paper whose experiment it is
     * @param command that runs it
     * @param expected what should come out, and where that is from
     * @param hours that it takes
     * @param hardware that it needs
     */
    public record Head(String paper, String command, String expected, String hours, String hardware) {}

    /**
     * One scenario by its name. In a class-incremental one, names of methods stand for {@link IncrementalMethods}.
     *
     * @param classIncremental the classes of one data set, step by step
     */
    public record Scenario(ClassIncremental classIncremental) {}

    /** Those after every task, those after the last, or none once a run is finished. */
    public enum KeepWeights { ALL, LAST, NONE }

    /** The published test images, or validation images ({@link gift.data.DatasetSource#forValidation}). */
    public enum EvaluateOn {
        TEST, VALIDATION;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How pairs are changed, for ablations: not, images of noise, or each image with another one's text. */
    public enum Change { NONE, NOISE, SHUFFLED }

    /**
     * Which images of a data set are taken where so many are wanted. ONE: one choice for all tasks; EACH_TASK: every task has
     * its own; AS_PUBLISHED: its own, by PyTorch's generator with seed 42 + the task's place in order I, as the published code
     * of GIFT chooses those of ImageNet.
     */
    public enum Choice { ONE, EACH_TASK, AS_PUBLISHED }

    /**
     * Images and texts to distil on: of a set or of a plan.
     *
     * @param set a folder in the published layout ({@code image_text.csv}), or one with such a folder
     *     {@code <task>_Syn} for every task, or a data set, whose training images are captioned by their classes
     *     (in the mini world by their own captions), or {@code task}, every task's own training images
     * @param plan a generation plan, whose missing images are drawn first
     * @param ofTask whose images every task distils on; empty for each task's own. Those of a sequence's first task show
     *     the generic concepts alone
     * @param images how many of them, a fixed random choice of a data set, the first of a folder; 0 for all
     * @param sentences in place of the images' own texts: a file of them, one a line, or a data set's captions
     * @param sentenceCount how many of them, a fixed random choice; 0 for all
     * @param imagesOf a data set whose images of the texts' classes take the images' place
     * @param change for ablations
     * @param choice of the images of a data set
     */
    public record Reference(String set, String plan, String ofTask, @JsonProperty("pictures") Integer images, String sentences,
            Integer sentenceCount, @JsonProperty("pictures_of") String imagesOf, Change change,
            @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FirstConstant.class) Choice choice) {
        /** With one choice of images for all tasks. */
        public Reference(String set, String plan, String ofTask, Integer images, String sentences, Integer sentenceCount,
                String imagesOf, Change change) {
            this(set, plan, ofTask, images, sentences, sentenceCount, imagesOf, change, null);
        }

        public Reference {
            images = images == null ? 0 : images;
            sentenceCount = sentenceCount == null ? 0 : sentenceCount;
            set = set == null ? "" : set;
            plan = plan == null ? "" : plan;
            ofTask = ofTask == null ? "" : ofTask;
            sentences = sentences == null ? "" : sentences;
            imagesOf = imagesOf == null ? "" : imagesOf;
            change = change == null ? Change.NONE : change;
            choice = choice == null ? Choice.ONE : choice;
            require(images >= 0, "references: pictures " + images + " must not be negative");
            require(sentenceCount >= 0, "references: sentence_count " + sentenceCount + " must not be negative");
            require(set.isEmpty() != plan.isEmpty(), "references: name either a set or a plan");
        }

        /** These pairs of a folder elsewhere. */
        Reference at(Path folder) {
            return with(folder.toAbsolutePath().toString(), "", sentences);
        }

        /** The same with other paths. */
        public Reference with(String otherSet, String otherPlan, String otherSentences) {
            return new Reference(otherSet, otherPlan, ofTask, images, otherSentences, sentenceCount, imagesOf, change, choice);
        }
    }

    static final StudyConfig DEFAULT = new StudyConfig("study", "", null, "auto", ".", "", "", "", List.of(42L),
            List.of("MNIST"), List.of(), Map.of(), Map.of(), Training.DEFAULT, Map.of(), 0, 0,
            KeepWeights.ALL, EvaluateOn.TEST, null);

    public StudyConfig {
        require(name != null && name.matches("[A-Za-z0-9_-]+"), "name '" + name + "' must be letters, digits, _ and -");
        seeds = seeds == null ? List.of() : List.copyOf(seeds);
        tasks = tasks == null ? List.of() : List.copyOf(tasks);
        watched = watched == null ? List.of() : List.copyOf(watched);
        references = references == null ? Map.of() : new LinkedHashMap<>(references);
        methods = methods == null ? Map.of() : new LinkedHashMap<>(methods);
        learningRates = learningRates == null ? Map.of() : new LinkedHashMap<>(learningRates);
        require(!seeds.isEmpty(), "seeds is empty");
        require(!tasks.isEmpty(), "tasks is empty");
        distinct("task", tasks);
        distinct("watched data set", watched);
        distinct("seed", seeds);
        require(keepWeights != null, "keep_weights must be all, last or none");
        require(evaluateOn != null, "evaluate_on must be test or validation");
        requireFolderNames(methods.keySet());
        require(scenario == null || scenario.classIncremental != null,
                "scenario is empty: {\"class_incremental\": {...}}, or leave it out");
        require(scenario == null || tasks.size() == 1, "scenario class_incremental is over the classes of one data set, tasks"
                + " names " + tasks.size());
        require(testImages >= 0, "test_pictures " + testImages + " must not be negative");
        require(testTemplates >= 0, "test_templates " + testTemplates + " must not be negative");
        for (String task : learningRates.keySet()) {
            require(tasks.contains(task), "learning_rates names '" + task + "', which is not among the tasks"
                    + Json.nearest(task, tasks));
        }
    }

    /** Every method has a folder of its name. */
    private static void requireFolderNames(Collection<String> methods) {
        Set<String> seen = new HashSet<>();
        for (String method : methods) {
            require(method.matches("[A-Za-z0-9_][A-Za-z0-9_.+-]*"), "the method name '" + method
                    + "' must be letters, digits and _ . + -, since a folder is named like it");
            require(seen.add(method.toLowerCase(Locale.ROOT)), "the method name '" + method
                    + "' is taken (upper and lower case are alike in names of folders)");
        }
    }

    private static void require(boolean condition, String message) {
        InputException.require(condition, "study: " + message);
    }

    private static void distinct(String what, List<?> values) {
        for (Object value : values) {
            require(values.indexOf(value) == values.lastIndexOf(value), what + " " + value + " is named twice");
        }
    }

    /**
     * @throws InputException naming the file and what is wrong in it
     */
    public static StudyConfig read(Path file) {
        return read(file, Overrides.NONE);
    }

    /** The same with other settings in place of some of the file's. */
    public static StudyConfig read(Path file, Overrides overrides) {
        StudyConfig config = Json.read(file, StudyConfig.class, DEFAULT, overrides);
        require(!config.methods.isEmpty(), "methods is empty");
        config.resolved(overrides.named(file));
        return config;
    }

    /** The methods that names stand for in its scenario. */
    Map<String, Method> bases() {
        return scenario == null ? Methods.byName() : IncrementalMethods.byName();
    }

    /**
     * The methods with all their settings, in order.
     *
     * @param source the origin of the settings, for messages
     */
    public List<StudyMethod> resolved(String source) {
        return methods.entrySet().stream().map(e -> resolved(source, e.getKey(), e.getValue())).toList();
    }

    private StudyMethod resolved(String source, String name, JsonNode settings) {
        String where = source + ", method " + name;
        require(settings.isObject(), "method " + name + " must be an object of settings");
        String baseName = settings.path("base").asText(name);
        Method start = bases().get(baseName);
        require(start != null, "unknown method '" + baseName + "'" + Json.nearest(baseName, bases().keySet()));
        List<String> known = new ArrayList<>(List.of("base", "training", "learning_rates"));
        known.addAll(Method.RARE_KEYS);
        Json.toTree(start).fieldNames().forEachRemaining(known::add);
        settings.fieldNames().forEachRemaining(key -> require(known.contains(key),
                "method " + name + ": unknown key '" + key + "'" + Json.nearest(key, known)));
        ObjectNode changes = settings.deepCopy();
        changes.remove("base");
        JsonNode ownTraining = changes.remove("training");
        JsonNode ownRates = changes.remove("learning_rates");
        Method method = Json.with(where, changes, Method.class, start);
        require(!method.usesReferenceSet() || references.containsKey(method.reference()), "method " + name
                + " distils on the reference set '" + method.reference() + "', which references does not describe"
                + Json.nearest(method.reference(), references.keySet()));
        require(method.competingTexts() != CompetingTexts.CAPTIONS
                || !references.get(method.reference()).sentences().isEmpty(), "method " + name + " lets captions compete"
                + " (competing_texts captions), but the reference set '" + method.reference() + "' names no sentences");

        Training all = ownTraining == null ? training
                : Json.with(where + ", training", ownTraining, Training.class, training);
        all.requireFits("method " + name, method);
        boolean ownRate = ownTraining != null && ownTraining.has("learning_rate");
        Map<String, Double> rates = new LinkedHashMap<>(ownRate ? Map.of() : learningRates);
        if (ownRates != null) {
            rates.putAll(Json.convert(where, ownRates, Rates.class));
        }
        for (String task : rates.keySet()) {
            require(tasks.contains(task), "learning_rates of method " + name + " names '" + task
                    + "', which is not among the tasks" + Json.nearest(task, tasks));
        }
        return new StudyMethod(name, method, tasks.stream().map(task -> !rates.containsKey(task) ? all
                : Json.with(where + ", learning rate of " + task,
                        Json.toTree(Map.of("learning_rate", rates.get(task))), Training.class, all)).toList());
    }

    /** Learning rates by task, as JSON. */
    private static final class Rates extends LinkedHashMap<String, Double> {
        private static final long serialVersionUID = 1;
    }

    /** These settings for some of the methods and seeds alone; an empty list leaves them all. */
    public StudyConfig only(List<String> wantedMethods, List<Long> wantedSeeds) {
        for (String method : wantedMethods) {
            require(methods.containsKey(method),
                    "no method '" + method + "' in it" + Json.nearest(method, methods.keySet()));
        }
        for (long seed : wantedSeeds) {
            require(seeds.contains(seed), "no seed " + seed + " in it, only " + seeds);
        }
        StudyConfig some = this;
        if (!wantedMethods.isEmpty()) {
            Map<String, JsonNode> kept = new LinkedHashMap<>(methods);
            kept.keySet().retainAll(wantedMethods);
            some = Json.replace(some, "methods", kept);
        }
        return wantedSeeds.isEmpty() ? some
                : Json.replace(some, "seeds", seeds.stream().filter(wantedSeeds::contains).toList());
    }
}
