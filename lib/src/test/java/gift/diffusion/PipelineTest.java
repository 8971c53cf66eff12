package gift.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import gift.diffusion.schedulers.NoiseSchedule;
import gift.diffusion.schedulers.Scheduler;
import gift.diffusion.schedulers.SchedulerKind;
import gift.image.Image;
import gift.io.InputException;
import gift.tensor.Devices;
import gift.tensor.Scopes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
    private static final Sampling SMALL = Sampling.DEFAULT.withSize(32, 32).withSteps(4);

    @TempDir
    static Path folder;

    private static NDManager manager;
    private static StableDiffusion model;

    @BeforeAll
    static void open() {
        manager = Devices.newManager(Device.cpu());
        model = StableDiffusion.load(TinyDiffusion.write(folder.resolve("sd")), manager);
    }

    @AfterAll
    static void close() {
        model.close();
        manager.close();
    }

    private static List<Generated> generate(List<String> prompts, long[] seeds, Sampling sampling) {
        return new TextToImage(model).generate(prompts, seeds, sampling, Watcher.NONE);
    }

    private static int difference(Image a, Image b) {
        return IntStream.range(0, a.rgb().length).map(i -> Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff))).max().orElseThrow();
    }

    /** Guidance by hand: e = 1 + 3 (2 - 1) = 4 where the text says 2 and the negative 1; one call for both. */
    @Test
    void guidanceByHandInOneCall() {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<Shape> calls = new ArrayList<>();
            Denoising.NoisePredictor answersItsContext = (x, t, context) -> {
                calls.add(x.getShape());
                assertThat(t.toFloatArray()).containsOnly(t.toFloatArray()[0]).hasSize((int) x.getShape().get(0));
                return x.zerosLike().add(context.reshape(-1, 1, 1, 1));
            };
            NDArray text = manager.create(new float[] {2, 2}, new Shape(2, 1, 1));
            NDArray negative = manager.create(new float[] {1}, new Shape(1, 1, 1));
            Scheduler returnsThePrediction = new Scheduler() {
                @Override
                public int[] timesteps() {
                    return new int[] {5, 3};
                }

                @Override
                public NDArray step(NDArray prediction, int index, NDArray sample, java.util.function.Supplier<NDArray> n) {
                    return prediction;
                }

                @Override
                public NoiseSchedule noiseSchedule() {
                    return null;
                }
            };
            NDArray start = manager.zeros(new Shape(2, 1, 1, 1));
            NDArray guided = new Denoising(answersItsContext, text, negative, 3).run(returnsThePrediction, start, i -> null, Watcher.NONE);
            assertThat(guided.toFloatArray()).containsExactly(4, 4);
            assertThat(calls).containsExactly(new Shape(4, 1, 1, 1), new Shape(4, 1, 1, 1));
            calls.clear();
            NDArray plain = new Denoising(answersItsContext, text, negative, 1).run(returnsThePrediction, start, i -> null, Watcher.NONE);
            assertThat(plain.toFloatArray()).containsExactly(2, 2);
            assertThat(calls).containsExactly(new Shape(2, 1, 1, 1), new Shape(2, 1, 1, 1));
        }
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        List<String> prompts = IntStream.range(0, 20).mapToObj(i -> "a photo of a " + List.of("dog", "cat", "car").get(i % 3)).toList();
        long[] seeds = LongStream.range(100, 120).toArray();
        for (SchedulerKind kind : SchedulerKind.values()) {
            Sampling sampling = SMALL.withScheduler(kind).withSteps(10);
            List<Generated> single = generate(prompts, seeds, sampling.withBatch(1));
            List<Generated> five = generate(prompts, seeds, sampling.withBatch(5));
            int largest = IntStream.range(0, 20).map(i -> difference(single.get(i).image(), five.get(i).image())).max().orElseThrow();
            int equal = (int) IntStream.range(0, 20).filter(i -> difference(single.get(i).image(), five.get(i).image()) == 0).count();
            System.out.println(kind + ": " + equal + " of 20 images equal at batch 1 and 5, largest difference " + largest);
            assertThat(largest).isLessThanOrEqualTo(1);
            assertThat(five.get(3).image()).isNotEqualTo(five.get(4).image());
        }
    }

    @Test
    void promptSeedNegativePromptAndGuidanceMatter() {
        Image one = generate(List.of("a photo of a dog."), new long[] {1}, SMALL).get(0).image();
        assertThat(generate(List.of("a photo of a dog."), new long[] {1}, SMALL).get(0).image().rgb()).isEqualTo(one.rgb());
        assertThat(generate(List.of("a photo of a cat."), new long[] {1}, SMALL).get(0).image().rgb()).isNotEqualTo(one.rgb());
        assertThat(generate(List.of("a photo of a dog."), new long[] {2}, SMALL).get(0).image().rgb()).isNotEqualTo(one.rgb());
        assertThat(generate(List.of("a photo of a dog."), new long[] {1}, SMALL.withNegativePrompt("car")).get(0).image().rgb())
                .isNotEqualTo(one.rgb());
        // a negative prompt says nothing where there is no guidance
        Image plain = generate(List.of("a photo of a dog."), new long[] {1}, SMALL.withGuidance(1)).get(0).image();
        assertThat(plain.rgb()).isNotEqualTo(one.rgb());
        assertThat(generate(List.of("a photo of a dog."), new long[] {1}, SMALL.withGuidance(0).withNegativePrompt("car")).get(0)
                .image().rgb()).isEqualTo(plain.rgb());
    }

    @Test
    void otherSizes() {
        Image wide = generate(List.of("a"), new long[] {1}, SMALL.withSize(64, 24)).get(0).image();
        assertThat(wide.width()).isEqualTo(64);
        assertThat(wide.height()).isEqualTo(24);
        assertThatThrownBy(() -> SMALL.withSize(32, 30)).isInstanceOf(InputException.class).hasMessageContaining("multiples of 8");
        assertThatThrownBy(() -> SMALL.withSteps(0)).isInstanceOf(InputException.class).hasMessageContaining("steps 0");
    }

    @Test
    void latentsInAndOutGiveTheSameImage() {
        long[] seeds = {3, 4};
        List<String> prompts = List.of("a photo of a dog.", "a photo of a cat.");
        List<Generated> images = generate(prompts, seeds, SMALL.withBatch(2));
        try (NDArray start = model.startLatents(seeds, 32, 32);
                NDArray end = new TextToImage(model).latents(prompts, seeds, start, SMALL, Watcher.NONE)) {
            assertThat(end.getShape()).isEqualTo(new Shape(2, 4, 8, 8));
            List<Image> decoded = model.images().decode(end);
            assertThat(decoded.get(0).rgb()).isEqualTo(images.get(0).image().rgb());
            assertThat(decoded.get(1).rgb()).isEqualTo(images.get(1).image().rgb());
        }
    }

    @Test
    void theWatcherSeesEveryStepAndMayStop() {
        List<Integer> seen = new ArrayList<>();
        new TextToImage(model).generate(List.of("a", "b", "c"), new long[] {1, 2, 3}, SMALL.withBatch(2), (done, total, latents) -> {
            assertThat(total).isEqualTo(10); // two batches of five calls, pndm evaluating one timestep twice
            assertThat(latents.getShape().get(0)).isEqualTo(done <= 5 ? 2 : 1);
            seen.add(done);
            return true;
        });
        assertThat(seen).containsExactlyElementsOf(IntStream.rangeClosed(1, 10).boxed().toList());
        assertThatThrownBy(() -> new TextToImage(model).generate(List.of("a"), new long[] {1}, SMALL,
                (done, total, latents) -> done < 2)).isInstanceOf(CancellationException.class).hasMessageContaining("step 2 of 5");
    }

    @Test
    void nothingIsLeftBehind() {
        generate(List.of("a", "b"), new long[] {1, 2}, SMALL);
        int before = model.manager().getManagedArrays().size() + manager.getManagedArrays().size();
        for (SchedulerKind kind : SchedulerKind.values()) {
            generate(List.of("a", "b"), new long[] {1, 2}, SMALL.withScheduler(kind));
        }
        assertThatThrownBy(() -> new TextToImage(model).generate(List.of("a"), new long[] {1}, SMALL, (d, t, x) -> false))
                .isInstanceOf(CancellationException.class);
        assertThat(model.manager().getManagedArrays().size() + manager.getManagedArrays().size()).isEqualTo(before);
    }

    @Test
    void aPromptIsEncodedOnceByItself() {
        int before = model.states().encoded();
        generate(List.of("once", "once", "twice", "once"), new long[] {1, 2, 3, 4}, SMALL.withBatch(2).withNegativePrompt("never"));
        generate(List.of("twice"), new long[] {1}, SMALL.withNegativePrompt("never"));
        assertThat(model.states().encoded() - before).isEqualTo(3);
    }

    @Test
    void aLongPromptIsCut() {
        String longOne = "a photo of a dog. ".repeat(10).strip();
        Image cut = generate(List.of(longOne), new long[] {1}, SMALL).get(0).image();
        assertThat(generate(List.of(longOne + " and a cat"), new long[] {1}, SMALL).get(0).image().rgb()).isEqualTo(cut.rgb());
    }

    @Test
    void aGuideImageIsKeptTheMoreTheLessTheStrength() {
        Image guide = generate(List.of("a photo of a car"), new long[] {9}, SMALL).get(0).image();
        ImageToImage pipeline = new ImageToImage(model);
        for (SchedulerKind kind : SchedulerKind.values()) {
            Sampling sampling = SMALL.withSteps(20).withScheduler(kind).withGuidance(1);
            List<NDArray> latents = new ArrayList<>();
            double[] distances = new double[2];
            double[] strengths = {0.1, 0.9};
            for (int i = 0; i < 2; i++) {
                int[] calls = new int[1];
                pipeline.generate(List.of(guide), List.of("a photo of a dog."), new long[] {1}, strengths[i], sampling, (done, total, x) -> {
                    calls[0] = total;
                    latents.add(Scopes.outside(x::duplicate));
                    return true;
                });
                assertThat(calls[0]).isEqualTo((int) (20 * strengths[i]) + (kind == SchedulerKind.PNDM ? 1 : 0));
                try (NDArray clean = model.images().encode(List.of(guide));
                        NDArray rest = latents.get(latents.size() - 1).sub(clean);
                        NDArray norm = rest.norm()) {
                    distances[i] = norm.getFloat();
                }
                latents.forEach(NDArray::close);
                latents.clear();
            }
            assertThat(distances[0]).as(kind.toString()).isLessThan(distances[1]);
        }
        assertThatThrownBy(() -> pipeline.generate(List.of(guide), List.of("a"), new long[] {1}, 0, SMALL, Watcher.NONE))
                .isInstanceOf(InputException.class).hasMessageContaining("strength 0.0");
        assertThatThrownBy(() -> pipeline.generate(List.of(guide), List.of("a"), new long[] {1}, 0.1, SMALL, Watcher.NONE))
                .isInstanceOf(InputException.class).hasMessageContaining("leaves none of 4 steps");
        assertThatThrownBy(() -> pipeline.generate(List.of(guide), List.of("a"), new long[] {1}, 0.5, SMALL.withSize(64, 64), Watcher.NONE))
                .isInstanceOf(InputException.class).hasMessageContaining("a guide image is 32 x 32");
    }

    @Test
    void aBlackImageIsMadeAgainFromAnotherSeedAndAtLastRefused() {
        try (StableDiffusion black = StableDiffusion.load(folder.resolve("sd"), manager)) {
            TinyDiffusion.blacken(black);
            assertThatThrownBy(() -> new TextToImage(black).generate(List.of("a photo of a dog."), new long[] {5}, SMALL, Watcher.NONE))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("\"a photo of a dog.\" gives an image all black from 4 seeds, the first 5");
        }
        Image black = new Image(1, 1, new byte[3]);
        Image grey = new Image(1, 1, new byte[] {0, 1, 0});
        Sampler.Item item = new Sampler.Item("a", 7, null);
        List<Long> seeds = new ArrayList<>();
        List<Generated> made = Sampler.withoutBlack(List.of(item, item), List.of(grey, black), again -> {
            seeds.add(again.seed());
            return seeds.size() < 2 ? black : grey;
        });
        assertThat(seeds).containsExactly(Sampler.anotherSeed(7, 1), Sampler.anotherSeed(7, 2)).doesNotHaveDuplicates();
        assertThat(made).containsExactly(new Generated(grey, "a", 7), new Generated(grey, "a", seeds.get(1)));
    }

    @Test
    void latentsThatAreNoNumbersStopTheRun() {
        try (StableDiffusion broken = StableDiffusion.load(folder.resolve("sd"), manager)) {
            Scopes.withoutGradients(() -> broken.unet().parameters().get("conv_out.bias").addi(Float.NaN));
            assertThatThrownBy(() -> new TextToImage(broken).generate(List.of("a"), new long[] {5}, SMALL, Watcher.NONE))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("no numbers after step 1 (timestep 751)");
        }
    }

    @Test
    void foldersThatDoNotServeAreRefused() throws Exception {
        Path copy = TinyDiffusion.write(folder.resolve("damaged"));
        String hash = StableDiffusion.hash(copy);
        assertThat(hash).isEqualTo(StableDiffusion.hash(folder.resolve("sd")));
        Path index = copy.resolve("model_index.json");
        String text = Files.readString(index);
        refused(index, text.replace("UNet2DConditionModel", "UNet3DConditionModel"), "unet is UNet3DConditionModel, not UNet2DConditionModel");
        refused(index, text.replace("\"vae\"", "\"movq\""), "vae is nothing, not AutoencoderKL");
        Files.writeString(index, text);
        Path scheduler = copy.resolve("scheduler/scheduler_config.json");
        String config = Files.readString(scheduler);
        refused(scheduler, config.replace("scaled_linear", "sigmoid"), "beta_schedule 'sigmoid'");
        Files.writeString(scheduler, config);
        assertThat(StableDiffusion.hash(copy)).isEqualTo(hash);
        Path weights = copy.resolve("unet/diffusion_pytorch_model.safetensors");
        Files.delete(weights);
        assertThatThrownBy(() -> StableDiffusion.load(copy, manager)).isInstanceOf(InputException.class).hasMessageContaining("no weights in");
        Files.writeString(copy.resolve("unet/diffusion_pytorch_model.safetensors.index.json"),
                "{\"weight_map\": {\"conv_in.weight\": \"part-1.safetensors\"}}");
        assertThatThrownBy(() -> StableDiffusion.load(copy, manager)).isInstanceOf(InputException.class).hasMessageContaining("part-1.safetensors");
    }

    private static void refused(Path file, String text, String message) throws Exception {
        Files.writeString(file, text);
        assertThatThrownBy(() -> StableDiffusion.load(folder.resolve("damaged"), manager)).isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void valuesAreRoundedToTheNearest() {
        Image grey = new Image(32, 32, new byte[3 * 32 * 32]);
        try (NDArray latents = model.images().encode(List.of(grey)); NDArray values = model.images().values(latents)) {
            float[] v = values.toFloatArray();
            Image decoded = model.images().decode(latents).get(0);
            assertThat(decoded.get(5, 7, 2)).isEqualTo(Math.round(255 * v[(2 * 32 + 7) * 32 + 5]));
        }
    }
}
