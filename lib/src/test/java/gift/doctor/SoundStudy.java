package gift.doctor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.clip.BytePairLearner;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.ClipWeights;
import gift.clip.Tokenizer;
import gift.data.PairDataset;
import gift.data.SoundSets;
import gift.data.packed.PackKind;
import gift.diffusion.TinyDiffusion;
import gift.io.Hashes;
import gift.nn.Activation;
import gift.sources.ImagePacks;
import gift.study.StudyFile;
import gift.tensor.Devices;
import gift.tensor.machine.EngineMode;
import gift.tensor.machine.EngineReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A study in which nothing is wrong, on a machine that has enough of everything; and what to break in it. */
final class SoundStudy {
    static final List<String> TASKS = List.of("Aircraft", "EuroSAT", "CIFAR100", "Birds");
    private static final long GIB = 1L << 30;

    final Path root;
    final Map<String, String> environment = new HashMap<>();
    long memory = 32 * GIB;
    long heap = 8 * GIB;
    long free = 100 * GIB;
    boolean writable = true;
    List<Long> driver = List.of();
    int gpus;
    boolean cuda;
    HalfTraining half = new HalfTraining(0.1, 0.04);
    String version = "2.7.1";
    EngineReport check = new EngineReport("a processor", "2.7.1", 2, 400, List.of(), EngineMode.AS_IT_IS, 0.5, true);
    String device = "cpu";
    boolean quick;

    private SoundStudy(Path root) {
        this.root = root;
    }

    /** Writes data, weights, reference sets and study. */
    static SoundStudy write(Path root) {
        SoundSets.write(root.resolve("data"));
        Path clip = root.resolve("clip");
        List<String> texts = List.of("a photo of a Boeing 737-200, a type of aircraft.", "a centered satellite photo of permanent crop land.",
                "a photo of a owl, a bird.");
        BytePairLearner.write(clip.resolve("bpe_simple_vocab_16e6.txt.gz"), BytePairLearner.learn(texts, 60));
        ClipConfig config = new ClipConfig(16, 16, List.of(1), 32, 8, 2, 77, Tokenizer.load(clip).vocabularySize(), 32, 2, 1,
                Activation.QUICK_GELU);
        try (NDManager manager = Devices.newManager(Device.cpu()); Clip model = Clip.random(config, manager, 1)) {
            ClipWeights.save(clip.resolve("model.safetensors"), model);
        }
        SoundStudy study = new SoundStudy(root);
        study.move("clip/model.safetensors", "clip/tiny.pt"); // a name that the catalog knows
        for (int t = 0; t < TASKS.size(); t++) {
            PairDataset.write(root.resolve("synthetic/" + TASKS.get(t) + "_Syn"), PairDataset.of("pairs",
                    List.of(SoundSets.noise(1000 + 2 * t), SoundSets.noise(1001 + 2 * t)), List.of("an owl", "a wren")), 0.9f);
        }
        TinyDiffusion.write(root.resolve("diffusion"));
        study.text("birds.txt", "a photo of a owl, a bird.\na photo of a wren, a bird.\n");
        study.text("plan.json", """
                {"model": "diffusion", "tasks": ["Aircraft", "EuroSAT", "CIFAR100", "Birds"], "prompts": {"Birds": "birds.txt"},
                 "images": 2, "sampling": {"steps": 2, "width": 32, "height": 32}, "output": "drawn"}
                """);
        study.text("study.json", """
                {"name": "tiny", "data": "data", "cache": "packed", "model": "clip/tiny.pt", "tasks": ["Aircraft", "EuroSAT", "CIFAR100", "Birds"],
                 "references": {"synthetic": {"set": "synthetic", "pictures": 2}, "drawn": {"plan": "plan.json"}},
                 "methods": {"gift": {}, "gift_drawn": {"base": "gift", "reference": "drawn"}}}
                """);
        study.text("catalog.json", """
                {"about": "", "groups": {}, "items": {%s, %s, %s, "CLIP-tiny": {"kind": "weights", "home": "", "licence": "",
                 "cite": "", "folder": "weights", "files": [{"addresses": ["http://127.0.0.1/tiny.pt"],
                 "checksum": "sha256:%s", "stated_by": "nobody"}]}}}
                """.formatted(item("Aircraft", 100, 100, 100), item("EuroSAT", 10, 88, 22), item("CIFAR100", 100, 100, 100),
                Hashes.sha256(clip.resolve("tiny.pt"))));
        return study;
    }

    private static String item(String name, int classes, int train, int test) {
        return """
                "%s": {"kind": "data_set", "home": "", "licence": "", "cite": "", "files": [{"addresses":
                ["http://127.0.0.1/%s.zip"], "unpack": true, "there": "x"}], "counts": {"classes": %d, "train": %d, "test": %d}}
                """.formatted(name, name, classes, train, test);
    }

    /** The same in another folder. */
    SoundStudy copy(Path to) {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) {
                Path there = to.resolve(root.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(there);
                } else {
                    Files.copy(file, there);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SoundStudy(to);
    }

    Doctor.Report look(boolean estimate) {
        Machine machine = new Machine(memory, heap, driver, () -> new Machine.EngineFacts(version, gpus, cuda, check), () -> half,
                environment, path -> new Machine.Disk("disk", free, writable));
        Doctor.Options options = new Doctor.Options(List.of(), root.resolve("runs"), root.resolve("catalog.json"), quick, false,
                estimate, 2);
        StudyFile.Options study = new StudyFile.Options(null, null, null, null, device, List.of(), List.of());
        return new Doctor(root.resolve("study.json"), study, options, machine).look(finding -> { });
    }

    /** Packs the images of a data set, for a model of this resolution; the sound study's has 16. */
    void pack(String set, int resolution) {
        new ImagePacks(at("data"), at("packed"), List.of(set), line -> { })
                .splits(PackKind.WHOLE, PackKind.evaluation(resolution));
    }

    // ---- what can be broken

    Path at(String path) {
        return root.resolve(path);
    }

    void text(String path, String content) {
        bytes(path, content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    void bytes(String path, byte[] content) {
        try {
            Files.createDirectories(at(path).getParent());
            Files.write(at(path), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes(String path) {
        try {
            return Files.readAllBytes(at(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the first bytes of a file. */
    void cut(String path, int length) {
        bytes(path, java.util.Arrays.copyOf(bytes(path), length));
    }

    void replace(String path, String text, String by) {
        String before = new String(bytes(path), java.nio.charset.StandardCharsets.UTF_8);
        if (!before.contains(text)) {
            throw new IllegalArgumentException(path + " has no " + text);
        }
        text(path, before.replace(text, by));
    }

    void copyFile(String from, String to) {
        bytes(to, bytes(from));
    }

    void move(String from, String to) {
        try {
            Files.move(at(from), at(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String path) {
        try {
            Files.delete(at(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
