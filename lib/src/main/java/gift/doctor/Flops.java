package gift.doctor;

import ai.djl.ndarray.types.Shape;
import gift.clip.ClipConfig;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.UNetConfig;
import gift.imagine.AdapterConfig;
import gift.imagine.HeadConfig;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Floating-point operations (FLOPs) of one call of a model; a multiplication and an addition count as two. A weight takes
 * twice its values times the positions where it is used; attention over T positions of width W takes 4 T T W more.
 * Normalizations and activations are left out.
 */
public final class Flops {
    private Flops() {}

    /** One image through CLIP's image tower; ViT-B/16: 35.1e9. */
    public static double image(ClipConfig config) {
        int r = config.imageResolution();
        if (!config.isVisionTransformer()) {
            return products(config.shapes(), name -> residual(name, r));
        }
        int grid = r / config.visionPatchSize();
        double tokens = grid * grid + 1.0;
        double weights = products(config.shapes(), name -> !name.startsWith("visual.") || name.endsWith("embedding") ? 0
                : name.equals("visual.conv1.weight") ? tokens - 1 : name.equals("visual.proj") ? 1 : tokens);
        return weights + config.visionLayers().get(0) * attention(tokens, tokens, config.visionWidth());
    }

    /** Positions of a weight of a ModifiedResNet; blocks halve the size after their second convolution. */
    private static double residual(String name, int resolution) {
        if (!name.startsWith("visual.") || name.endsWith("embedding")) {
            return 0;
        }
        if (name.startsWith("visual.conv")) {
            return square(resolution / 2.0);
        }
        if (name.startsWith("visual.layer")) {
            int stage = name.charAt("visual.layer".length()) - '0';
            boolean beforeHalving = stage > 1 && name.matches("visual\\.layer\\d\\.0\\.conv[12]\\.weight");
            return square(resolution / (double) (1 << stage + 1)) * (beforeHalving ? 4 : 1);
        }
        return name.contains("k_proj") || name.contains("v_proj") ? square(resolution / 32.0) + 1 : 1;
    }

    /** One text of so many tokens through CLIP's text tower. */
    public static double text(ClipConfig config, double tokens) {
        double weights = products(config.shapes(), name -> name.startsWith("transformer.") ? tokens
                : name.equals("text_projection") ? 1 : 0);
        return weights + config.transformerLayers() * attention(tokens, tokens, config.transformerWidth());
    }

    /** What a block of width W does for so many tokens whose queries alone, with all that follows, are not needed. */
    public static double lastBlock(double tokens, double width) {
        return 2 * tokens * 10 * square(width) + attention(tokens, tokens + 1, width); // queries, out, MLP
    }

    /** The tokens of one image through an adapter of ImagineFSL. */
    static double adapter(AdapterConfig config, double tokens) {
        double w = config.width();
        double a = config.attentionWidth();
        double weights = 3 * w * a + a * w + 2 * config.hiddenFactor() * w * w; // queries, keys, values; out; MLP
        return config.blocks() * (2 * tokens * weights + attention(tokens, tokens, a));
    }

    /** One vector of so many values through a head of prototypes. */
    static double head(HeadConfig config, double in) {
        double h = config.hidden();
        return 2 * (in * h + h * h + h * config.bottleneck() + (double) config.bottleneck() * config.prototypes());
    }

    /** One call of the denoiser for one latent of h x w, with so many states of a text; SD 1.5 at 64 x 64: 0.8e12. */
    public static double unet(UNetConfig config, int h, int w, int states) {
        int blocks = config.blockOutChannels().size();
        double area = (double) h * w;
        double total = products(config.shapes(), name -> {
            double here = area / square(1 << level(name, blocks));
            return name.contains("time_emb") ? 1
                    : name.contains("attn2.to_k") || name.contains("attn2.to_v") ? states
                    : name.contains("downsamplers") ? here / 4 : name.contains("upsamplers") ? here * 4 : here;
        });
        for (Map.Entry<String, Shape> entry : config.shapes().entrySet()) {
            double here = area / square(1 << level(entry.getKey(), blocks));
            double channels = entry.getValue().dimension() == 0 ? 0 : entry.getValue().get(0);
            if (entry.getKey().endsWith("attn1.to_q.weight")) {
                total += attention(here, here, channels);
            } else if (entry.getKey().endsWith("attn2.to_q.weight")) {
                total += attention(here, states, channels);
            }
        }
        return total;
    }

    /** How often the sides are halved where a tensor of the UNet is used. */
    private static int level(String name, int blocks) {
        if (name.startsWith("down_blocks.")) {
            return name.charAt("down_blocks.".length()) - '0';
        }
        return name.startsWith("up_blocks.") ? blocks - 1 - (name.charAt("up_blocks.".length()) - '0')
                : name.startsWith("mid_block") ? blocks - 1 : 0;
    }

    /** One latent of h x w to an image; SD 1.5 at 64 x 64: 2.5e12. */
    public static double decoder(AutoencoderConfig config, int h, int w) {
        int blocks = config.blockOutChannels().size();
        double area = (double) h * w;
        double weights = products(config.shapes(), name -> {
            if (!name.startsWith("decoder.")) {
                return name.startsWith("post_quant_conv") ? area : 0;
            }
            int doubled = name.startsWith("decoder.up_blocks.") ? name.charAt("decoder.up_blocks.".length()) - '0'
                    : name.startsWith("decoder.conv_out") ? blocks - 1 : 0;
            return area * square(1 << doubled + (name.contains("upsamplers") ? 1 : 0));
        });
        return weights + attention(area, area, config.blockOutChannels().get(blocks - 1));
    }

    private static double products(Map<String, Shape> shapes, ToDoubleFunction<String> positions) {
        return shapes.entrySet().stream().filter(entry -> entry.getValue().dimension() >= 2)
                .mapToDouble(entry -> 2.0 * entry.getValue().size() * positions.applyAsDouble(entry.getKey())).sum();
    }

    /** Similarities of queries and keys, and the mean of the values by them. */
    private static double attention(double queries, double keys, double width) {
        return 4 * queries * keys * width;
    }

    private static double square(double x) {
        return x * x;
    }
}
