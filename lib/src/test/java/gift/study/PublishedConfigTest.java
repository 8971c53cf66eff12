package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import gift.continual.Method;
import gift.continual.Method.Averaging;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Method.Towers;
import gift.continual.Methods;
import gift.continual.Training;
import gift.io.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files of the published form. */
class PublishedConfigTest {
    private static final String FILE = """
            {"_comment": "two tasks", "train": true, "evaluate": true, "zero-shot": False, "exp_no": "two tasks",
             "train_dataset": ["Aircraft", "DTD"], "eval_dataset": ["Aircraft", "DTD", "Food"],
             "learning_rate": ["5e-5", "1e-5", "2e-5"], "iterations": "1000", "label_smoothing": "0.2",
             "ita": "0.25", "L2": "1", "distill": "1", "train_loss": "cross_entropy", "devices": [0, 1],
             "ref_model": "load", "ref_dataset": "SyntheticDataset_A", "awc": true}
            """;

    @TempDir
    Path folder;

    private PublishedConfig read(String text) {
        try {
            Path file = Files.writeString(folder.resolve("two.json"), text);
            assertThat(PublishedConfig.isOne(file)).isTrue();
            return PublishedConfig.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The method of the file with some more or other entries. */
    private Method method(String... entries) {
        StudyMethod only = read(with(entries)).study().resolved("test").get(0);
        assertThat(only.name()).isEqualTo("gift");
        return only.method();
    }

    private static String with(String... entries) {
        String text = FILE;
        for (String entry : entries) {
            String key = entry.substring(0, entry.indexOf(':'));
            String without = text.replaceFirst(",\\s*" + key + ": (\"[^\"]*\"|true)(?=[,}])", "");
            text = without.replaceFirst("\\}\\s*$", ", " + entry + "}");
        }
        return text;
    }

    @Test
    void thePublishedSettingsAreTheDefaultsHere() {
        PublishedConfig config = read(FILE);
        StudyConfig study = config.study();
        assertThat(study.name()).isEqualTo("two_tasks");
        assertThat(study.tasks()).containsExactly("Aircraft", "DTD");
        assertThat(study.watched()).containsExactly("Food");
        assertThat(study.seeds()).containsExactly(42L);
        assertThat(study.references()).containsOnly(entry("synthetic", reference("../data/synthetic/synthetic_data_a")));
        StudyMethod gift = study.resolved("test").get(0);
        assertThat(gift.method()).isEqualTo(Methods.GIFT);
        assertThat(gift.training().get(0).learningRate()).isEqualTo(5e-5);
        assertThat(gift.training().get(1)).isEqualTo(Training.DEFAULT);
        assertThat(config.notes()).contains("learning_rate[0] = 5e-5 -> task Aircraft",
                "learning_rate[1] = 1e-5 -> task DTD",
                "unused: learning_rate[2] = 2e-5, because there are 2 tasks",
                "L2 = 1 -> penalty_weight 1.0 (lambda)",
                "image_nums absent -> at most 1000 reference pairs a task");
        assertThat(config.notes()).anyMatch(note -> note.startsWith("ignored: devices = [0,1], because"));
    }

    /** The published file of order I, its lists longer than its tasks, comes to what mtil_order_I.json says of GIFT. */
    @Test
    void orderI() {
        StudyConfig ours = StudyConfig.read(Path.of("../data/studies/mtil_order_I.json")).only(List.of("gift"), List.of());
        String tasks = ours.tasks().stream().map(task -> "\"" + task + "\"").collect(Collectors.joining(", ", "[", "]"));
        String rates = ours.tasks().stream().map(task -> List.of("Aircraft", "MNIST").contains(task) ? "\"5e-5\"" : "\"1e-5\"")
                .collect(Collectors.joining(", ", "[", ", \"1e-5\", \"1e-5\"]"));
        PublishedConfig config = read(FILE.replace("[\"Aircraft\", \"DTD\"]", tasks)
                .replace("[\"Aircraft\", \"DTD\", \"Food\"]", tasks.replace("]", ", \"CIFAR10\"]"))
                .replace("[\"5e-5\", \"1e-5\", \"2e-5\"]", rates));
        assertThat(config.study().resolved("file")).isEqualTo(ours.resolved("ours"));
        assertThat(config.study().watched()).containsExactly("CIFAR10");
        assertThat(config.notes()).filteredOn(note -> note.startsWith("unused: learning_rate")).hasSize(2);
    }

    @Test
    void everyEntryIsAccountedFor() {
        PublishedConfig config = read(with("\"static_awc\": \"4\"", "\"we\": true", "\"avg_freq\": \"50\"", "\"pwe\": true",
                "\"moving_avg\": \"False\"", "\"mv_avg_decay\": \"0.9\"", "\"kl_div\": 0", "\"feature_mse\": false",
                "\"ablate_image_only\": false", "\"ablate_text_only\": false", "\"image_nums\": 500", "\"dump\": true",
                "\"save_path\": \"x\"", "\"exclude_sun397\": false"));
        for (String key : FILE.replaceAll("(?s)[^\"]*\"([^\"]+)\":", "$1\n").lines().toList()) {
            if (key.matches("[A-Za-z_0-9-]+")) {
                assertThat(config.notes()).anyMatch(note -> note.contains(key));
            }
        }
        for (String key : new String[] {"static_awc", "we", "avg_freq", "pwe", "moving_avg", "mv_avg_decay", "kl_div",
            "feature_mse", "ablate_image_only", "ablate_text_only", "image_nums", "dump", "save_path", "exclude_sun397"}) {
            assertThat(config.notes()).as(key).anyMatch(note -> note.replaceFirst("^(unused|ignored): ", "")
                    .startsWith(key + " "));
        }
    }

    private static StudyConfig.Reference reference(String set) {
        return new StudyConfig.Reference(set, "", "", 1000, "", 0, "", StudyConfig.Change.NONE);
    }

    @Test
    void referenceSets() {
        assertThat(read(with("\"image_nums\": \"500\"")).study().references().get("synthetic").images()).isEqualTo(500);
        PublishedConfig other = read(with("\"ref_dataset\": \"SyntheticDataset_B\"", "\"image_nums\": \"500\""));
        assertThat(other.study().references()).containsOnly(entry("synthetic", reference("../data/synthetic/synthetic_data_b")));
        assertThat(other.notes()).anyMatch(note -> note.startsWith("unused: image_nums = 500"));
        StudyConfig.Reference part = read(with("\"ref_dataset\": \"ImageNetSUB\"")).study().references().get("synthetic");
        assertThat(part).isEqualTo(new StudyConfig.Reference("ImageNet", "", "", 1000, "", 0, "", StudyConfig.Change.NONE,
                StudyConfig.Choice.AS_PUBLISHED));
        PublishedConfig whole = read(with("\"ref_dataset\": \"ImageNet\"", "\"image_nums\": \"500\""));
        assertThat(whole.study().references().get("synthetic").images()).isZero();
        assertThat(whole.notes()).anyMatch(note -> note.startsWith("unused: image_nums = 500"));
    }

    /** train: false evaluates what an earlier call left; dump keeps weights unless they are averaged. */
    @Test
    void trainAndDump() {
        assertThat(method("\"train\": false")).isEqualTo(Methods.ZEROSHOT.withGivenWeights("../.ckpt/exp_two tasks"));
        assertThat(method("\"train\": false", "\"save_path\": \"ckpt/\"").weights()).isEqualTo("../ckpt/exp_two tasks");
        assertThat(read(with("\"dump\": true")).study().training().dumpEvery()).isEqualTo(100);
        assertThat(read(with("\"dump\": true", "\"avg_freq\": \"50\"")).study().training().dumpEvery()).isEqualTo(50);
        PublishedConfig averages = read(with("\"dump\": true", "\"we\": true"));
        assertThat(averages.study().training().dumpEvery()).isZero();
        assertThat(averages.notes()).contains("unused: dump = true, because averaging comes first");
    }

    /** The file of order I as published: nothing is left aside but devices. */
    @Test
    void nothingIsIgnoredButPathsAndDevices() {
        PublishedConfig config = read(with("\"static_awc\": 4", "\"we\": true", "\"avg_freq\": 50", "\"dump\": true",
                "\"kl_div\": true", "\"image_nums\": 500", "\"save_path\": \"x\"", "\"pwe\": true"));
        assertThat(config.notes()).filteredOn(note -> note.startsWith("ignored"))
                .allMatch(note -> note.startsWith("ignored: devices") || note.startsWith("ignored: save_path")).hasSize(2);
    }

    @Test
    void teachers() {
        assertThat(method("\"ref_model\": \"load\"").teacher()).isEqualTo(Teacher.PREVIOUS);
        assertThat(method("\"ref_model\": null").teacher()).isEqualTo(Teacher.INITIAL);
        assertThat(method("\"ref_model\": \"initial\"").teacher()).isEqualTo(Teacher.INITIAL);
        assertThat(method("\"ref_model\": \"ckpt/other.pth\"").teacher()).isEqualTo(Teacher.INITIAL); // as published
        assertThat(method("\"ref_model\": \"merge:0.3\"").teacher()).isEqualTo(new Teacher(0.3));
        assertThatThrownBy(() -> method("\"ref_model\": \"merge\"")).isInstanceOf(InputException.class);
    }

    @Test
    void lossesAndTowers() {
        assertThat(method("\"distill\": \"2\"", "\"ita\": 0.5", "\"L2\": 2"))
                .isEqualTo(Methods.GIFT.withDistillation(2).withAlignment(0.5).withPenaltyWeight(2));
        assertThat(method("\"kl_div\": true").reversed()).isTrue();
        Method features = method("\"kl_div\": true", "\"feature_mse\": \"True\"", "\"distill\": 2");
        assertThat(features.featureError()).isEqualTo(2);
        assertThat(features.distillation()).isZero();
        assertThat(features.reversed()).isFalse();
        assertThat(method("\"ablate_image_only\": true", "\"ablate_text_only\": true").towers()).isEqualTo(Towers.IMAGE);
        assertThat(method("\"ablate_text_only\": 1").towers()).isEqualTo(Towers.TEXT);
    }

    @Test
    void penalties() {
        assertThat(method("\"awc\": false").penalty()).isEqualTo(Penalty.L2);
        assertThat(method("\"awc\": True").penalty()).isEqualTo(Penalty.FISHER);
        assertThat(method("\"L2\": \"0\"").penalty()).isEqualTo(Penalty.NONE);
        Method fixed = method("\"static_awc\": 4");
        assertThat(fixed.penalty()).isEqualTo(Penalty.STATIC_FISHER_AS_PUBLISHED);
        assertThat(fixed.fisherUpdates()).isEqualTo(4);
        assertThat(method("\"static_awc\": 4", "\"awc\": false").penalty()).isEqualTo(Penalty.L2);
    }

    @Test
    void averages() {
        Method ensemble = method("\"we\": true", "\"avg_freq\": \"50\"");
        assertThat(ensemble.averaging()).isEqualTo(Averaging.ENSEMBLE);
        assertThat(ensemble.averageEvery()).isEqualTo(50);
        Method moving = method("\"moving_avg\": true");
        assertThat(moving.averaging()).isEqualTo(Averaging.MOVING);
        assertThat(moving.averageEvery()).isEqualTo(100);
        assertThat(moving.averageDecay()).isEqualTo(0.999);
        assertThat(method("\"we\": false", "\"avg_freq\": \"50\"").averaging()).isEqualTo(Averaging.NONE);
    }

    @Test
    void wrongEntries() {
        refused("unknown key 'lable_smoothing' of a published configuration (did you mean 'label_smoothing'?",
                FILE.replace("label_smoothing", "lable_smoothing"));
        refused("learning_rate has 1 values for 2 tasks", FILE.replace("[\"5e-5\", \"1e-5\", \"2e-5\"]", "\"1e-5\""));
        refused("iterations must be a number, not \"many\"", FILE.replace("\"1000\"", "\"many\""));
        refused("iterations must be a whole number", FILE.replace("\"1000\"", "\"10.5\""));
        refused("iterations -1 must be at least 0", FILE.replace("\"1000\"", "\"-1\""));
        refused("awc must be true or false, not \"yes\"", FILE.replace("\"awc\": true", "\"awc\": \"yes\""));
        refused("the reference set 'synthetic', which references does not describe", FILE.replace("\"ref_dataset\": \"SyntheticDataset_A\",", ""));
        refused("is given twice", with("\"exp_no\": \"a\"").replaceFirst("\"train\"", "\"exp_no\": 1, \"train\""));
        refused("train_dataset is missing", FILE.replace("[\"Aircraft\", \"DTD\"]", "[]"));
    }

    private void refused(String part, String text) {
        assertThatThrownBy(() -> {
            PublishedConfig config = PublishedConfig.read(Files.writeString(folder.resolve("wrong.json"), text));
            config.study().resolved("wrong.json");
        }).isInstanceOf(InputException.class).hasMessageContaining(part);
    }
}
