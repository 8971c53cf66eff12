package gift.recognition;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.Clip;
import gift.clip.Tokenizer;
import gift.io.InputException;
import gift.tensor.Curve;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Sgd;
import java.util.List;
import java.util.Map;

/**
 * CoOp (Zhou et al. 2022): the words before the class name are vectors that are learned, the same for all classes; the CLIP is
 * frozen. t_c = unit(text([v_1] ... [v_M] class.)), logits = s unit(x) . t_c.
 *
 * <p>Published settings, except that images are known by their features, without random crops.
 */
public final class Coop implements Classifier {
    private static final double INITIAL_DEVIATION = 0.02;

    /**
     * How the vectors are learned.
     *
     * @param vectors M
     * @param learningRate peak
     * @param warmupRate of the first epoch
     * @param momentum of SGD
     * @param weightDecay of SGD
     * @param batchSize images of an update
     * @param epochs 0 for the published number by shots: 50 for 1, 100 for 2 and 4, 200 for more
     */
    public record Settings(int vectors, double learningRate, double warmupRate, double momentum, double weightDecay,
            int batchSize, int epochs) {
        /** As published, with 16 vectors before the class name. */
        public static final Settings PUBLISHED = new Settings(16, 2e-3, 1e-5, 0.9, 5e-4, 32, 0);

        public Settings {
            InputException.require(vectors > 0 && batchSize > 0 && epochs >= 0,
                    "coop: vectors " + vectors + " and batch_size " + batchSize + " must be at least 1, epochs " + epochs
                            + " at least 0");
            InputException.require(learningRate > 0 && warmupRate >= 0 && momentum >= 0 && momentum < 1 && weightDecay >= 0,
                    "coop: learning_rate, warmup_rate, momentum or weight_decay is out of range");
        }

        int epochs(int shots) {
            return epochs > 0 ? epochs : shots <= 1 ? 50 : shots <= 4 ? 100 : 200;
        }

        /** The first epoch at the rate of the warm-up, then half a cosine over all epochs, a step an epoch. */
        Curve rates(int allEpochs, int updatesPerEpoch) {
            return update -> {
                int epoch = update / updatesPerEpoch;
                return epoch == 0 ? warmupRate : 0.5 * learningRate * (1 + Math.cos(Math.PI * (epoch - 1) / allEpochs));
            };
        }

        Sgd optimizer(Parameters parameters) {
            return new Sgd(parameters, momentum, weightDecay);
        }
    }

    private final Clip model;
    private final long[][] tokens;
    private final Parameters parameters;
    private final double scale;

    /**
     * @param model frozen; not closed with this
     * @param seed of the first vectors
     * @throws InputException if a class name does not fit behind the vectors
     */
    public Coop(Clip model, Tokenizer tokenizer, List<String> classNames, int vectors, long seed) {
        this.model = model;
        int context = model.config().contextLength();
        this.tokens = classNames.stream().map(name -> row(tokenizer, name, vectors, context)).toArray(long[][]::new);
        int width = model.config().transformerWidth();
        NDManager parent = model.manager().getParentManager();
        this.parameters = Parameters.create(parent, Map.of("context", new Shape(vectors, width)), (name, shape) ->
                RandomStream.of(seed, "coop").normals(vectors * width, INITIAL_DEVIATION));
        parameters.train(name -> true);
        try (NDArray s = model.scale()) {
            this.scale = s.getFloat();
        }
    }

    /** Start, places for the vectors, "class.", end; padded with zeros. */
    private static long[] row(Tokenizer tokenizer, String name, int vectors, int context) {
        int[] words = tokenizer.encode(name.replace('_', ' ') + ".");
        if (words.length + vectors + 2 > context) {
            throw new InputException("coop: vectors " + vectors + " leave no room for the " + words.length
                    + " tokens of the class '" + name + "' in a context of " + context + ": take at most "
                    + Math.max(0, context - 2 - words.length));
        }
        long[] row = new long[context];
        row[0] = tokenizer.startToken();
        for (int i = 0; i < words.length; i++) {
            row[1 + vectors + i] = words[i];
        }
        row[1 + vectors + words.length] = tokenizer.endToken();
        return row;
    }

    /** "context" (M, W). */
    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public NDArray logits(NDArray features) {
        NDArray texts = NativeOps.normalize(model.text().chain(tokens, parameters.get("context")).forward());   // (C, D)
        return NativeOps.scale(NativeOps.normalize(features).matMul(texts.transpose()), scale);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
