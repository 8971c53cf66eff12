package gift.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.continual.Method.Teacher;
import gift.continual.PublishedSwitches;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.io.Texts;
import gift.io.published.PublishedEntries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration file of the published GIFT code, read as it is: one experiment with one method. Numbers may be
 * strings, booleans may be Python's, lists may be longer than the tasks. Every entry is accounted for in {@link #notes}.
 *
 * <p>The meaning of every key is that of the published {@code run_exp.py} and the trainer behind it, oddities included:
 * where two switches exclude each other, the one that wins there wins here. The file names neither weights nor folders:
 * weights are those of {@code gift data get} or come by {@code --model}; data sets and synthetic sets lie where the published layout has them
 * ({@code ../data/mtil}, {@code ../data/synthetic}, seen from the file) or come by {@code --data} and
 * {@code --reference}.
 */
public final class PublishedConfig {
    private static final Set<String> KEYS = new LinkedHashSet<>(List.of("_comment", "train", "evaluate", "zero-shot",
            "exp_no", "train_dataset", "eval_dataset", "learning_rate", "iterations", "label_smoothing", "ita", "L2",
            "distill", "train_loss", "devices", "ref_model", "ref_dataset", "awc", "static_awc", "we", "moving_avg",
            "mv_avg_decay", "avg_freq", "kl_div", "feature_mse", "ablate_image_only", "ablate_text_only", "image_nums",
            "pwe", "dump", "exclude_sun397", "save_path"));
    private static final Map<String, String> UNREAD = Map.of( // by the published trainer either
            "train_loss", "the published trainer does not read it; the loss is the cross-entropy",
            "pwe", "the published trainer does not read it");
    private static final String CHECKPOINTS = "../.ckpt/"; // CKPT_LOCATION of its project_config.json
    private static final String MODEL = "weights/clip";
    private static final int PAIRS = 1000; // reference pairs of a task by default
    private static final Pattern PYTHON = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*\"|\\b(?:True|False|None)\\b");

    private final String source;
    private final PublishedEntries entries;
    private final List<String> notes = new ArrayList<>();
    private final StudyConfig study;

    private PublishedConfig(Path file, JsonNode tree) {
        this.source = file.toString();
        this.entries = new PublishedEntries(source, tree);
        entries.requireKnown(KEYS);
        this.study = build(file.getFileName().toString());
    }

    /** Whether a file is of this kind, by its keys. */
    public static boolean isOne(Path file) {
        try {
            JsonNode tree = tree(file);
            return tree.has("exp_no") || tree.has("train_dataset");
        } catch (InputException e) {
            return false; // whoever reads it as something else says what is wrong
        }
    }

    /** @throws InputException naming the entry that is not understood */
    public static PublishedConfig read(Path file) {
        return read(file, Overrides.NONE);
    }

    /** The same with other entries in place of some of the file's. */
    static PublishedConfig read(Path file, Overrides overrides) {
        return new PublishedConfig(file, overrides.applyTo(tree(file)));
    }

    private static JsonNode tree(Path file) {
        Matcher words = PYTHON.matcher(Texts.read(file)); // strings are passed over whole
        return Json.parse(file.toString(), words.replaceAll(word -> switch (word.group()) {
            case "True" -> "true";
            case "False" -> "false";
            case "None" -> "null";
            default -> Matcher.quoteReplacement(word.group());
        }));
    }

    /** The experiment as a study. */
    public StudyConfig study() {
        return study;
    }

    /** What each entry was understood as, one line each. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    private StudyConfig build(String fileName) {
        ObjectNode settings = (ObjectNode) Json.parse(source, "{}");
        String name = entries.has("exp_no") ? entries.text("exp_no") : fileName.replaceFirst("\\.json$", "");
        settings.put("name", name.replaceAll("[^A-Za-z0-9_-]", "_"));
        understood("exp_no", "name of the study: " + settings.get("name").asText());
        if (entries.has("_comment")) {
            settings.put("about", entries.text("_comment"));
            understood("_comment", "about");
        }
        List<String> tasks = tasks();
        settings.set("tasks", Json.toTree(tasks));
        settings.set("watched", Json.toTree(watched(tasks)));
        settings.set("learning_rates", Json.toTree(rates(tasks)));
        settings.set("training", training());
        ObjectNode method = method();
        settings.set("methods", Json.toTree(Map.of("gift", trains() ? method : given(name))));
        settings.set("references", references());
        always("evaluate", "every task is evaluated after every task", "since a run is its accuracies");
        always("zero-shot", "every task is evaluated before training", "and counts in no metric");
        settings.put("data", "../data/mtil");
        settings.put("model", MODEL);
        notes.add("no entry for the model -> " + MODEL + " below the folder of the data sets, as gift data get leaves it, or"
                + " --model");
        KEYS.stream().filter(key -> UNREAD.containsKey(key) && entries.has(key)).forEach(key ->
                notes.add("unused: " + key + " = " + entries.shown(key) + ", because " + UNREAD.get(key)));
        ignored("devices", "one device computes: the first GPU if there is one, or --device");
        if (trains()) {
            ignored("save_path", "--results says where runs are kept");
        }
        return Json.with(source, settings, StudyConfig.class, StudyConfig.DEFAULT);
    }

    private void ignored(String key, String why) {
        if (entries.has(key)) {
            notes.add("ignored: " + key + " = " + entries.shown(key) + ", because " + why);
        }
    }

    /** What is done whatever the switch says. */
    private void always(String key, String meaning, String why) {
        if (entries.has(key)) {
            understood(key, meaning + (entries.flag(key) ? "" : " all the same, " + why));
        }
    }

    private boolean trains() {
        return !entries.has("train") || entries.flag("train");
    }

    /** {@code train: false}: the weights that an earlier call left are evaluated. */
    private ObjectNode given(String name) {
        String place = entries.has("save_path") ? entries.text("save_path") : "";
        String folder = (place.isEmpty() ? CHECKPOINTS : Path.of(place).isAbsolute() ? place : "../" + place) + "exp_" + name;
        notes.add("train = false -> nothing is trained: after each task the weights are those in " + folder + "/<task>.pth,"
                + " seen from the file");
        if (!place.isEmpty()) {
            understood("save_path", folder);
        }
        return (ObjectNode) Json.toTree(Map.of("base", "zeroshot", "learns", "given", "weights", folder));
    }

    private void understood(String key, String meaning) {
        notes.add((entries.has(key) ? key + " = " + entries.shown(key) : key + " absent") + " -> " + meaning);
    }

    private List<String> tasks() {
        List<String> tasks = new ArrayList<>(entries.texts("train_dataset"));
        if (tasks.isEmpty()) {
            throw new InputException(source + ": train_dataset is missing: the tasks in the order of learning");
        }
        understood("train_dataset", tasks.size() + " tasks");
        if (entries.has("exclude_sun397")) {
            boolean shorter = entries.flag("exclude_sun397");
            understood("exclude_sun397", shorter ? "without the last task, " + tasks.remove(tasks.size() - 1) : "all tasks");
        }
        return tasks;
    }

    private List<String> watched(List<String> tasks) {
        List<String> watched = new ArrayList<>(entries.texts("eval_dataset"));
        watched.removeAll(tasks);
        understood("eval_dataset", "all tasks are evaluated"
                + (watched.isEmpty() ? "" : ", and these are watched: " + String.join(", ", watched)));
        return watched;
    }

    private Map<String, Double> rates(List<String> tasks) {
        List<Double> values = entries.numbers("learning_rate");
        if (values.size() < tasks.size()) {
            throw new InputException(source + ": learning_rate has " + values.size() + " values for " + tasks.size()
                    + " tasks");
        }
        Map<String, Double> rates = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            String entry = "learning_rate[" + i + "] = " + entries.shown("learning_rate", i);
            if (i < tasks.size()) {
                rates.put(tasks.get(i), values.get(i));
                notes.add(entry + " -> task " + tasks.get(i));
            } else {
                notes.add("unused: " + entry + ", because there are " + tasks.size() + " tasks");
            }
        }
        return rates;
    }

    private ObjectNode training() {
        ObjectNode training = (ObjectNode) Json.parse(source, "{}");
        training.put("iterations", entries.whole("iterations", 1000));
        understood("iterations", training.get("iterations").asInt() + " iterations of every task, and one more update at"
                + " learning rate 0");
        training.put("label_smoothing", entries.number("label_smoothing", 0));
        understood("label_smoothing", "label smoothing " + training.get("label_smoothing"));
        dump(training);
        if (trains()) {
            understood("train", "the tasks are learnt one after the other");
        }
        return training;
    }

    /** Weights within a task, with the period of averaging; the published loop averages or dumps. */
    private void dump(ObjectNode training) {
        boolean averages = entries.flag("we") || entries.flag("moving_avg");
        if (entries.flag("dump") && !averages) {
            training.put("dump_every", entries.whole("avg_freq", 100));
        }
        if (entries.has("dump")) {
            choice("dump", entries.flag("dump"), "the weights of every " + entries.whole("avg_freq", 100) + "th update are kept",
                    averages ? "averaging comes first" : "");
        }
    }

    /** What differs from the method "gift"; beside it stand the published defaults of what the file may leave out. */
    private ObjectNode method() {
        ObjectNode method = (ObjectNode) Json.parse(source, "{}");
        method.put("base", "gift");
        boolean mse = entries.flag("feature_mse");
        weight(method, "distill", mse ? "feature_error" : "distillation", "alpha");
        if (mse) {
            method.put("distillation", 0);
        }
        weight(method, "ita", "alignment", "beta");
        weight(method, "L2", "penalty_weight", "lambda");
        method.set("teacher", Json.toTree(teacher()));
        boolean kl = entries.flag("kl_div");
        method.put("reversed", PublishedSwitches.reversed(kl, mse));
        choice("feature_mse", mse, "distillation of features by their squared error", "");
        choice("kl_div", kl, "reversed Kullback-Leibler divergence", mse ? "feature_mse comes first" : "");
        boolean image = entries.flag("ablate_image_only");
        boolean text = entries.flag("ablate_text_only");
        method.set("towers", Json.toTree(PublishedSwitches.towers(image, text)));
        choice("ablate_image_only", image, "distillation and alignment reach the image tower only", "");
        choice("ablate_text_only", text, "distillation and alignment reach the text tower only",
                image ? "ablate_image_only comes first" : "");
        penalty(method);
        averaging(method);
        return method;
    }

    private void weight(ObjectNode method, String key, String ours, String symbol) {
        method.put(ours, entries.number(key, 0));
        understood(key, ours + " " + method.get(ours) + " (" + symbol + ")");
    }

    /** A switch that is on, off, or on without effect. */
    private void choice(String key, boolean on, String meaning, String overruled) {
        if (entries.has(key)) {
            notes.add(on && !overruled.isEmpty() ? "unused: " + key + " = true, because " + overruled
                    : key + " = " + entries.shown(key) + " -> " + (on ? meaning : "off"));
        }
    }

    private Teacher teacher() {
        String name = entries.text("ref_model");
        Teacher teacher = PublishedSwitches.teacher(name);
        understood("ref_model", teacher.equals(Teacher.PREVIOUS) ? "the model of the previous task teaches"
                : teacher.equals(Teacher.INITIAL) ? "the pretrained model teaches"
                + (Set.of("", "initial").contains(name) ? "" : ", as for every name but load and merge:r")
                : "r of the pretrained and 1 - r of the previous model teach, r = " + teacher.initialShare());
        return teacher;
    }

    private void penalty(ObjectNode method) {
        boolean adaptive = entries.flag("awc");
        int updates = entries.whole("static_awc", 0);
        double weight = method.get("penalty_weight").asDouble();
        boolean none = weight == 0;
        method.set("penalty", Json.toTree(PublishedSwitches.penalty(weight, adaptive, updates)));
        method.put("fisher_updates", none || !adaptive ? 0 : updates);
        understood("awc", none ? "no penalty, since L2 is 0" : adaptive ? "the penalty weighs each weight by its Fisher"
                + " information" : "plain L2 penalty");
        if (entries.has("static_awc")) {
            choice("static_awc", updates > 0, "the Fisher information is averaged over the first " + updates
                    + " updates, then fixed", none || !adaptive ? "only a penalty with awc has a Fisher information" : "");
        }
    }

    private void averaging(ObjectNode method) {
        boolean ensemble = entries.flag("we");
        boolean moving = entries.flag("moving_avg");
        method.set("averaging", Json.toTree(PublishedSwitches.averaging(moving, ensemble)));
        choice("we", ensemble, "the task ends in the mean of snapshots", moving ? "moving_avg comes first" : "");
        choice("moving_avg", moving, "the weights are drawn back to the task's start", "");
        boolean averages = ensemble || moving;
        if (averages || entries.has("avg_freq")) {
            method.put("average_every", entries.whole("avg_freq", 100));
            unusedUnless("avg_freq", averages || entries.flag("dump"), "updates between averages or dumps: "
                    + method.get("average_every"), "we, moving_avg and dump are off");
        }
        if (moving || entries.has("mv_avg_decay")) {
            method.put("average_decay", entries.number("mv_avg_decay", 0.999));
            unusedUnless("mv_avg_decay", moving, "decay " + method.get("average_decay"), "moving_avg is off");
        }
    }

    private void unusedUnless(String key, boolean used, String meaning, String why) {
        if (used) {
            understood(key, meaning);
        } else {
            notes.add("unused: " + key + " = " + entries.shown(key) + ", because " + why);
        }
    }

    /** Sets of synthetic images by their published names; anything else is a data set with class captions. */
    private ObjectNode references() {
        ObjectNode reference = (ObjectNode) Json.parse(source, "{}");
        String name = entries.text("ref_dataset");
        Matcher synthetic = Pattern.compile("SyntheticDataset_([A-Za-z0-9]+)").matcher(name);
        if (synthetic.matches()) {
            String set = "../data/synthetic/synthetic_data_" + synthetic.group(1).toLowerCase(Locale.ROOT);
            reference.put("set", set);
            understood("ref_dataset", "for each task the pairs in " + set + "/<task>_Syn, or in --reference");
        } else if (!name.isEmpty()) {
            reference.put("set", name.equals("ImageNetSUB") ? "ImageNet" : name);
            boolean part = name.equals("ImageNetSUB");
            if (part) {
                reference.put("choice", "as_published");
            }
            understood("ref_dataset", "images and class captions of the data set " + reference.get("set").asText()
                    + (part ? ", for each task a choice of its own" : ""));
        }
        boolean whole = name.equals("ImageNet"); // the published code does not pass the number on for these two
        boolean heeded = !whole && !name.equals("SyntheticDataset_B");
        reference.put("pictures", heeded ? entries.whole("image_nums", PAIRS) : whole ? 0 : PAIRS);
        unusedUnless("image_nums", heeded || !entries.has("image_nums"),
                whole ? "all images" : "at most " + reference.get("pictures") + " reference pairs a task",
                "the published trainer takes " + (whole ? "all" : PAIRS) + " of " + name + " whatever it says");
        ObjectNode references = (ObjectNode) Json.parse(source, "{}");
        return reference.has("set") ? references.set("synthetic", reference) : references;
    }
}
