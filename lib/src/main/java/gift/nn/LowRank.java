package gift.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.TensorFile;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.tensor.SidePath;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Low-rank weights beside the linear layers of a model (LoRA: Hu et al. 2021, Low-Rank Adaptation of Large Language Models).
 *
 * <pre>
 * y = x W^T + b + (alpha / r) dropout(x) A^T B^T,     A (r, in),  B (out, r)
 * merged:  W + (alpha / r) B A
 * </pre>
 *
 * A starts normal with deviation 1 / r (as peft's "gaussian"), B at zero, so that the model computes what it did. A and B
 * are {@link #parameters() parameters} of their own, trained from the start; the model's own weights stay as they are
 * until {@link #merge}. The caller closes both.
 *
 * <p>Layers are named as their tensors, without ".weight": for a CLIP {@code visual.transformer.resblocks.0.mlp.c_fc}, and
 * for attention, also where one tensor holds three of them, {@code ...attn.q_proj}, {@code k_proj}, {@code v_proj} and
 * {@code out_proj}. A file has {@code <layer>.lora_A.weight} and {@code <layer>.lora_B.weight} of each layer, and the
 * settings as JSON under "low_rank" in its metadata.
 */
public final class LowRank implements AutoCloseable {
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final String SETTINGS = "low_rank";

    /**
     * @param rank r, at least 1
     * @param alpha the change of a layer is multiplied by alpha / r
     * @param dropout share of a layer's inputs that are 0 on the low-rank path, while dropout is on
     * @param seed of A and of dropout
     */
    public record Settings(int rank, double alpha, double dropout, long seed) {
        public Settings {
            if (rank < 1 || !(alpha > 0) || !(dropout >= 0 && dropout < 1)) {
                throw new InputException("low-rank weights of rank " + rank + ", alpha " + alpha + ", dropout " + dropout
                        + ": rank is at least 1, alpha positive, dropout in [0, 1)");
            }
        }
    }

    private final Parameters model;
    private final Parameters own;
    private final Settings settings;
    private final Map<String, SidePath> layers;
    private Long draw;                    // null where dropout is off
    private Map<String, NDArray> before;  // the model's matrices without the low-rank weights, while merged; else null

    private LowRank(Parameters model, Map<String, SidePath> layers, Settings settings, Parameters.Filler filler) {
        this.model = model;
        this.layers = layers;
        this.settings = settings;
        this.own = Parameters.create(model.manager().getParentManager(), shapes(layers, settings.rank), filler);
        own.train(name -> true);
        layers.forEach((name, side) -> side.put(path(name)));
    }

    /**
     * Puts new low-rank weights beside layers of a model.
     *
     * @param model the parameters of a built fp32 model
     * @param which names of the layers
     * @throws InputException if no layer passes, or one has low-rank weights already
     */
    public static LowRank under(Parameters model, Predicate<String> which, Settings settings) {
        return under(model, which, settings, (name, shape) -> {
            int size = Math.toIntExact(shape.size());
            return name.endsWith(B) ? new float[size]
                    : RandomStream.of(settings.seed, "low rank " + name).normals(size, 1.0 / settings.rank);
        });
    }

    private static Map<String, SidePath> some(Parameters model, Predicate<String> which) {
        Map<String, SidePath> layers = layers(model, which);
        if (layers.isEmpty()) {
            throw new InputException("no linear layer has a name as asked for; there are "
                    + String.join(", ", model.sidePaths().keySet().stream().limit(8).toList()) + ", ...");
        }
        return layers;
    }

    /**
     * The same with other initial values, such as {@link #uniform}.
     *
     * @param start values of a tensor by its name in files
     */
    public static LowRank under(
            Parameters model, Predicate<String> which, Settings settings, Parameters.Filler start) {
        return new LowRank(model, some(model, which), settings, start);
    }

    /** A uniform up to 1 / sqrt(in), B zero: how Microsoft's loralib begins, and peft by default. */
    public static Parameters.Filler uniform(Settings settings) {
        return (name, shape) -> {
            float[] values = new float[Math.toIntExact(shape.size())];
            if (name.endsWith(A)) {
                RandomStream random = RandomStream.of(settings.seed, "low rank uniform " + name);
                double bound = 1 / Math.sqrt(shape.get(1));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (bound * (2 * random.nextDouble() - 1));
                }
            }
            return values;
        };
    }

    /**
     * Puts given low-rank weights beside the layers of a model that their names tell.
     *
     * @param source for messages
     * @param found shapes by names as in a file of {@link #save}
     * @throws InputException if they do not fit the model
     */
    public static LowRank of(
            Parameters model, String source, Map<String, Shape> found, Settings settings, Parameters.Filler values) {
        Map<String, SidePath> layers = layers(model, name -> found.containsKey(name + A) || found.containsKey(name + B));
        Parameters.requireShapes(source, shapes(layers, settings.rank), found);
        return new LowRank(model, layers, settings, values);
    }

    /**
     * Puts saved low-rank weights beside the layers of a model that the file names.
     *
     * @throws InputException if the file is damaged or does not fit the model
     */
    public static LowRank load(Path file, Parameters model) {
        try (TensorFile tensors = SafeTensors.open(file)) {
            String json = tensors.metadata().get(SETTINGS);
            if (json == null) {
                throw new InputException(file + " holds no low-rank weights: no \"" + SETTINGS + "\" in its metadata");
            }
            String source = file + " (metadata)";
            Settings settings = Json.convert(source, Json.parse(source, json), Settings.class);
            return of(model, file.toString(), TensorFiles.shapes(tensors), settings, (name, shape) -> tensors.floats(name));
        }
    }

    private static Map<String, SidePath> layers(Parameters model, Predicate<String> which) {
        if (model.precision() != Precision.FP32) {
            throw new IllegalStateException("low-rank weights go under a model of fp32, not of " + model.precision()
                    + ": merge them there, then round");
        }
        Map<String, SidePath> layers = new LinkedHashMap<>();
        model.sidePaths().forEach((name, side) -> {
            if (which.test(name)) {
                if (!side.isEmpty()) {
                    throw new InputException(name + " has low-rank weights already: merge and close them first");
                }
                layers.put(name, side);
            }
        });
        return layers;
    }

    private static Map<String, Shape> shapes(Map<String, SidePath> layers, int rank) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        layers.forEach((name, side) -> {
            shapes.put(name + A, new Shape(rank, side.in()));
            shapes.put(name + B, new Shape(side.out(), rank));
        });
        return shapes;
    }

    /** (alpha / r) dropout(x) A^T B^T. */
    private UnaryOperator<NDArray> path(String layer) {
        NDArray a = own.get(layer + A);
        NDArray b = own.get(layer + B);
        return x -> {
            NDArray seen = draw == null || settings.dropout == 0 ? x : NativeOps.dropout(x, settings.dropout,
                    RandomStream.of(settings.seed, "low rank dropout " + layer, draw).nextLong());
            NDArray narrow = Functions.linear(seen, a, null, model);                                    // (..., r)
            return Functions.linear(NativeOps.scale(narrow, factor()), b, null, model);                 // (..., out)
        };
    }

    private double factor() {
        return settings.alpha / settings.rank;
    }

    /** The names of the layers. */
    public Set<String> layers() {
        return layers.keySet();
    }

    public Settings settings() {
        return settings;
    }

    /** A and B of all layers. */
    public Parameters parameters() {
        return own;
    }

    /**
     * Switches dropout on. The same draw gives the same zeros, in a forward that is computed again too.
     *
     * @param draw the number of the update, or of the part of a batch
     */
    public void dropout(long draw) {
        this.draw = draw;
    }

    /** Switches dropout off, as it is at the start. */
    public void noDropout() {
        draw = null;
    }

    public boolean merged() {
        return before != null;
    }

    /** Adds the low-rank weights to the model's own: the same results (dropout apart) at the cost of the model alone. */
    public void merge() {
        if (merged()) {
            throw new IllegalStateException("the low-rank weights are merged already");
        }
        before = new LinkedHashMap<>();
        Scopes.withoutGradients(() -> layers.forEach((name, side) -> {
            before.computeIfAbsent(side.tensor(), tensor -> {
                NDArray copy = Scopes.keep(model.get(tensor).duplicate());
                copy.attach(own.manager());
                return copy;
            });
            side.matrix().addi(own.get(name + B).matMul(own.get(name + A)).mul(factor()));
            side.put(null);
        }));
    }

    /** Takes them out again: the model has the very weights of before. */
    public void unmerge() {
        if (!merged()) {
            throw new IllegalStateException("the low-rank weights are not merged");
        }
        Scopes.withoutGradients(() -> before.forEach((tensor, copy) -> NativeOps.copy(model.get(tensor), copy)));
        before.values().forEach(NDArray::close);
        before = null;
        layers.forEach((name, side) -> side.put(path(name)));
    }

    /** Writes A and B alone. */
    public void save(Path file) {
        TensorFiles.write(file, own.all(), Map.of(SETTINGS, Json.write(settings)));
    }

    /** Frees A and B. The model is then as before them or, while they are merged, keeps the sum. */
    @Override
    public void close() {
        if (!merged()) {
            layers.values().forEach(side -> side.put(null));
        }
        own.close();
    }
}
