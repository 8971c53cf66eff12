package gift.diffusion.glide;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The sizes of one of GLIDE's two networks. Both halve their images between resolutions, of which the first has the full
 * size; heads of attention are 64 wide, normalizations have 32 groups.
 *
 * @param inChannels 3; 6 for an upsampler, which also sees the small image
 * @param channels of the first resolution where its factor is 1
 * @param factors channels of each resolution, as multiples of that
 * @param resBlocks of each resolution on the way down
 * @param attention which resolutions have attention
 * @param vocabulary tokens that the text transformer knows
 * @param context tokens of a row
 * @param textWidth values of a token's state
 * @param textLayers blocks of the text transformer
 */
record GlideConfig(int inChannels, int channels, List<Integer> factors, int resBlocks, List<Boolean> attention, int vocabulary,
        int context, int textWidth, int textLayers) {
    /** The published base network, 64 x 64: 385,030,726 values in 783 tensors. */
    static final GlideConfig BASE = new GlideConfig(3, 192, List.of(1, 2, 3, 4), 3, List.of(false, true, true, true),
            50_257, 128, 512, 16);

    /** The published upsampler to 256 x 256: 398,361,286 values in 797 tensors. */
    static final GlideConfig UPSAMPLER = new GlideConfig(6, 192, List.of(1, 1, 2, 2, 4, 4), 2,
            List.of(false, false, false, true, true, true), 50_257, 128, 512, 16);

    static final int OUT_CHANNELS = 6;
    static final int HEAD_WIDTH = 64;
    static final int GROUPS = 32;
    private static final int SMALLEST = 8; // pixels at the last resolution

    GlideConfig {
        factors = List.copyOf(factors);
        attention = List.copyOf(attention);
    }

    /** Pixels of a side that the network was made for: 64 or 256 as published. */
    int imageSize() {
        return SMALLEST << levels() - 1;
    }

    /** How many resolutions there are. */
    int levels() {
        return factors.size();
    }

    /** Channels of a resolution. */
    int channels(int level) {
        return channels * factors.get(level);
    }

    /** E, the width of the embedded timestep. */
    int timeWidth() {
        return 4 * channels;
    }

    boolean isUpsampler() {
        return inChannels == 6;
    }

    /** Names and shapes of all tensors, under the published names. */
    Map<String, Shape> shapes() {
        return GlideUNet.shapes(this);
    }

    /**
     * The sizes of a network, from the shapes of its tensors.
     *
     * @param source names the file in messages
     * @throws InputException if they are not those of a network of GLIDE
     */
    static GlideConfig infer(String source, Map<String, Shape> shapes) {
        if (!shapes.containsKey("input_blocks.0.0.weight") || !shapes.containsKey("transformer_proj.weight")) {
            throw new InputException(source + " is no network of GLIDE: it lacks the tensor '"
                    + (shapes.containsKey("input_blocks.0.0.weight") ? "transformer_proj.weight" : "input_blocks.0.0.weight") + "'");
        }
        int in = dim(source, shapes, "input_blocks.0.0.weight", 1);
        if (in != 3 && in != 6) {
            throw new InputException(source + " takes " + in + " channels: of GLIDE's networks, those for inpainting (7, 10) are"
                    + " not supported, take base.pt (3) and upsample.pt (6)");
        }
        int channels = dim(source, shapes, "time_embed.0.weight", 1);
        int inputs = count(shapes, "input_blocks.");
        int resBlocks = 0; // the first block on the way up that ends with another block enlarges
        while (resBlocks < inputs - 1 && !isBlock(shapes, "output_blocks." + resBlocks + ".1")
                && !isBlock(shapes, "output_blocks." + resBlocks + ".2")) {
            resBlocks++;
        }
        if (channels == 0 || resBlocks == 0 || inputs % (resBlocks + 1) != 0) {
            throw new InputException(source + " is no network of GLIDE: its input_blocks are not known");
        }
        List<Integer> factors = new ArrayList<>();
        List<Boolean> attention = new ArrayList<>();
        for (int level = 0; level < inputs / (resBlocks + 1); level++) {
            String first = "input_blocks." + (1 + level * (resBlocks + 1));
            factors.add(dim(source, shapes, first + ".0.out_layers.3.weight", 0) / channels);
            attention.add(shapes.containsKey(first + ".1.qkv.weight"));
        }
        return new GlideConfig(in, channels, factors, resBlocks, attention, dim(source, shapes, "token_embedding.weight", 0),
                dim(source, shapes, "positional_embedding", 0), dim(source, shapes, "token_embedding.weight", 1),
                count(shapes, "transformer.resblocks."));
    }

    private static boolean isBlock(Map<String, Shape> shapes, String prefix) {
        return shapes.containsKey(prefix + ".in_layers.2.weight");
    }

    private static int dim(String source, Map<String, Shape> shapes, String name, int axis) {
        Shape shape = shapes.get(name);
        if (shape == null || shape.dimension() <= axis) {
            throw new InputException(source + " is no network of GLIDE: it lacks the tensor '" + name + "'");
        }
        return Math.toIntExact(shape.get(axis));
    }

    /** How many numbers 0, 1, ... follow a beginning in the names of tensors. */
    private static int count(Map<String, Shape> shapes, String beginning) {
        int n = 0;
        while (begins(shapes, beginning + n + ".")) {
            n++;
        }
        return n;
    }

    private static boolean begins(Map<String, Shape> shapes, String beginning) {
        return shapes.keySet().stream().anyMatch(name -> name.startsWith(beginning));
    }
}
