package gift.diffusion;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of tensors in the original code of Stable Diffusion 1 (CompVis), as diffusers' and transformers' names. A name that
 * has no counterpart stays as it is, and is then reported as unexpected.
 */
final class OriginalNames {
    static final String UNET = "model.diffusion_model.";
    static final String AUTOENCODER = "first_stage_model.";
    static final String TEXT = "cond_stage_model.transformer.";

    private static final Pattern NUMBERED = Pattern.compile("(input_blocks|output_blocks)\\.(\\d+)\\.(\\d+)\\.(.+)");
    private static final Pattern STAGE = Pattern.compile("(encoder|decoder)\\.(down|up)\\.(\\d+)\\.(.+)");
    private static final String[][] RESNET = {
        {"in_layers.0.", "norm1."}, {"in_layers.2.", "conv1."}, {"emb_layers.1.", "time_emb_proj."},
        {"out_layers.0.", "norm2."}, {"out_layers.3.", "conv2."}, {"skip_connection.", "conv_shortcut."},
    };
    private static final String[][] PLAIN = {
        {"time_embed.0.", "time_embedding.linear_1."}, {"time_embed.2.", "time_embedding.linear_2."},
        {"out.0.", "conv_norm_out."}, {"out.2.", "conv_out."}, {"input_blocks.0.0.", "conv_in."},
    };
    private static final String[][] MIDDLE = {
        {"middle_block.0.", "mid_block.resnets.0."}, {"middle_block.1.", "mid_block.attentions.0."},
        {"middle_block.2.", "mid_block.resnets.1."},
    };
    private static final String[][] IMAGES = {
        {"mid.block_1.", "mid_block.resnets.0."}, {"mid.block_2.", "mid_block.resnets.1."},
        {"mid.attn_1.norm.", "mid_block.attentions.0.group_norm."}, {"mid.attn_1.q.", "mid_block.attentions.0.to_q."},
        {"mid.attn_1.k.", "mid_block.attentions.0.to_k."}, {"mid.attn_1.v.", "mid_block.attentions.0.to_v."},
        {"mid.attn_1.proj_out.", "mid_block.attentions.0.to_out.0."}, {".norm_out.", ".conv_norm_out."},
        {".nin_shortcut.", ".conv_shortcut."},
    };

    private OriginalNames() {}

    /**
     * The name of a tensor of the denoiser.
     *
     * @param name without {@link #UNET}
     * @param layers ResNet blocks at each resolution on the way down
     */
    static String unet(String name, int layers) {
        for (String[] pair : PLAIN) {
            if (name.startsWith(pair[0])) {
                return pair[1] + name.substring(pair[0].length());
            }
        }
        for (String[] pair : MIDDLE) {
            if (name.startsWith(pair[0])) {
                return pair[1] + inResnet(name.substring(pair[0].length()));
            }
        }
        Matcher m = NUMBERED.matcher(name);
        if (!m.matches()) {
            return name;
        }
        boolean down = m.group(1).startsWith("input");
        int place = Integer.parseInt(m.group(2)) - (down ? 1 : 0);      // input block 0 is the first convolution
        int block = place / (layers + 1);                               // of layers and a change of size, or layers + 1
        int layer = place % (layers + 1);
        int part = Integer.parseInt(m.group(3));
        String rest = m.group(4);
        String prefix = (down ? "down_blocks." : "up_blocks.") + block;
        if (down && rest.startsWith("op.")) {
            return prefix + ".downsamplers.0.conv." + rest.substring("op.".length());
        }
        if (!down && rest.startsWith("conv.")) {
            return prefix + ".upsamplers.0." + rest;
        }
        return prefix + (part == 0 ? ".resnets." : ".attentions.") + layer + "." + inResnet(rest);
    }

    private static String inResnet(String name) {
        for (String[] pair : RESNET) {
            if (name.startsWith(pair[0])) {
                return pair[1] + name.substring(pair[0].length());
            }
        }
        return name;
    }

    /**
     * The name of a tensor of the autoencoder.
     *
     * @param name without {@link #AUTOENCODER}
     * @param blocks resolutions
     */
    static String autoencoder(String name, int blocks) {
        Matcher m = STAGE.matcher(name);
        if (m.matches()) {
            boolean down = m.group(2).equals("down");
            int block = Integer.parseInt(m.group(3));
            name = m.group(1) + (down ? ".down_blocks." + block : ".up_blocks." + (blocks - 1 - block)) + "."
                    + m.group(4).replaceFirst("^block\\.", "resnets.").replaceFirst("^downsample\\.", "downsamplers.0.")
                            .replaceFirst("^upsample\\.", "upsamplers.0.");
        }
        for (String[] pair : IMAGES) {
            name = name.replace(pair[0], pair[1]);
        }
        return name;
    }
}
