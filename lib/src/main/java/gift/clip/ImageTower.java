package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.Json;
import gift.tensor.Chain;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The image half of a CLIP on its own: an {@link ImageEncoder} with own weights, under the names they have in a CLIP. */
public final class ImageTower implements ImageEncoder, AutoCloseable {
    /** How the names of its tensors begin. */
    static final String PREFIX = "visual.";
    /** Under which the size stands, as JSON, among the texts beside the tensors. */
    private static final String CONFIG = "vision_config";
    /** The other tensors of a CLIP. */
    private static final String TEXT_HALF =
            "positional_embedding|text_projection|logit_scale|(token_embedding|ln_final|transformer)\\..*";

    private final VisionConfig config;
    private final Parameters parameters;
    private final ImageEncoder encoder;

    /** The tower of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public ImageTower(VisionConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        this.encoder = config.encoder(parameters);
    }

    /** A tower with the random weights that it would have in {@link Clip#random}, on the device of {@code parent}. */
    public static ImageTower random(VisionConfig config, NDManager parent, long seed) {
        return new ImageTower(config, Parameters.create(parent, config.shapes(),
                (name, shape) -> InitialWeights.of(seed, name, shape, config.width(), config.layers().get(0))));
    }

    /** {@link #load(Path, NDManager, Predicate)} of a file that holds a tower or a CLIP and no more. */
    public static ImageTower load(Path path, NDManager parent) {
        return load(path, parent, name -> false);
    }

    /**
     * Reads a tower from a file of its own, or from a CLIP's, whose text half is left there.
     *
     * @param path a file or folder as for {@link ClipWeights#file}
     * @param parent on whose device the tower computes; the caller closes the tower
     * @param welcome as for {@link ClipWeights#load(Path, NDManager, Predicate)}
     * @throws gift.io.InputException if the file is damaged, or listing missing, unexpected and misshapen tensors
     */
    public static ImageTower load(Path path, NDManager parent, Predicate<String> welcome) {
        Path file = ClipWeights.file(path);
        try (ClipTensors tensors = ClipTensors.open(file)) {
            VisionConfig config = config(file, tensors);
            Map<String, Shape> found = new LinkedHashMap<>(tensors.shapes());
            found.keySet().removeIf(name -> name.matches(TEXT_HALF));
            Parameters.requireShapes(file.toString(), config.shapes(), found, welcome);
            return new ImageTower(config, Parameters.create(parent, config.shapes(), (name, shape) -> tensors.values(name)));
        }
    }

    private static VisionConfig config(Path file, ClipTensors tensors) {
        String inside = tensors.file().metadata().get(CONFIG);
        if (inside != null) {
            return Json.convert(file + " (metadata)", Json.parse(file + " (metadata)", inside), VisionConfig.class);
        }
        return tensors.shapes().containsKey("text_projection") ? ClipWeights.config(file, tensors).vision()
                : VisionConfig.infer(file.toString(), tensors.shapes());
    }

    /** Writes the tower, with its size in the file's metadata. */
    public void save(Path file) {
        TensorFiles.write(file, parameters.all(), Map.of(CONFIG, Json.write(config)));
    }

    /** A tower of the same weights with own arrays. */
    public ImageTower copy() {
        return in(parameters.precision());
    }

    /** A frozen tower of the same weights, rounded, that computes in a precision; of fp32 a copy. */
    public ImageTower in(Precision precision) {
        return new ImageTower(config, parameters.copy(precision));
    }

    /** Lets the tensors whose name passes be trained, and no others; as {@link Clip#train}. */
    public ImageTower train(Predicate<String> which) {
        parameters.train(name -> !Trainable.isStatistic(name) && which.test(name));
        return this;
    }

    public VisionConfig config() {
        return config;
    }

    public Parameters parameters() {
        return parameters;
    }

    @Override
    public int resolution() {
        return encoder.resolution();
    }

    /** Tokens of an image: the class token and those of the patches. */
    public int tokens() {
        int grid = resolution() / config().patchSize();
        return 1 + grid * grid;
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    @Override
    public Chain chain(NDArray images) {
        return encoder.chain(images);
    }

    @Override
    public Chain tokenChain(NDArray images) {
        return encoder.tokenChain(images);
    }

    @Override
    public Chain projectedTokenChain(NDArray images, UnaryOperator<NDArray> patches) {
        return encoder.projectedTokenChain(images, patches);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
