package gift.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.doctor.Finding.Level;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors.Source;
import gift.io.SafeTensors;
import gift.io.TensorFile;
import gift.io.TensorSource;
import gift.tensor.machine.EngineMode;
import gift.tensor.machine.EngineReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sound study, and the same with one thing broken at a time. */
class DoctorTest {
    @TempDir
    static Path sound;

    @TempDir
    Path folder;

    private static SoundStudy study;

    @BeforeAll
    static void write() {
        study = SoundStudy.write(sound);
    }

    /**
     * Something broken.
     *
     * @param level of the finding
     * @param topic and {@code words} of it
     */
    record Fault(String name, Level level, String topic, Consumer<SoundStudy> plant, String... words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault fault(String name, String topic, Consumer<SoundStudy> plant, String... words) {
        return new Fault(name, Level.FAULT, topic, plant, words);
    }

    private static Fault warning(String name, String topic, Consumer<SoundStudy> plant, String... words) {
        return new Fault(name, Level.WARNING, topic, plant, words);
    }

    private static final String AIRCRAFT = "data/fgvc-aircraft-2013b/data/";
    private static final String IMAGE = AIRCRAFT + "images/0000006.jpg"; // of training, class 3
    private static final String PACKED = "packed images";
    private static final String DRAWN = "reference set drawn";
    private static final String SYNTHETIC = "reference set synthetic";
    private static final String UNET = "diffusion/unet/diffusion_pytorch_model.safetensors";

    static Stream<Fault> faults() {
        return Stream.of(
            // data
            fault("folder of a set missing", "CIFAR100", s -> s.move("data/cifar-100-binary", "data/moved"), "cifar-100", "gift data get CIFAR100"),
            fault("folder of all data missing", "data", s -> s.move("data", "elsewhere"), "no images at"),
            fault("list missing", "Aircraft", s -> s.delete(AIRCRAFT + "images_variant_test.txt"), "images_variant_test.txt"),
            fault("image cut off", "Aircraft", s -> s.cut(IMAGE, 400), "0000006.jpg", "gift data get Aircraft"),
            fault("image empty", "Aircraft", s -> s.cut(IMAGE, 0), "0000006.jpg"),
            fault("page of a web server for an image", "Aircraft", s -> s.text(IMAGE, "<html>404 not found</html>"), "0000006.jpg"),
            fault("image of a list missing", "Aircraft", s -> s.delete(IMAGE), "0000006.jpg"),
            fault("one image too few", "EuroSAT", s -> s.delete("data/eurosat/2750/River/River_3.jpg"), "published are", "88 + 22"),
            fault("one image too many", "EuroSAT", s -> s.bytes("data/eurosat/2750/River/River_99.jpg", s.bytes(IMAGE)), "88 + 23"),
            fault("class folder of another name", "EuroSAT", s -> s.move("data/eurosat/2750/River", "data/eurosat/2750/Stream"), "Stream"),
            fault("class missing", "EuroSAT", s -> s.move("data/eurosat/2750/River", "data/river"), "9 classes"),
            fault("class name that is none", "Aircraft", s -> List.of("variants.txt", "images_variant_train.txt", "images_variant_test.txt")
                .forEach(f -> s.replace(AIRCRAFT + f, "Yak-42", "Yak-24")), "Yak-24", "yak-42"),
            fault("label outside the classes", "CIFAR100", s -> label(s, 7, 100), "label 100", "100 classes"),
            fault("class without training images", "CIFAR100", s -> label(s, 7, 8), "1 of 100 classes without an image"),
            fault("file of records cut off", "CIFAR100", s -> s.cut("data/cifar-100-binary/train.bin", 3075), "3075 bytes"),
            fault("own set of a missing folder", "Birds", s -> s.move("data/Birds/test", "data/Birds/tests"), "Birds/test"),
            warning("training image among the test images", "Aircraft", s -> s.copyFile(IMAGE, AIRCRAFT + "images/0000011.jpg"),
                "1 test images are training images", "0000006.jpg and", "0000011.jpg"),
            warning("same image under two classes", "Aircraft", s -> s.copyFile(IMAGE, AIRCRAFT + "images/0000012.jpg"),
                "under different classes", "0000006.jpg and"),
            fault("packed images stale", PACKED, s -> {
                s.pack("EuroSAT", 16);
                s.bytes("data/eurosat/2750/River/River_3.jpg", s.bytes(IMAGE));
            }, "EuroSAT", "is stale", "gift data pack EuroSAT"),
            fault("packed for another model", PACKED, s -> s.pack("EuroSAT", 32), "the model takes 16"),
            // weights
            fault("weights missing", "model", s -> s.delete("clip/tiny.pt"), "nothing at", "gift data get CLIP-tiny"),
            fault("weights cut off", "model", s -> s.cut("clip/tiny.pt", 20_000), "tiny.pt"),
            fault("other weights than published", "model", s -> rewrite(s, "clip/tiny.pt", "ln_final.bias", 1, false), "checksum"),
            fault("weights that are no numbers", "model", s -> rewrite(s, "clip/tiny.pt", "ln_final.bias", Float.NaN, false), "ln_final.bias", "NaN"),
            fault("tensor missing", "model", s -> rewrite(s, "clip/tiny.pt", "ln_final.bias", 1, true), "1 missing (ln_final.bias)"),
            fault("vocabulary missing", "vocabulary", s -> s.delete("clip/bpe_simple_vocab_16e6.txt.gz"), "vocab"),
            fault("vocabulary of another model", "vocabulary", s -> s.copyFile("diffusion/tokenizer/bpe_simple_vocab_16e6.txt.gz",
                "clip/bpe_simple_vocab_16e6.txt.gz"), "tokens, the model"),
            // reference sets
            fault("folder of a task missing", SYNTHETIC, s -> s.move("synthetic/EuroSAT_Syn", "synthetic/Euro_Syn"), "EuroSAT_Syn"),
            fault("image of a pair missing", SYNTHETIC, s -> s.delete("synthetic/EuroSAT_Syn/1.jpeg"), "EuroSAT_Syn", "1.jpeg"),
            fault("pair without a text", SYNTHETIC, s -> s.replace("synthetic/EuroSAT_Syn/image_text.csv", "an owl", ""), "row 1", "an image and its text"),
            warning("image all black", SYNTHETIC, s -> ImageFiles.writeJpeg(s.at("synthetic/EuroSAT_Syn/1.jpeg"),
                new Image(16, 12, new byte[576]), 0.9f), "all black"),
            fault("fewer pairs than wanted", SYNTHETIC, s -> s.replace("study.json", "\"pictures\": 2", "\"pictures\": 3"), "wanted are 3"),
            // plan and Stable Diffusion
            fault("part of the Stable Diffusion missing", "Stable Diffusion", s -> s.move("diffusion/vae", "diffusion/moved"), "vae"),
            fault("weights of a part missing", "Stable Diffusion", s -> s.delete(UNET), "diffusion_pytorch_model"),
            fault("weights of a part of other shapes", "Stable Diffusion", s -> s.replace("diffusion/unet/config.json",
                "\"layers_per_block\" : 1", "\"layers_per_block\" : 2"), "do not fit the model"),
            warning("plan for another order", DRAWN, s -> s.replace("plan.json", "\"Aircraft\", \"EuroSAT\"", "\"EuroSAT\", \"Aircraft\""), "order"),
            fault("task without a plan", DRAWN, s -> s.replace("plan.json", "\"CIFAR100\", ", ""), "no images for task CIFAR100"),
            fault("images of another plan", DRAWN, s -> s.text("drawn/plan.json", "{\"seed\": 7}"), "another plan", "seed"),
            // machine
            fault("no such GPU", "engine", s -> s.device = "gpu3", "gpu3", "0 GPUs"),
            fault("library of another version", "engine", s -> s.version = "2.5.1", "2.5.1", "2.7.1"),
            warning("library of another version with its own bridge", "engine", s -> {
                s.version = "2.13.0";
                s.text("lib/libdjl_torch.so", "");
                s.environment.putAll(Map.of("PYTORCH_LIBRARY_PATH", s.at("lib").toString(), "PYTORCH_FLAVOR", "cpu", "PYTORCH_VERSION", "2.13.0"));
            }, "2.13.0", "2.7.1", "gift parity"),
            fault("library without its flavour", "engine", s -> s.environment.put("PYTORCH_LIBRARY_PATH", s.root.toString()), "PYTORCH_FLAVOR"),
            warning("engine wrong on this processor", "arithmetic", s -> s.check = new EngineReport("a processor", "2.7.1", 2, 400,
                List.of(new EngineReport.Wrong("convolution, fp32", "1 x 12 x 9 x 7 to 24 channels", 0.4)),
                EngineMode.CONVOLUTIONS_AS_PRODUCTS, 0.5, false), "convolution, fp32", "12 x 9 x 7", "0.40", "checked now", "as matrix products"),
            warning("GPU that the engine does not use", "engine", s -> {
                s.driver = List.of(24L << 30);
                s.device = "auto";
            }, "1 GPUs", "CPU", "one for CPUs"),
            warning("GPU that PyTorch for CUDA does not find", "engine", s -> {
                s.driver = List.of(24L << 30);
                s.cuda = true;
                s.device = "auto";
            }, "finds none of them", "driver"),
            warning("GPU that is hidden", "engine", s -> {
                s.driver = List.of(24L << 30);
                s.cuda = true;
                s.device = "auto";
                s.environment.put("CUDA_VISIBLE_DEVICES", "-1");
            }, "CUDA_VISIBLE_DEVICES is '-1'"),
            fault("machine too small", "memory", s -> s.memory = 1L << 29, "the machine has 0.50 GiB"),
            fault("heap too small", "memory", s -> s.heap = 1L << 17, "GIFT_JAVA_OPTS=-Xmx1g"),
            fault("disk full", "disk", s -> s.free = 1L << 10, "free", "--results"),
            fault("no permission", "disk", s -> s.writable = false, "cannot write into"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultIsFound(Fault fault) {
        SoundStudy broken = study.copy(folder.resolve("study"));
        fault.plant.accept(broken);
        Doctor.Report report = broken.look(false);
        assertThat(report.findings()).as(fault.name).anySatisfy(finding -> {
            assertThat(finding.level()).isEqualTo(fault.level);
            assertThat(finding.topic()).isEqualTo(fault.topic);
            assertThat(finding.line()).contains(fault.words).doesNotContain("\n");
            assertThat(finding.mend()).isNotEmpty();
        });
        assertThat(report.ready()).isEqualTo(fault.level != Level.FAULT);
    }

    @Test
    void nothingIsFoundOnSoundData() {
        for (boolean quick : List.of(false, true)) {
            study.quick = quick;
            Doctor.Report report = study.look(true);
            study.quick = false;
            assertThat(report.ready()).isTrue();
            assertThat(report.findings()).noneMatch(f -> f.level() == Level.WARNING || f.level() == Level.FAULT);
            assertThat(report.findings().stream().map(Finding::topic)).contains("engine", "Aircraft", "EuroSAT", "CIFAR100", "Birds",
                    "model", "vocabulary", SYNTHETIC, DRAWN, "Stable Diffusion", "memory", "disk");
            assertThat(report.estimates().total()).isPositive().isFinite();
            assertThat(report.estimates().runs()).hasSize(2).allMatch(run -> run.total() > 0);
            assertThat(report.estimates().generating()).isPositive();
            assertThat(Json.parse("report", report.json()).path("ready").asBoolean()).isTrue();
        }
    }

    /** As the published lists: more rows than images. */
    @Test
    void rowsBehindTheLastImageAreSound() {
        SoundStudy longer = study.copy(folder.resolve("study"));
        longer.replace("synthetic/EuroSAT_Syn/image_text.csv", "a wren\n", "a wren\n./syn/2.jpeg,a crow\n./syn/3.jpeg,a rook\n");
        Doctor.Report report = longer.look(false);
        assertThat(report.ready()).isTrue();
        assertThat(report.findings()).filteredOn(f -> f.topic().equals(SYNTHETIC)).singleElement().satisfies(finding ->
                assertThat(finding.line()).contains("8 pairs in 4 folders; 2 rows of image_text.csv behind the last image have none"));
        assertThat(report.findings()).noneMatch(f -> f.line().contains("delete the folder"));
    }

    @Test
    void packedImagesThatServeAreSound() {
        SoundStudy packed = study.copy(folder.resolve("study"));
        packed.pack("EuroSAT", 16);
        assertThat(packed.look(true).ready()).isTrue();
    }

    @Test
    void aQuickLookFindsWhatFilesBeginWith() {
        SoundStudy broken = study.copy(folder.resolve("study"));
        broken.text(IMAGE, "<html>404 not found</html>");
        broken.copyFile(AIRCRAFT + "images/0000008.jpg", AIRCRAFT + "images/0000011.jpg");
        broken.quick = true;
        assertThat(broken.look(false).findings()).anyMatch(f -> f.text().contains("0000006.jpg"))
                .anyMatch(f -> f.text().contains("1 test images are training images"));
    }

    @Test
    void wrongSettingsAreRefused() {
        SoundStudy broken = study.copy(folder.resolve("study"));
        broken.replace("study.json", "\"tasks\"", "\"taks\"");
        assertThatThrownBy(() -> broken.look(false)).isInstanceOf(InputException.class).hasMessageContaining("taks");
    }

    private static void label(SoundStudy s, int record, int label) {
        byte[] records = s.bytes("data/cifar-100-binary/train.bin");
        records[record * 3074 + 1] = (byte) label;
        s.bytes("data/cifar-100-binary/train.bin", records);
    }

    /** Gives a tensor other values, or leaves it out. */
    private static void rewrite(SoundStudy s, String path, String name, float value, boolean leaveOut) {
        List<Source> sources = new ArrayList<>();
        Map<String, String> metadata;
        try (TensorFile file = TensorFile.open(s.at(path))) {
            metadata = file.metadata();
            file.entries().forEach((n, entry) -> {
                float[] values = file.floats(n);
                if (n.equals(name)) {
                    java.util.Arrays.fill(values, value);
                }
                if (!n.equals(name) || !leaveOut) {
                    sources.add(TensorSource.of(n, entry.shape(), values));
                }
            });
        }
        Path other = s.at(path + String.format(Locale.ROOT, ".%d", sources.size()));
        SafeTensors.write(other, metadata, sources);
        s.copyFile(s.root.relativize(other).toString(), path);
    }
}
