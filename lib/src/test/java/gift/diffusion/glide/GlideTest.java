package gift.diffusion.glide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.ByteTokenizer;
import gift.diffusion.Generated;
import gift.diffusion.Sampling;
import gift.diffusion.Watcher;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.io.Hashes;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The networks and the whole way, compared with the published code; what goes wrong with a user's files. */
class GlideTest {
    private static final Sampling SAMPLING = Glide.SAMPLING.withSteps(3).withSize(64, 64).withBatch(2);

    @TempDir
    static Path folder;

    private static NDManager manager;
    private static Glide glide;
    private static JsonNode reference;

    @BeforeAll
    static void load() throws IOException {
        manager = Devices.newManager(Device.cpu());
        SmallGlide.write(folder.resolve("glide"));
        glide = Glide.load(folder.resolve("glide"), manager, Precision.FP32);
        reference = SmallGlide.resource("glide.json");
    }

    @AfterAll
    static void close() {
        glide.close();
        manager.close();
    }

    /** All values within 1e-5 of the largest, or of {@code tolerance}. */
    private static void compare(NDArray computed, JsonNode expected, double tolerance) {
        float[] values = computed.toFloatArray();
        List<Long> shape = new ArrayList<>();
        expected.get("shape").forEach(side -> shape.add(side.asLong()));
        assertThat(computed.getShape()).isEqualTo(new Shape(shape));
        double norm = 0;
        for (float value : values) {
            norm += (double) value * value;
        }
        double rms = expected.get("norm").asDouble() / Math.sqrt(values.length);
        assertThat(Math.sqrt(norm)).isCloseTo(expected.get("norm").asDouble(), Offset.offset(tolerance * expected.get("norm").asDouble()));
        JsonNode some = expected.get("every_29th");
        for (int i = 0; i < some.size(); i++) {
            assertThat((double) values[29 * i]).as("value %d", 29 * i)
                    .isCloseTo(some.get(i).asDouble(), Offset.offset(3 * tolerance * rms));
        }
    }

    private static List<ByteTokenizer.Row> rows(String... texts) {
        ByteTokenizer tokenizer = ByteTokenizer.load(folder.resolve("glide/vocab.bpe"));
        return Arrays.stream(texts).map(text -> tokenizer.row(text, 12)).toList();
    }

    private static GlideUNet network(GlideConfig config) {
        return GlideUNet.create(config, manager, Hashed::weight, Precision.FP32);
    }

    @Test
    void networksEqualThePublishedOnes() {
        String prompt = reference.get("prompt").asText();
        assertThat(rows(prompt).get(0).tokens()).isEqualTo(reference.get("tokens").asInt());
        try (GlideUNet base = network(SmallGlide.BASE); GlideUNet upsampler = network(SmallGlide.UPSAMPLER)) {
            Scopes.withoutGradients(() -> {
                TextTransformer.Text both = base.text(rows(prompt, ""));
                compare(both.projection(), reference.get("text").get("projection"), 1e-5);
                compare(both.states(), reference.get("text").get("states"), 1e-5);
                compare(base.forward(Hashed.unit(manager, "x", 2, 3, 32, 32), new float[] {37, 940}, both),
                        reference.get("base"), 1e-5);
                compare(base.forward(Hashed.unit(manager, "wide", 1, 3, 32, 40), 500, base.text(rows(prompt))),
                        reference.get("base_wide"), 1e-5);
                NDArray seen = GlideUNet.withSmall(Hashed.unit(manager, "high", 1, 3, 64, 64),
                        Hashed.unit(manager, "low", 1, 3, 32, 32).div(2));
                compare(upsampler.forward(seen, 321, upsampler.text(rows(prompt))), reference.get("upsampler"), 1e-5);
            });
        }
    }

    @Test
    void theWholeWayEqualsThePublishedOne() {
        List<String> prompts = Collections.nCopies(2, reference.get("prompt").asText());
        DiffusionProcess process = DiffusionProcess.cosine("10");
        Scopes.withoutGradients(() -> {
            NDArray small = glide.small(prompts, Hashed.unit(manager, "start", 2, 3, 32, 32), 10, process, SAMPLING,
                    t -> Hashed.unit(manager, "noise " + (9 - t), 2, 3, 32, 32), Watcher.NONE);
            compare(small, reference.get("samples"), 1e-3);
            NDArray large = glide.enlarged(prompts, small, Hashed.unit(manager, "up", 2, 3, 64, 64), Watcher.NONE);
            compare(large, reference.get("upsampled"), 1e-3);
        });
    }

    /** Hashes over all names and shapes of the published networks; the sizes are read from them as well. */
    @Test
    void fullNetworksHaveThePublishedTensors() {
        assertThat(listing(GlideConfig.BASE)).isEqualTo("e0b1269b3127aecdcd9477e4ea58afa5e01dd08c2df243ab1c931b81079e73fc");
        assertThat(listing(GlideConfig.UPSAMPLER)).isEqualTo("62a42fe6d9e08f0f4bdd81ae6fec28900a04e8a3bdd2299493afd88e2d2809cd");
        assertThat(GlideConfig.BASE.shapes().values().stream().mapToLong(Shape::size).sum()).isEqualTo(385_030_726);
        assertThat(GlideConfig.UPSAMPLER.shapes().values().stream().mapToLong(Shape::size).sum()).isEqualTo(398_361_286);
        assertThat(GlideConfig.BASE.imageSize()).isEqualTo(64);
        assertThat(GlideConfig.UPSAMPLER.imageSize()).isEqualTo(256);
        for (GlideConfig config : List.of(GlideConfig.BASE, GlideConfig.UPSAMPLER, SmallGlide.BASE, SmallGlide.UPSAMPLER)) {
            assertThat(GlideConfig.infer("a file", config.shapes())).isEqualTo(config);
        }
    }

    /** Counted by torch.utils.flop_counter on the published networks: 224,867,352,576 and 1,267,663,601,664. */
    @Test
    void flopsAreThoseThatTorchCounts() {
        assertThat(GlideFlops.call(GlideConfig.BASE, 64)).isCloseTo(224_867_352_576.0, Percentage.withPercentage(0.1));
        assertThat(GlideFlops.call(GlideConfig.UPSAMPLER, 256)).isCloseTo(1_267_663_601_664.0, Percentage.withPercentage(0.1));
        Path model = folder.resolve("glide");
        double once = GlideFlops.call(SmallGlide.BASE, 32);
        assertThat(Glide.flops(model, SAMPLING.withSize(32, 32))).isEqualTo(3 * 2 * once);
        assertThat(Glide.flops(model, SAMPLING.withGuidance(1)))
                .isCloseTo(3 * once + 27 * GlideFlops.call(SmallGlide.UPSAMPLER, 64), Percentage.withPercentage(1e-6));
    }

    private static String listing(GlideConfig config) {
        String lines = config.shapes().entrySet().stream()
                .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue().getShape())).sorted()
                .collect(Collectors.joining("\n"));
        return Hashes.sha256(lines.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] pixels(Generated generated) {
        return generated.image().rgb();
    }

    @Test
    void anImageDependsOnItsPromptAndSeedAlone() {
        Sampling sampling = SAMPLING.withSize(32, 32);
        List<Generated> some = glide.generate(List.of("a red dog", "a river"), new long[] {7, 8}, sampling, Watcher.NONE);
        List<Generated> again = glide.generate(List.of("a river", "a red dog", "a dog"), new long[] {8, 7, 7}, sampling, Watcher.NONE);
        assertThat(some.get(0).image().width()).isEqualTo(32);
        assertThat(pixels(again.get(1))).isEqualTo(pixels(some.get(0)));
        assertThat(pixels(again.get(0))).isEqualTo(pixels(some.get(1)));
        assertThat(pixels(again.get(2))).isNotEqualTo(pixels(some.get(0)));
        List<Generated> large = glide.generate(List.of("a red dog"), new long[] {7}, SAMPLING.withSteps(2), Watcher.NONE);
        assertThat(large.get(0).image().height()).isEqualTo(64);
    }

    /** Of one step of a hundred hardly anything of a guide is lost. */
    @Test
    void aGuideIsSeenInTheImage() {
        byte[] rgb = new byte[3 * 48 * 40];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3 % 48 < 24 ? 40 : 200);
        }
        Sampling sampling = SAMPLING.withSteps(100).withSize(32, 32);
        Image made = glide.generate(List.of(new Image(48, 40, rgb)), List.of("a red dog"), new long[] {7}, 1, sampling, Watcher.NONE)
                .get(0).image();
        assertThat(made.get(4, 16, 0)).isBetween(25, 55);
        assertThat(made.get(28, 16, 0)).isBetween(185, 215);
        assertThat(RealGuidance.steps(16)).isEqualTo(15);
        assertThat(RealGuidance.copies(16)).isEqualTo(50);
        assertThatThrownBy(() -> RealGuidance.steps(3)).isInstanceOf(InputException.class).hasMessageContaining("1, 2, 4, 8, 16");
        assertThatThrownBy(() -> glide.generate(List.of(made), List.of("a"), new long[] {1}, 101, sampling, Watcher.NONE))
                .isInstanceOf(InputException.class).hasMessageContaining("101");
    }

    /** After 20 steps as many arrays are open as after 2, and after all none more than before. */
    @Test
    void stepsLeaveNothingOpen() {
        Sampling small = SAMPLING.withSize(32, 32);
        int before = open();
        List<Integer> during = new ArrayList<>();
        glide.generate(List.of("a red dog"), new long[] {7}, small.withSteps(20), (done, total, images) -> {
            during.add(open());
            return true;
        });
        assertThat(open()).isEqualTo(before);
        assertThat(during).hasSize(20);
        assertThat(during.subList(1, 20)).containsOnly(during.get(1));
        assertThatThrownBy(() -> glide.generate(List.of("a dog"), new long[] {7}, small, (done, total, images) -> done < 2))
                .isInstanceOf(CancellationException.class);
        assertThat(open()).isEqualTo(before);
    }

    private static int open() {
        return glide.openArrays() + manager.getManagedArrays().size();
    }

    @Test
    void aPlainLineSaysWhichSettingDoesNotFit() {
        Path model = folder.resolve("glide");
        assertThatThrownBy(() -> Glide.requireFit(model, SAMPLING.withSize(512, 512))).isInstanceOf(InputException.class)
                .hasMessage("sampling: size 512 x 512: GLIDE makes 64 x 64, or without its upsampler 32 x 32");
        assertThatThrownBy(() -> Glide.requireFit(model, SAMPLING.withScheduler(SchedulerKind.PNDM)))
                .isInstanceOf(InputException.class).hasMessageContaining("pndm");
        assertThatThrownBy(() -> Glide.requireFit(model, SAMPLING.withSteps(1001))).isInstanceOf(InputException.class);
        assertThatThrownBy(() -> Glide.requireFit(model, SAMPLING.withSteps(1))).isInstanceOf(InputException.class)
                .hasMessageContaining("between 2 and 1000");
    }

    @Test
    void aPlainLineSaysWhatIsWrongWithAFile() throws IOException {
        Path broken = folder.resolve("broken");
        SmallGlide.write(broken);
        assertThat(Glide.problems(broken)).isEmpty();
        Files.move(broken.resolve("base.pt"), broken.resolve("other"));
        assertThat(Glide.isIn(broken)).isTrue();
        assertThat(Glide.problems(broken)).singleElement().asString()
                .contains(broken.toString(), "base.pt or base.safetensors");
        Files.copy(broken.resolve("upsample.pt"), broken.resolve("base.pt"));
        assertThat(Glide.problems(broken)).singleElement().asString().contains("base.pt is an upsampler");
        GlideConfig deeper = new GlideConfig(3, 64, List.of(1, 2, 2), 1, List.of(false, true, true), 327, 12, 128, 3);
        SmallGlide.write(broken.resolve("base.pt"), deeper);
        assertThat(Glide.problems(broken)).isEmpty();                   // a network of another size is one as well
        GlideConfig words = new GlideConfig(3, 64, List.of(1, 2, 2), 1, List.of(false, true, true), 300, 12, 128, 2);
        SmallGlide.write(broken.resolve("base.pt"), words);
        assertThat(Glide.problems(broken)).singleElement().asString().contains("vocab.bpe has 327 tokens", "knows 300");
        byte[] whole = Files.readAllBytes(broken.resolve("other"));
        Files.write(broken.resolve("base.pt"), Arrays.copyOf(whole, whole.length / 2));
        assertThat(Glide.problems(broken)).singleElement().asString().contains("base.pt");
        Files.move(broken.resolve("other"), broken.resolve("base.pt"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(broken.resolve("vocab.bpe"), "#version: 0.2\nx yz\n");
        assertThat(Glide.problems(broken)).singleElement().asString().contains("vocab.bpe", "line 2");
    }
}
