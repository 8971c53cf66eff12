package gift.recognition;

import static gift.Numbers.difference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.BytePairLearner;
import gift.clip.Clip;
import gift.clip.ClipConfig;
import gift.clip.Tokenizer;
import gift.data.LabelledDataset;
import gift.eval.FeatureCache;
import gift.eval.ImageFeatures;
import gift.image.Image;
import gift.io.InputException;
import gift.nn.Activation;
import gift.tensor.Devices;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuning end to end, and the baselines, on a small random CLIP. */
class ClassifiersTest {
    private static final List<String> NAMES = List.of("dog", "cat", "car");

    @TempDir
    private Path folder;

    private final NDManager manager = Devices.newManager(Device.cpu());
    private Tokenizer tokenizer;
    private Clip clip;

    /** Images of noise, three classes of different brightness. */
    private static final class Noise extends LabelledDataset {
        Noise(int size) {
            super("noise", NAMES, IntStream.range(0, size).map(i -> i % 3).toArray());
        }

        @Override
        public Image image(int i) {
            byte[] rgb = new byte[3 * 16 * 16];
            RandomStream random = RandomStream.of(1, "noise", i);
            for (int k = 0; k < rgb.length; k++) {
                rgb[k] = (byte) (random.nextInt(120) + 60 * label(i));
            }
            return new Image(16, 16, rgb);
        }

        @Override
        public String source(int i) {
            return "noise#" + i;
        }
    }

    @BeforeEach
    void make() {
        Path vocabulary = folder.resolve("bpe_simple_vocab_16e6.txt.gz");
        BytePairLearner.write(vocabulary, BytePairLearner.learn(List.of("a photo of a dog.", "a photo of a cat.", "a photo of a car."), 10));
        tokenizer = Tokenizer.load(vocabulary);
        clip = Clip.random(new ClipConfig(16, 16, List.of(1), 64, 8, 1, 16, tokenizer.vocabularySize(), 32, 2, 1,
                Activation.QUICK_GELU), manager, 3);
    }

    @AfterEach
    void close() {
        clip.close();
        manager.close();
    }

    private FeatureSet features(Noise images) {
        return new FeatureSet(ImageFeatures.of(clip, images, FeatureCache.in(folder), () -> { }), images.labels(), 16);
    }

    private Head head() {
        return Head.zeroShot(clip, tokenizer, List.of(List.of("a dog.", "a cat.", "a car.")));
    }

    private float[] tuned(TrainingImages synthetic, TrainingImages real, Parameters encoder) {
        TuningSettings settings = TuningSettings.ZERO_SHOT.withEpochs(10).withBatchSizes(8, 4);
        TuningBatches batches = TuningBatches.shuffled(1, synthetic.size(), 8, real.size(), 4);
        try (Head student = head(); Head teacher = head()) {
            HeadTuning.run(student, teacher, encoder, synthetic, real, batches, settings, settings.updates(synthetic.size()));
            float[] weight = student.parameters().get("weight").toFloatArray();
            float[] bias = student.parameters().get("bias").toFloatArray();
            float[] both = Arrays.copyOf(weight, weight.length + bias.length);
            System.arraycopy(bias, 0, both, weight.length, bias.length);
            return both;
        }
    }

    @Test
    void featuresInMemoryAreOfOneModelAndOneDataSet() {
        FeatureCache known = FeatureCache.inMemory();
        Noise images = new Noise(3);
        float[] first = known.of(clip, images, () -> new float[] {1});
        assertThat(known.of(clip, images, () -> new float[] {2})).isSameAs(first);
        assertThat(known.of(clip, new Noise(3), () -> new float[] {3})).containsExactly(3);
        try (Clip copy = clip.copy()) {
            assertThat(known.of(copy, images, () -> new float[] {4})).isSameAs(first);
            copy.parameters().get("logit_scale").addi(1);
            assertThat(known.of(copy, images, () -> new float[] {5})).containsExactly(5);
        }
    }

    @Test
    void aHeadOnKnownFeaturesIsThatOfAFrozenEncoder() {
        Noise synthetic = new Noise(30);
        Noise real = new Noise(9);
        float[] before;
        try (Head head = head()) {
            before = head.parameters().get("weight").toFloatArray();
        }
        float[] known;
        try (KnownFeatures first = new KnownFeatures(features(synthetic), manager);
                KnownFeatures second = new KnownFeatures(features(real), manager)) {
            known = tuned(first, second, null);
        }
        try (Clip initial = clip.copy()) {
            TrainingImages first = new EncodedImages(synthetic, clip.image(), initial.image(), manager);
            TrainingImages second = new EncodedImages(real, clip.image(), initial.image(), manager);
            float[] endToEnd = tuned(first, second, clip.parameters());
            assertThat(endToEnd).containsExactly(known, within(1e-5f));
            assertThat(Arrays.copyOf(known, before.length)).isNotEqualTo(before);

            clip.train(name -> name.startsWith("visual."));
            float[] trained = tuned(first, second, clip.parameters());
            assertThat(trained).isNotEqualTo(endToEnd);
            assertThat(clip.parameters().distance(initial.parameters())).isGreaterThan(0.01);
        }
    }

    @Test
    void featuresAreThoseOfTheModelAndTheImages() {
        float[] first = features(new Noise(6)).values();
        clip.parameters().get("visual.proj").muli(2).addi(0.1f);
        assertThat(features(new Noise(6)).values()).isNotEqualTo(first); // not stale
        assertThat(new FeatureSet(first, new Noise(6).labels(), 16).subset(new int[] {4}).labels()).containsExactly(1);
    }

    @Test
    void aStoppedTrainingGoesOnAndKeepsItsBestEpoch() {
        FeatureSet shots = features(new Noise(12));
        try (KnownFeatures images = new KnownFeatures(shots, manager); Head whole = head(); Head stopped = head(); Head resumed = head();
                ClassifierTrainer first = trainer(whole, images, shots); ClassifierTrainer second = trainer(stopped, images, shots);
                ClassifierTrainer third = trainer(resumed, images, shots)) {
            for (int i = 0; i < 20; i++) {
                first.update(i);
            }
            for (int i = 0; i < 7; i++) {
                second.update(i);
            }
            third.restore(second.state(), 7);
            for (int i = 7; i < 20; i++) {
                third.update(i);
            }
            assertThat(third.bestEpoch()).isEqualTo(first.bestEpoch()).isPositive();
            first.takeBest();
            third.takeBest();
            assertThat(resumed.parameters().get("weight").toFloatArray()).isEqualTo(whole.parameters().get("weight").toFloatArray());
        }
    }

    private ClassifierTrainer trainer(Head student, TrainingImages images, FeatureSet validation) {
        TuningBatches batches = TuningBatches.shuffled(1, images.size(), 6, 0, 1);
        List<Parameters> models = List.of(student.parameters());
        return new ClassifierTrainer(models, ClassifierTrainer.adamW(0.1), Objective.crossEntropy(student, images, batches), i -> 0.05, 1,
                new BestEpoch(2, () -> Accuracy.of(student, validation), models));
    }

    // ---- Tip-Adapter

    /** x = (1, 0); keys (1, 0) of class 0 and (0.6, 0.8) of class 1; beta 2: exp(0) and exp(-2 * 0.4). */
    @Test
    void theCacheByHand() {
        NDArray x = manager.create(new float[] {1, 0}, new Shape(1, 2));
        NDArray keys = manager.create(new float[] {1, 0, 0.6f, 0.8f}, new Shape(2, 2));
        NDArray values = manager.create(new float[] {1, 0, 0, 1}, new Shape(2, 2));
        assertThat(TipAdapter.cache(x, keys, values, 2).toFloatArray())
                .containsExactly(new float[] {1, (float) Math.exp(-0.8)}, within(1e-6f));
    }

    @Test
    void tipAdapterAddsTheCacheAndItsKeysLearn() {
        FeatureSet shots = features(new Noise(12));
        try (Head zero = head(); TipAdapter adapter = new TipAdapter(zero, shots, 3, TipAdapter.Settings.PUBLISHED, manager);
                KnownFeatures images = new KnownFeatures(shots, manager)) {
            NDArray x = manager.create(shots.values(), new Shape(12, 16));
            NDArray cached = TipAdapter.cache(x, adapter.parameters().get("keys"), adapter.logits(x).mul(0).add(oneHot(shots)), 5.5);
            assertThat(difference(adapter.logits(x).toFloatArray(), zero.logits(x).add(cached).toFloatArray())).isLessThan(1e-4);
            adapter.search(shots, TipAdapter.Settings.PUBLISHED);
            assertThat(adapter.alpha()).isBetween(0.1, 3.0);
            assertThat(adapter.beta()).isBetween(0.1, 7.0);
            assertThat(losses(adapter, images, 30, 0.01)).satisfies(l -> assertThat(l[29]).isLessThan(l[0]));
        }
    }

    private NDArray oneHot(FeatureSet set) {
        float[] values = new float[set.size() * 3];
        for (int i = 0; i < set.size(); i++) {
            values[3 * i + set.labels()[i]] = 1;
        }
        return manager.create(values, new Shape(set.size(), 3));
    }

    private static double[] losses(Classifier student, TrainingImages images, int updates, double rate) {
        TuningBatches all = TuningBatches.shuffled(1, images.size(), images.size(), 0, 1);
        double[] losses = new double[updates];
        List<Parameters> models = List.of(student.parameters());
        try (ClassifierTrainer trainer = new ClassifierTrainer(models, ClassifierTrainer.adamW(0),
                Objective.crossEntropy(student, images, all), i -> rate, Double.MAX_VALUE, BestEpoch.last(models))) {
            for (int i = 0; i < updates; i++) {
                losses[i] = trainer.update(i).get("loss");
            }
        }
        return losses;
    }

    // ---- CoOp

    /** With the embeddings of "a photo of a" as vectors it is the zero-shot classifier of that prompt. */
    @Test
    void learnedVectorsStandWhereWordsStood() {
        int[] words = tokenizer.encode("a photo of a");
        FeatureSet shots = features(new Noise(12));
        try (Coop coop = new Coop(clip, tokenizer, NAMES, words.length, 1);
                Head zero = Head.zeroShot(clip, tokenizer, List.of(NAMES.stream().map(n -> "a photo of a " + n + ".").toList()));
                KnownFeatures images = new KnownFeatures(shots, manager)) {
            NDArray numbers = manager.create(Arrays.stream(words).asLongStream().toArray());
            Scopes.withoutGradients(() -> NativeOps.copy(coop.parameters().get("context"),
                    NativeOps.rows(clip.parameters().get("token_embedding.weight"), numbers)));
            NDArray x = manager.create(shots.values(), new Shape(12, 16));
            assertThat(difference(coop.logits(x).toFloatArray(), zero.logits(x).toFloatArray())).isLessThan(1e-4);
            assertThat(losses(coop, images, 40, 0.02)).satisfies(l -> assertThat(l[39]).isLessThan(l[0]));
        }
        assertThatThrownBy(() -> new Coop(clip, tokenizer, NAMES, 14, 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("coop: vectors 14 leave no room").hasMessageContaining("'dog'");
        assertThat(Coop.Settings.PUBLISHED.epochs(1)).isEqualTo(50);
        assertThat(Coop.Settings.PUBLISHED.rates(50, 2).at(1)).isEqualTo(1e-5);
        assertThat(Coop.Settings.PUBLISHED.rates(50, 2).at(2)).isEqualTo(2e-3);
    }

    @Test
    void aLinearProbeLearnsFromZero() {
        FeatureSet shots = features(new Noise(12));
        try (Head probe = Head.zeros(manager, 16, 3); KnownFeatures images = new KnownFeatures(shots, manager)) {
            assertThat(losses(probe, images, 60, 0.3)[0]).isCloseTo(Math.log(3), within(1e-6));
            assertThat(Accuracy.of(probe, shots)).isGreaterThan(60);
        }
    }
}
