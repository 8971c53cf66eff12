package gift.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scopes;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The denoiser of Stable Diffusion (Rombach et al. 2022): predicts the noise in a latent, given the timestep and a
 * text. UNet2DConditionModel in diffusers, whose tensor names it keeps.
 */
public final class UNet implements AutoCloseable {
    static final String CLASS = "UNet2DConditionModel";
    static final String WEIGHTS = "diffusion_pytorch_model";

    private final UNetConfig config;
    private final Parameters parameters;
    private final TimeEmbedding timeEmbedding;
    private final Conv2d convIn;
    private final List<DownBlock> downBlocks;
    private final MidBlock midBlock;
    private final List<UpBlock> upBlocks;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    /** The model of these tensors, which it takes over. Their names and shapes are those of {@code config}. */
    public UNet(UNetConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        timeEmbedding = new TimeEmbedding(parameters, "time_embedding", config);
        convIn = Conv2d.of(parameters, "conv_in", 1, config.convInKernel() / 2);
        downBlocks = IntStream.range(0, config.blocks()).mapToObj(i -> new DownBlock(parameters, config, i)).toList();
        midBlock = new MidBlock(parameters, config);
        upBlocks = IntStream.range(0, config.blocks()).mapToObj(i -> new UpBlock(parameters, config, i)).toList();
        normOut = GroupNorm.of(parameters, "conv_norm_out", config.normNumGroups(), config.normEps());
        convOut = Conv2d.of(parameters, "conv_out", 1, config.convOutKernel() / 2);
    }

    /**
     * Reads a model in diffusers' layout: config.json and diffusion_pytorch_model.safetensors, or its fp16 variant, or
     * shards with their index; or the same as torch's {@code .bin}.
     *
     * @param parent on whose device the model computes; the caller closes the model
     * @throws gift.io.InputException if a file is missing or damaged, naming an option that is not supported, or
     *     listing missing, unexpected and misshapen tensors
     */
    public static UNet load(Path folder, NDManager parent) {
        return load(folder, parent, Precision.FP32);
    }

    /** {@link #load(Path, NDManager)} to compute in a precision. */
    public static UNet load(Path folder, NDManager parent, Precision precision) {
        UNetConfig config = UNetConfig.read(folder.resolve(ModelFolder.CONFIG));
        return new UNet(config, ModelFolder.load(folder, WEIGHTS, config.shapes(), parent, precision));
    }

    /** A model with random weights, on the device of {@code parent}. */
    public static UNet random(UNetConfig config, NDManager parent, long seed) {
        return random(config, parent, seed, Precision.FP32);
    }

    /** {@link #random(UNetConfig, NDManager, long)} to compute in a precision. */
    public static UNet random(UNetConfig config, NDManager parent, long seed, Precision precision) {
        Map<String, Shape> shapes = config.shapes();
        return new UNet(config, Parameters.create(parent, shapes, RandomWeights.pytorch(shapes, seed), precision));
    }

    /** Writes the model in the layout that {@link #load} and diffusers read. */
    public void save(Path folder) {
        ModelFolder.save(folder, WEIGHTS, ModelFolder.named(CLASS, config), parameters);
    }

    public UNetConfig config() {
        return config;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** The manager on whose device the model computes. */
    public NDManager manager() {
        return parameters.manager();
    }

    /**
     * The noise in a latent.
     *
     * <p>The result belongs to the scope around the call. Height and width are best multiples of 2^(blocks - 1).
     *
     * @param sample noisy latents (B, C, h, w), C = 4 in Stable Diffusion
     * @param timesteps (B), float32 or int64
     * @param context states of the text (B, S, D), S = 77 in Stable Diffusion
     * @return (B, C, h, w)
     */
    public NDArray forward(NDArray sample, NDArray timesteps, NDArray context) {
        requireShapes(sample.getShape(), timesteps.getShape(), context.getShape());
        return Scopes.result(() -> {
            NDArray time = timeEmbedding.forward(timesteps);                            // (B, E)
            Deque<NDArray> skips = new ArrayDeque<>();                                  // from the way down, last first
            NDArray x = convIn.forward(sample);                                         // (B, C0, h, w)
            skips.push(x);
            for (DownBlock block : downBlocks) {
                x = block.forward(x, time, context, skips);
            }
            x = midBlock.forward(x, time, context);                                     // (B, Cn, h / 2^n, w / 2^n)
            for (UpBlock block : upBlocks) {
                x = block.forward(x, time, context, skips);
            }
            NDArray noise = convOut.forward(NativeOps.silu(normOut.forward(x)));        // (B, C, h, w)
            return parameters.compute().widen(noise);
        });
    }

    private void requireShapes(Shape sample, Shape timesteps, Shape context) {
        boolean fits = sample.dimension() == 4 && timesteps.dimension() == 1 && context.dimension() == 3
                && sample.get(1) == config.inChannels() && context.get(2) == config.crossAttentionDim()
                && timesteps.get(0) == sample.get(0) && context.get(0) == sample.get(0);
        if (!fits) {
            throw new IllegalArgumentException("sample " + sample + ", timesteps " + timesteps + ", context " + context
                    + " are not (B, " + config.inChannels() + ", h, w), (B), (B, S, " + config.crossAttentionDim()
                    + ")");
        }
    }

    static Map<String, Shape> shapes(UNetConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        int channels = config.blockOutChannels().get(0);
        Deque<Integer> skips = new ArrayDeque<>();
        skips.push(channels);
        Conv2d.shapes(shapes, "conv_in", config.inChannels(), channels, config.convInKernel());
        TimeEmbedding.shapes(shapes, "time_embedding", config);
        for (int i = 0; i < config.blocks(); i++) {
            channels = DownBlock.shapes(shapes, config, i, channels, skips);
        }
        MidBlock.shapes(shapes, config, channels);
        for (int i = 0; i < config.blocks(); i++) {
            channels = UpBlock.shapes(shapes, config, i, channels, skips);
        }
        GroupNorm.shapes(shapes, "conv_norm_out", channels);
        Conv2d.shapes(shapes, "conv_out", channels, config.outChannels(), config.convOutKernel());
        return shapes;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
