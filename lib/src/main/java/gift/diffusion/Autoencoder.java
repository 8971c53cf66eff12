package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variational autoencoder of Stable Diffusion between images and latents an eighth as wide and high.
 * AutoencoderKL in diffusers, whose newer tensor names it keeps; files with the older names of the attention (query,
 * key, value, proj_attn) are read as well.
 */
public final class Autoencoder implements AutoCloseable {
    static final String CLASS = "AutoencoderKL";
    static final double EPSILON = 1e-6; // of every group normalization

    private static final Map<String, String> OLDER_NAMES =
            Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

    private final AutoencoderConfig config;
    private final Parameters parameters;
    private final Encoder encoder;
    private final Conv2d quantize;
    private final Conv2d unquantize;
    private final Decoder decoder;

    /** The model of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public Autoencoder(AutoencoderConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        encoder = new Encoder(parameters, config);
        quantize = Conv2d.of(parameters, "quant_conv", 1, 0);
        unquantize = Conv2d.of(parameters, "post_quant_conv", 1, 0);
        decoder = new Decoder(parameters, config);
    }

    /**
     * Reads a model in diffusers' layout: config.json and diffusion_pytorch_model.safetensors, or its fp16 variant, or
     * shards with their index; or the same as torch's {@code .bin}.
     *
     * @param parent on whose device the model computes; the caller closes the model
     * @throws gift.io.InputException if a file is missing or damaged, naming an option that is not supported, or
     *     listing missing, unexpected and misshapen tensors
     */
    public static Autoencoder load(Path folder, NDManager parent) {
        return load(folder, parent, Precision.FP32);
    }

    /** {@link #load(Path, NDManager)} to compute in a precision. */
    public static Autoencoder load(Path folder, NDManager parent, Precision precision) {
        AutoencoderConfig config = AutoencoderConfig.read(folder.resolve(ModelFolder.CONFIG));
        return new Autoencoder(config,
                ModelFolder.load(folder, UNet.WEIGHTS, config.shapes(), parent, precision, Autoencoder::newerName));
    }

    /** A model with random weights, on the device of {@code parent}. */
    public static Autoencoder random(AutoencoderConfig config, NDManager parent, long seed) {
        return random(config, parent, seed, Precision.FP32);
    }

    /** {@link #random(AutoencoderConfig, NDManager, long)} to compute in a precision. */
    public static Autoencoder random(AutoencoderConfig config, NDManager parent, long seed, Precision precision) {
        Map<String, Shape> shapes = config.shapes();
        return new Autoencoder(config, Parameters.create(parent, shapes, RandomWeights.pytorch(shapes, seed), precision));
    }

    /** Writes the model in the layout that {@link #load} and diffusers read. */
    public void save(Path folder) {
        ModelFolder.save(folder, UNet.WEIGHTS, ModelFolder.named(CLASS, config), parameters);
    }

    /** {@code encoder.mid_block.attentions.0.query.weight} to {@code encoder.mid_block.attentions.0.to_q.weight}. */
    static String newerName(String name) {
        String[] parts = name.split("\\.");
        if (parts.length >= 2 && name.contains(".attentions.")) {
            String layer = parts[parts.length - 2];
            parts[parts.length - 2] = OLDER_NAMES.getOrDefault(layer, layer);
        }
        return String.join(".", parts);
    }

    public AutoencoderConfig config() {
        return config;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** The manager on whose device the model computes. */
    public NDManager manager() {
        return parameters.manager();
    }

    /** What a latent is multiplied by before the denoiser sees it: 0.18215 in Stable Diffusion 1.x. */
    public double scalingFactor() {
        return config.scalingFactor();
    }

    /**
     * The distribution of the latents of images. The result belongs to the scope around the call.
     *
     * @param images (B, 3, H, W) in [-1, 1]; H and W multiples of {@link AutoencoderConfig#factor()}
     * @return (B, 2 C, h, w): mean, then logarithm of the variance, unscaled; diffusers clamps the logarithm to
     *     [-30, 20] before it draws from the distribution
     */
    public NDArray encode(NDArray images) {
        requireChannels("images", images, config.inChannels());
        Shape shape = images.getShape();
        if (shape.get(2) % config.factor() != 0 || shape.get(3) % config.factor() != 0) {
            throw new IllegalArgumentException("images " + shape + ": height and width must be multiples of "
                    + config.factor());
        }
        return Scopes.result(() -> widen(quantize.forward(encoder.forward(images))));     // (B, 2 C, h, w)
    }

    /** The means of the latents of images (B, 3, H, W) in [-1, 1]: (B, C, h, w), unscaled. */
    public NDArray encodeMean(NDArray images) {
        return Scopes.result(() -> encode(images).get(":, 0:" + config.latentChannels()));
    }

    /** What the denoiser learns of images: the scaling factor times {@link #encodeMean}, (B, C, h, w). */
    public NDArray encodeScaled(NDArray images) {
        return Scopes.result(() -> NativeOps.scale(encodeMean(images), scalingFactor()));
    }

    /** {@link #decode} of latents of the denoiser (B, C, h, w), divided by the scaling factor. */
    public NDArray decodeScaled(NDArray latents) {
        return Scopes.result(() -> decode(Scalars.divide(latents, scalingFactor())));
    }

    /**
     * Latents to images. The result belongs to the scope around the call.
     *
     * @param latents (B, C, h, w), unscaled; those of the denoiser go to {@link #decodeScaled}
     * @return (B, 3, H, W), about [-1, 1], not clamped
     */
    public NDArray decode(NDArray latents) {
        requireChannels("latents", latents, config.latentChannels());
        return Scopes.result(() -> widen(decoder.forward(unquantize.forward(latents))));    // (B, 3, H, W)
    }

    private NDArray widen(NDArray x) {
        return parameters.compute().widen(x);
    }

    private static void requireChannels(String what, NDArray x, int channels) {
        if (x.getShape().dimension() != 4 || x.getShape().get(1) != channels) {
            throw new IllegalArgumentException(what + " " + x.getShape() + " are not (B, " + channels + ", H, W)");
        }
    }

    static Map<String, Shape> shapes(AutoencoderConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Encoder.shapes(shapes, config);
        Conv2d.shapes(shapes, "quant_conv", 2 * config.latentChannels(), 2 * config.latentChannels(), 1);
        Conv2d.shapes(shapes, "post_quant_conv", config.latentChannels(), config.latentChannels(), 1);
        Decoder.shapes(shapes, config);
        return shapes;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
