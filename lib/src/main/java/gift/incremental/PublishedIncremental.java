package gift.incremental;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.io.published.Hydra;
import gift.io.published.PublishedEntries;
import gift.io.published.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration file of ZSCL's published class-incremental code (YAML, hydra), read as it is: one run of one method. The
 * meaning of every key is that of the published trainer, oddities included; every entry is accounted for in {@link #notes},
 * and what is wrong in the file, or was in the code, has a note that begins with {@code wrong:}.
 */
public final class PublishedIncremental {
    /**
     * What the file comes to.
     *
     * @param dataSet by our name
     * @param initial classes of the first step
     * @param increment classes of each later step
     * @param order name of a published order of classes; or a file of a list of class numbers
     * @param template of the prompts
     * @param method by the name in {@link IncrementalMethods}
     * @param changes of the method's settings
     * @param l2 weight of the penalty on the distance to the step's start; 0 for none
     * @param batchSize images of an update; as many reference images, with iCaRL 64
     */
    public record Settings(String dataSet, int initial, int increment, String order, String template, String model,
            String method, Map<String, Object> changes, double l2, int batchSize, int referenceBatchSize, double learningRate,
            double labelSmoothing, double weightDecay) {}

    private static final Set<String> KEYS = new LinkedHashSet<>(List.of("hydra", "class_order", "dataset_root", "workdir",
            "log_path", "model_name", "prompt_template", "batch_size", "increment", "initial_increment", "scenario", "dataset",
            "method", "lr", "ls", "we", "avg_freq", "ref_model", "ref_dataset", "ref_sentences", "weight_decay", "l2",
            "ce_method", "epochs"));
    private static final Map<String, String> IGNORED = Map.of(
            "hydra", "--results says where runs are kept",
            "workdir", "the published code sets it itself",
            "log_path", "--results says where runs are kept",
            "ref_model", "the published trainer does not read it: ZSCL's teacher is the pretrained model",
            "epochs", "the published trainer has one epoch fixed in its code");
    private static final Map<String, String> DATA_SETS = Map.of("cifar100", "CIFAR100", "tinyimagenet", "TinyImageNet",
            "imagenet100", "ImageNet100", "imagenet1000", "ImageNet");
    /** Read by the published trainer; a file without one of them stops it. */
    private static final List<String> NEEDED = List.of("weight_decay", "l2", "ce_method");
    private static final Set<String> DISTILLING = Set.of("ZSCL", "lwf", "lwfvr", "iCaRL");
    private static final String CAPTIONS = "conceptual_captions";
    private static final String RANDOM = "random";
    private static final int ICARL_BATCH = 64;     // fixed in the published code
    private static final int TINY_INITIAL = 100;   // likewise, in its labels of TinyImageNet
    private static final int CAPTIONS_SIZE = 100;  // of ce_method ext

    private final String source;
    private final String fileName;
    private final PublishedEntries entries;
    private final List<String> notes = new ArrayList<>();
    private final Settings settings;
    private final String data;

    private PublishedIncremental(Path file, Overrides overrides) {
        this.source = file.toString();
        this.fileName = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        this.entries = new PublishedEntries(source, Hydra.read(file, overrides));
        entries.requireKnown(KEYS);
        this.settings = build();
        this.data = data();
        KEYS.stream().filter(key -> IGNORED.containsKey(key) && entries.has(key)).forEach(key ->
                notes.add("ignored: " + key + (key.equals("hydra") ? "" : " = " + entries.shown(key)) + ", because "
                        + IGNORED.get(key)));
    }

    /** Whether a file is of this kind, by its ending. */
    public static boolean isOne(Path file) {
        return Yaml.isOne(file);
    }

    /**
     * Reads a file.
     *
     * @param overrides as {@link Hydra} has them
     * @throws InputException naming file and key, if an entry is not understood or has no meaning here
     */
    public static PublishedIncremental read(Path file, Overrides overrides) {
        return new PublishedIncremental(file, overrides);
    }

    public Settings settings() {
        return settings;
    }

    /** What each entry was understood as, one line each, and what is wrong. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    private Settings build() {
        String scenario = entries.text("scenario");
        InputException.require(scenario.equals("class"), source + ": scenario must be class, not '" + scenario + "'; the published"
                + " code has nothing for others");
        understood("scenario", "class-incremental");
        String dataSet = entries.text("dataset");
        InputException.require(DATA_SETS.containsKey(dataSet), source + ": no data set '" + dataSet + "'"
                + Json.nearest(dataSet, DATA_SETS.keySet()));
        understood("dataset", DATA_SETS.get(dataSet));
        int initial = atLeastOne("initial_increment");
        int increment = atLeastOne("increment");
        understood("initial_increment", initial + " classes in the first step");
        understood("increment", increment + " classes in each later step");
        labels(dataSet, initial, increment);
        String order = order(dataSet);
        String template = entries.text("prompt_template");
        InputException.require(template.contains("{}"), source + ": prompt_template '" + template + "' has no {} for the class");
        understood("prompt_template", "the one template, of training and of evaluation");
        String model = "weights/clip/" + entries.text("model_name").replaceAll("[/@]", "-") + ".pt";
        understood("model_name", model + " below the folder of the data sets, as gift data get leaves it, or --model");
        int batch = atLeastOne("batch_size");
        understood("batch_size", "batches of " + batch);
        double rate = entries.number("lr", 0);
        InputException.require(rate > 0, source + ": lr must be above 0");
        understood("lr", "peak learning rate " + rate + ", after 30 updates of warm-up, fixed in the code");
        double smoothing = entries.number("ls", 0);
        understood("ls", "label smoothing " + smoothing);
        needed();
        double decay = entries.number("weight_decay", 0);
        understood("weight_decay", "weight decay " + decay);
        double l2 = entries.number("l2", 0);
        understood("l2", l2 > 0 ? "penalty " + l2 + " on the squared distance to the step's start" : "no penalty");
        Map<String, Object> changes = new LinkedHashMap<>();
        String method = method(changes);
        competing(changes);
        if (l2 > 0) {
            changes.put("penalty", "l2");
            changes.put("penalty_weight", l2);
        }
        notes.add("nothing in the file -> one epoch, so many updates as batches and one more; evaluated on random crops of the"
                + " test images, as the published code does by its training transform");
        boolean icarl = method.startsWith("icarl");
        return new Settings(DATA_SETS.get(dataSet), initial, increment, order, template, model, method, changes, l2, batch,
                icarl ? ICARL_BATCH : batch, rate, smoothing, decay);
    }

    private void understood(String key, String meaning) {
        notes.add((entries.has(key) ? key + " = " + entries.shown(key) : key + " absent") + " -> " + meaning);
    }

    private int atLeastOne(String key) {
        int value = entries.whole(key, 0);
        InputException.require(value >= 1, source + ": " + key + " must be 1 or more" + (entries.has(key) ? ", not "
                + entries.shown(key) : "; it is missing"));
        return value;
    }

    /** The published code shifts the labels of a step by a number that it does not take from the classes seen. */
    private void labels(String dataSet, int initial, int increment) {
        boolean tiny = dataSet.equals("tinyimagenet");
        boolean wrong = tiny ? initial != TINY_INITIAL : !dataSet.equals("imagenet100") && initial != increment;
        if (wrong) {
            notes.add("wrong: the published code takes " + (tiny ? TINY_INITIAL + " classes" : "increment, " + increment + " classes,")
                    + " for the first step in the labels of " + dataSet + ", here they are " + initial + "; its labels are wrong"
                    + " from the second step on, ours are not");
        }
    }

    private String order(String dataSet) {
        String text = entries.text("class_order");
        String name = text.replaceFirst("^.*[/\\\\]", "").replaceFirst("\\.ya?ml$", "");
        if (text.isEmpty() || name.equals(dataSet)) {
            understood("class_order", "the published order of " + dataSet + (text.isEmpty() ? ", which the published command"
                    + " gives beside the file" : ""));
            return dataSet;
        }
        InputException.require(DATA_SETS.containsKey(name), source + ": no published class order '" + text + "'"
                + Json.nearest(name, DATA_SETS.keySet()) + "; an own order is given in a study (see data/README.md)");
        throw new InputException(source + ": class_order " + text + " is that of another data set than " + dataSet);
    }

    /** Keys that the published code reads and some published files lack. */
    private void needed() {
        List<String> missing = NEEDED.stream().filter(key -> !entries.has(key)).toList();
        if (!missing.isEmpty()) {
            notes.add("wrong: " + String.join(", ", missing) + (missing.size() == 1 ? " is" : " are") + " missing, which the"
                    + " published code reads: it stops with an error; taken as 0 here, " + missing.stream()
                            .map(key -> "+" + key + "=0").reduce((a, b) -> a + " " + b).orElseThrow() + " says so");
        }
    }

    private String method(Map<String, Object> changes) {
        String name = entries.text("method");
        InputException.require(!name.isEmpty(), source + ": method is missing");
        String texts = entries.text("ref_sentences");
        boolean ensemble = !entries.text("we").isEmpty();
        boolean distils = DISTILLING.contains(name);
        boolean ext = entries.text("ce_method").equals("ext");
        String meaning = distils ? distilling(name, texts, changes) : name.equals("zeroshot") ? "zeroshot" : "finetune";
        understood("method", meaning + (distils ? "" : name.equals("zeroshot") ? ": nothing is trained"
                : ": the cross-entropy alone"));
        if (!distils && !Set.of("zeroshot", "finetune").contains(name)) {
            notes.add("wrong: the published code knows no method " + name + " and trains by the cross-entropy alone, as for every"
                    + " name but ZSCL, lwf, lwfvr, iCaRL and zeroshot");
        }
        String said = fileName.replaceFirst("^.*[-_]", "");
        boolean differs = Set.of("ZSCL", "LwF", "iCaRL").contains(said) && !name.equalsIgnoreCase(said);
        if (differs) {
            notes.add("wrong: the file's name says " + said + ", its method is " + name);
        }
        averaging(name, ensemble, changes);
        reference(name, texts, ext);
        return meaning;
    }

    /** The published code tells its methods by their reference images, and LwF from LwF-VR by the texts alone. */
    private String distilling(String name, String texts, Map<String, Object> changes) {
        InputException.require(Set.of("", RANDOM, CAPTIONS).contains(texts), source + ": ref_sentences must be empty, " + RANDOM
                + " or " + CAPTIONS + ", not '" + texts + "'");
        String images = entries.text("ref_dataset");
        if (name.equals("ZSCL")) {
            InputException.require(images.equals(CAPTIONS) && texts.equals(CAPTIONS), source + ": ZSCL distils on " + CAPTIONS
                    + ", so ref_dataset and ref_sentences must be that, not '" + images + "' and '" + texts + "'");
            return "zscl";
        }
        InputException.require(!texts.equals(CAPTIONS), source + ": " + name + " with the captions of " + CAPTIONS + " is none of the"
                + " methods here; ref_sentences must be empty or " + RANDOM);
        InputException.require(name.equals("iCaRL") || images.isEmpty(), source + ": " + name + " distils on the current images:"
                + " ref_dataset must be empty, not '" + images + "'");
        notes.add("wrong: the published teacher of " + name + " shares its weights with the student and teaches nothing; this is"
                + " reproduced, and the corrected method is the same name without _published");
        if (name.equals("iCaRL")) {
            if (texts.equals(RANDOM)) {
                changes.put("texts", "random");
            }
            return "icarl_published";
        }
        return texts.equals(RANDOM) ? "lwf_vr_published" : "lwf_published";
    }

    private void averaging(String name, boolean ensemble, Map<String, Object> changes) {
        if (name.equals("ZSCL")) {
            if (ensemble) {
                int every = atLeastOne("avg_freq");
                changes.put("average_every", every);
                understood("we", "weight ensemble");
                understood("avg_freq", "a snapshot after every " + every + "th update, the first included");
            } else {
                changes.put("averaging", "none");
                understood("we", "no weight ensemble");
            }
            return;
        }
        for (String key : List.of("we", "avg_freq")) {
            if (!entries.text(key).isEmpty()) {
                notes.add("unused: " + key + " = " + entries.shown(key) + ", because weights are averaged with ZSCL alone");
            }
        }
    }

    private void reference(String name, String texts, boolean ext) {
        for (String key : List.of("ref_dataset", "ref_sentences")) {
            String value = entries.text(key);
            boolean sentences = key.equals("ref_sentences");
            boolean used = name.equals("ZSCL") || sentences && (DISTILLING.contains(name) || ext && texts.equals(CAPTIONS));
            if (value.isEmpty()) {
                understood(key, sentences && Set.of("lwf", "lwfvr", "iCaRL").contains(name) ? "the current class prompts" : "none");
            } else if (used) {
                understood(key, value.equals(RANDOM) ? "1,000 random sentences" : (sentences ? "all sentences" : "the images")
                        + " of ConceptualCaptions");
            } else {
                notes.add("unused: " + key + " = " + value + ", because method " + name + " does not look at it");
            }
        }
    }

    private void competing(Map<String, Object> changes) {
        String choice = entries.text("ce_method");
        switch (choice) {
            case "ext" -> {
                InputException.require(entries.text("ref_sentences").equals(CAPTIONS), source + ": ce_method ext draws captions of "
                        + CAPTIONS + ": ref_sentences must be that, not '" + entries.text("ref_sentences") + "'");
                changes.put("competing_texts", "captions");
                understood("ce_method", CAPTIONS_SIZE + " random captions compete at every update");
            }
            case "previous" -> {
                changes.put("competing_texts", "previous_as_published");
                understood("ce_method", "prompts of earlier classes compete");
                if (entries.whole("initial_increment", 1) != entries.whole("increment", 1)) {
                    notes.add("wrong: the published code leaves out as many classes as the first step has, not the current ones");
                }
            }
            default -> understood("ce_method", "the prompts of the current classes alone compete");
        }
    }

    /** The folder of the data sets, as seen from the file: {@code dataset_root} is seen from {@code cil}, two folders up. */
    private String data() {
        String root = entries.text("dataset_root").replaceFirst("/+$", "");
        String place = root.isEmpty() ? "../../../datasets" : Path.of(root).isAbsolute() ? root : "../../" + root;
        understood("dataset_root", place + " seen from this file, or --data");
        return place;
    }

    /** The settings of a study, as its file would have them. */
    public ObjectNode study() {
        return PublishedIncrementalStudy.of(fileName, settings, data);
    }
}
