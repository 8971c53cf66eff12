package gift.diffusion.glide;

import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Floating-point operations (FLOPs) of one call of a network for one image; a multiplication and an addition count as two. A
 * weight takes twice its values times the positions where it is used; attention over T positions and S tokens of width W takes
 * 4 T (T + S) W more. Normalizations, activations, and the text, which is read once for all steps, are left out.
 */
final class GlideFlops {
    private static final Pattern BLOCK = Pattern.compile("(input_blocks|output_blocks|middle_block)\\.(\\d+)\\.(?:(\\d+)\\.)?.*");

    private GlideFlops() {}

    /** @param side pixels of the image's sides; the published networks: 0.225e12 at 64, 1.27e12 at 256 */
    static double call(GlideConfig config, int side) {
        Map<String, Shape> shapes = config.shapes();
        double total = 0;
        for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
            String name = entry.getKey();
            Shape shape = entry.getValue();
            Matcher block = BLOCK.matcher(name);
            boolean inBlock = block.matches();
            if (shape.dimension() < 2 || !inBlock && !name.startsWith("out.") && !name.startsWith("time_embed.")) {
                continue;
            }
            double here = inBlock ? Math.pow(side >> level(config, shapes, block), 2) : (double) side * side;
            double positions = name.contains("emb_layers") || name.startsWith("time_embed.") ? 1
                    : name.contains("encoder_kv") ? config.context() : here;
            total += 2.0 * shape.size() * positions;
            if (name.endsWith("qkv.weight")) {
                total += 4 * here * (here + config.context()) * shape.get(1);
            }
        }
        return total;
    }

    /** How often the sides are halved where a tensor of a block is used. */
    private static int level(GlideConfig config, Map<String, Shape> shapes, Matcher name) {
        int each = config.resBlocks() + 1;
        int k = Integer.parseInt(name.group(2));
        return switch (name.group(1)) {
            case "input_blocks" -> k == 0 ? 0 : (k - 1) / each + (k % each == 0 ? 1 : 0);
            case "output_blocks" -> {
                String part = "output_blocks." + k + "." + name.group(3);
                boolean enlarging = !name.group(3).equals("0") && shapes.containsKey(part + ".in_layers.2.weight");
                yield config.levels() - 1 - k / each - (enlarging ? 1 : 0);
            }
            default -> config.levels() - 1;
        };
    }
}
