package gift.diffusion.glide;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.clip.ByteTokenizer;
import gift.diffusion.glide.ScaleShiftBlock.Resize;
import gift.io.TensorFile;
import gift.nn.Conv2d;
import gift.nn.GroupNorm;
import gift.nn.Linear;
import gift.tensor.NativeOps;
import gift.tensor.Parameters;
import gift.tensor.Precision;
import gift.tensor.Scalars;
import gift.tensor.Scopes;
import gift.tensor.TensorFiles;
import gift.tensor.Transfers;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One of GLIDE's networks with its text transformer: what noise is in an image, and its variance, given the timestep and a
 * text (and for the upsampler the small image). Text2ImUNet and SuperResText2ImUNet of {@code glide_text2im}, whose tensor
 * names it keeps.
 */
final class GlideUNet implements AutoCloseable {
    private static final double LOG_LONGEST = Math.log(10000);

    private final GlideConfig config;
    private final Parameters parameters;
    private final TextTransformer text;
    private final NDArray frequencies;      // (C / 2)
    private final Linear time1;
    private final Linear time2;
    private final Conv2d convIn;
    private final List<Stage> down;
    private final List<Stage> middle;
    private final List<Stage> up;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    /** A block, and what follows it under its number; attention and the second block may be null. */
    private record Stage(ScaleShiftBlock block, TextAttention attention, ScaleShiftBlock enlarging) {
        static Stage of(Parameters parameters, String prefix, Resize resize) {
            TextAttention attention = parameters.has(prefix + ".1.qkv.weight") ? new TextAttention(parameters, prefix + ".1") : null;
            String last = prefix + (attention == null ? ".1" : ".2");
            return new Stage(new ScaleShiftBlock(parameters, prefix + ".0", resize), attention,
                    parameters.has(last + ".in_layers.2.weight") ? new ScaleShiftBlock(parameters, last, Resize.TWICE) : null);
        }

        NDArray forward(NDArray x, NDArray time, NDArray states) {
            return Scopes.result(() -> {
                NDArray h = block.forward(x, time);
                h = attention == null ? h : attention.forward(h, states);
                return enlarging == null ? h : enlarging.forward(h, time);
            });
        }
    }

    /** The network of these tensors, which it takes over: the shapes of {@code config}, those of attention as linear layers. */
    GlideUNet(GlideConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        text = new TextTransformer(parameters, config);
        int half = config.channels() / 2;
        NDManager manager = parameters.manager();
        frequencies = Scopes.keep(Scopes.withoutGradients(() -> Scalars.divide(
                NativeOps.scale(manager.arange(0, half, 1, DataType.FLOAT32), -LOG_LONGEST), half).exp()));
        time1 = Linear.of(parameters, "time_embed.0");
        time2 = Linear.of(parameters, "time_embed.2");
        convIn = Conv2d.of(parameters, "input_blocks.0.0", 1, 1);
        int each = config.resBlocks() + 1;
        down = IntStream.range(1, config.levels() * each).mapToObj(k ->
                Stage.of(parameters, "input_blocks." + k, k % each == 0 ? Resize.HALF : Resize.NONE)).toList();
        middle = List.of(new Stage(new ScaleShiftBlock(parameters, "middle_block.0", Resize.NONE),
                        new TextAttention(parameters, "middle_block.1"), null),
                new Stage(new ScaleShiftBlock(parameters, "middle_block.2", Resize.NONE), null, null));
        up = IntStream.range(0, config.levels() * each).mapToObj(k ->
                Stage.of(parameters, "output_blocks." + k, Resize.NONE)).toList();
        normOut = GroupNorm.of(parameters, "out.0", GlideConfig.GROUPS, 1e-5);
        convOut = Conv2d.of(parameters, "out.2", 1, 1);
    }

    Parameters parameters() {
        return parameters;
    }

    /**
     * Reads a network from a state of torch or safetensors, with its sizes.
     *
     * @param parent on whose device the network computes; the caller closes it
     * @throws gift.io.InputException if the file is missing or damaged, or listing missing, unexpected and misshapen tensors
     */
    static GlideUNet load(Path file, NDManager parent, Precision precision) {
        try (TensorFile tensors = TensorFile.open(file)) {
            GlideConfig config = config(file, tensors);
            return create(config, parent, (name, shape) -> tensors.floats(name), precision);
        }
    }

    /** The sizes of the network in a file, of which no values are read; throws what {@link #load} throws. */
    static GlideConfig check(Path file) {
        try (TensorFile tensors = TensorFile.open(file)) {
            return config(file, tensors);
        }
    }

    private static GlideConfig config(Path file, TensorFile tensors) {
        Map<String, Shape> found = TensorFiles.shapes(tensors);
        GlideConfig config = GlideConfig.infer(file.toString(), found);
        Parameters.requireShapes(file.toString(), linear(config.shapes()), linear(found));
        return config;
    }

    /** A network whose values are given by the published names and shapes, row by row. */
    static GlideUNet create(GlideConfig config, NDManager parent, Parameters.Filler filler, Precision precision) {
        return new GlideUNet(config, Parameters.create(parent, linear(config.shapes()), filler, precision));
    }

    private static Map<String, Shape> linear(Map<String, Shape> shapes) {
        Map<String, Shape> result = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> result.put(name, TextAttention.asLinear(shape)));
        return result;
    }

    GlideConfig config() {
        return config;
    }

    /** The manager on whose device the network computes. */
    NDManager manager() {
        return parameters.manager();
    }

    /** What the network makes of texts; it belongs to the scope around the call. */
    TextTransformer.Text text(List<ByteTokenizer.Row> rows) {
        return text.forward(rows);
    }

    /**
     * Noise and variance, all from one timestep.
     *
     * @param x (B, 3, h, w), sides multiples of 2^(resolutions - 1); for the upsampler with the small image behind it,
     *     {@link #withSmall}, (B, 6, h, w)
     * @param timestep 0 .. 999
     * @param text of B rows
     * @return (B, 6, h, w), which belongs to the scope around the call
     */
    NDArray forward(NDArray x, int timestep, TextTransformer.Text text) {
        float[] timesteps = new float[Math.toIntExact(x.getShape().get(0))];
        Arrays.fill(timesteps, timestep);
        return forward(x, timesteps, text);
    }

    /** {@link #forward(NDArray, int, TextTransformer.Text)} with a timestep for every row. */
    NDArray forward(NDArray x, float[] timesteps, TextTransformer.Text text) {
        requireShape(x.getShape(), text.states().getShape().get(0), timesteps.length);
        return Scopes.result(() -> {
            NDArray t = Transfers.write(manager(), timesteps, new Shape(timesteps.length));
            NDArray time = time(t).add(text.projection());                                  // (B, E)
            Deque<NDArray> skips = new ArrayDeque<>();                                      // from the way down, last first
            NDArray h = convIn.forward(x);                                                  // (B, C, h, w)
            skips.push(h);
            for (Stage stage : down) {
                h = stage.forward(h, time, text.states());
                skips.push(h);
            }
            for (Stage stage : middle) {
                h = stage.forward(h, time, text.states());
            }
            for (Stage stage : up) {
                NDArray before = h;
                NDArray skip = skips.pop();
                h = Scopes.result(() -> stage.forward(NDArrays.concat(new NDList(before, skip), 1), time, text.states()));
            }
            NDArray answer = convOut.forward(NativeOps.silu(normOut.forward(h)));           // (B, 6, h, w)
            return parameters.precision().widen(answer);
        });
    }

    /** The upsampler's input: x (B, 3, h, w) and the small images (B, 3, h', w'), enlarged, behind it; (B, 6, h, w). */
    static NDArray withSmall(NDArray x, NDArray small) {
        return Scopes.result(() -> x.concat(
                NativeOps.upsampleBilinear(small, x.getShape().get(2), x.getShape().get(3)), 1));
    }

    /** timesteps (B) to (B, E): the cosines and sines of C / 2 frequencies, then two layers. */
    private NDArray time(NDArray timesteps) {
        return Scopes.result(() -> {
            NDArray angle = timesteps.expandDims(1).mul(frequencies);                       // (B, C / 2)
            NDArray waves = angle.cos().concat(angle.sin(), 1);                             // (B, C)
            NDArray first = parameters.precision().widen(time1.forward(waves));
            return parameters.precision().widen(time2.forward(NativeOps.silu(first)));
        });
    }

    private void requireShape(Shape x, long texts, int timesteps) {
        int multiple = 1 << config.levels() - 1;
        if (x.dimension() != 4 || x.get(1) != config.inChannels() || x.get(2) % multiple != 0 || x.get(3) % multiple != 0
                || x.get(0) != texts || timesteps != texts) {
            throw new IllegalArgumentException("images " + x + " with " + texts + " texts and " + timesteps
                    + " timesteps are not (B, " + config.inChannels() + ", h, w) with B texts and timesteps, sides multiples of "
                    + multiple);
        }
    }

    static Map<String, Shape> shapes(GlideConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        TextTransformer.shapes(shapes, config);
        int time = config.timeWidth();
        Linear.shapes(shapes, "time_embed.0", config.channels(), time, true);
        Linear.shapes(shapes, "time_embed.2", time, time, true);
        int channels = config.channels(0);
        Conv2d.shapes(shapes, "input_blocks.0.0", config.inChannels(), channels, 3);
        Deque<Integer> skips = new ArrayDeque<>(List.of(channels));
        int each = config.resBlocks() + 1;
        for (int k = 1; k < config.levels() * each; k++) {
            int level = (k - 1) / each;
            boolean halving = k % each == 0;
            int out = config.channels(level);
            ScaleShiftBlock.shapes(shapes, "input_blocks." + k + ".0", channels, out, time);
            if (!halving && config.attention().get(level)) {
                TextAttention.shapes(shapes, "input_blocks." + k + ".1", out, config.textWidth());
            }
            channels = out;
            skips.push(channels);
        }
        ScaleShiftBlock.shapes(shapes, "middle_block.0", channels, channels, time);
        TextAttention.shapes(shapes, "middle_block.1", channels, config.textWidth());
        ScaleShiftBlock.shapes(shapes, "middle_block.2", channels, channels, time);
        for (int k = 0; k < config.levels() * each; k++) {
            int level = config.levels() - 1 - k / each;
            int out = config.channels(level);
            String prefix = "output_blocks." + k;
            ScaleShiftBlock.shapes(shapes, prefix + ".0", channels + skips.pop(), out, time);
            boolean attends = config.attention().get(level);
            if (attends) {
                TextAttention.shapes(shapes, prefix + ".1", out, config.textWidth());
            }
            if (level > 0 && k % each == each - 1) {
                ScaleShiftBlock.shapes(shapes, prefix + (attends ? ".2" : ".1"), out, out, time);
            }
            channels = out;
        }
        GroupNorm.shapes(shapes, "out.0", channels);
        Conv2d.shapes(shapes, "out.2", config.channels(0), GlideConfig.OUT_CHANNELS, 3);
        return shapes;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
