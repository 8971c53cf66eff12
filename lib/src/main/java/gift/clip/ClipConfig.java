package gift.clip;

import static gift.clip.VisionConfig.count;
import static gift.clip.VisionConfig.dim;
import static gift.clip.VisionConfig.require;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import gift.io.OrNull;
import gift.nn.Activation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The size of a CLIP model, in the terms of OpenAI's code (Radford et al. 2021).
 *
 * @param embedDim D, width of the joint space
 * @param imageResolution R, pixels of a side of the square image
 * @param visionLayers blocks of the image tower: one number for a ViT, four for a ModifiedResNet
 * @param visionWidth width of the image tower
 * @param visionPatchSize pixels of a side of a patch; null for a ModifiedResNet
 * @param visionHeads attention heads of the image tower
 * @param contextLength longest text in tokens
 * @param vocabSize number of tokens
 * @param transformerWidth width of the text tower
 * @param transformerHeads attention heads of the text tower
 * @param transformerLayers blocks of the text tower
 * @param activation quick_gelu for OpenAI's weights
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClipConfig(
        int embedDim,
        int imageResolution,
        List<Integer> visionLayers,
        int visionWidth,
        @OrNull Integer visionPatchSize,
        int visionHeads,
        int contextLength,
        int vocabSize,
        int transformerWidth,
        int transformerHeads,
        int transformerLayers,
        Activation activation) {

    /** CLIP ViT-B/16, the model of the paper: 149,620,737 values. */
    public static final ClipConfig VIT_B_16 = new ClipConfig(
            512, 224, List.of(12), 768, 16, 12, 77, 49408, 512, 8, 12, Activation.QUICK_GELU);
    /** CLIP ViT-L/14: 427,616,513 values. */
    public static final ClipConfig VIT_L_14 = new ClipConfig(
            768, 224, List.of(24), 1024, 14, 16, 77, 49408, 768, 12, 12, Activation.QUICK_GELU);

    public ClipConfig {
        visionLayers = visionLayers == null ? List.of() : List.copyOf(visionLayers);
        require(embedDim > 0 && imageResolution > 0 && visionWidth > 0 && contextLength > 2 && vocabSize > 2
                && transformerWidth > 0 && transformerLayers > 0 && visionLayers.stream().allMatch(n -> n > 0),
                "every size must be positive");
        require(transformerHeads > 0 && transformerWidth % transformerHeads == 0,
                "transformer width " + transformerWidth + " is no multiple of its heads " + transformerHeads);
        activation = activation == null ? Activation.QUICK_GELU : activation;
        VisionConfig.requireFit(imageResolution, visionLayers, visionWidth, visionPatchSize, visionHeads);
    }

    /** The size of the image half. */
    public VisionConfig vision() {
        return new VisionConfig(
                embedDim, imageResolution, visionLayers, visionWidth, visionPatchSize, visionHeads, activation);
    }

    @JsonIgnore
    public boolean isVisionTransformer() {
        return visionPatchSize != null;
    }

    /** Names and shapes of all tensors, under OpenAI's names. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("positional_embedding", new Shape(contextLength, transformerWidth));
        shapes.put("text_projection", new Shape(transformerWidth, embedDim));
        shapes.put("logit_scale", new Shape());
        shapes.putAll(vision().shapes());
        TextTower.shapes(this, shapes);
        return shapes;
    }

    /**
     * The size that the shapes of a checkpoint under OpenAI's names tell; head counts are width / 64 by convention.
     *
     * @throws InputException if they are no CLIP's
     */
    public static ClipConfig infer(String source, Map<String, Shape> shapes) {
        try {
            Shape textProjection = shapes.get("text_projection");
            int width = dim(textProjection, 0);
            int embed = dim(textProjection, 1);
            int context = dim(shapes.get("positional_embedding"), 0);
            int vocabulary = dim(shapes.get("token_embedding.weight"), 0);
            int textLayers = count(shapes, "transformer.resblocks.%d.ln_1.weight");
            int textHeads = Math.max(1, width / 64);
            VisionConfig vision = VisionConfig.of(shapes);
            return new ClipConfig(embed, vision.imageResolution(), vision.layers(), vision.width(), vision.patchSize(),
                    vision.heads(), context, vocabulary, width, textHeads, textLayers, null);
        } catch (NullPointerException | IllegalArgumentException e) {
            throw new InputException(source + " holds no CLIP under OpenAI's or Hugging Face's names", e);
        }
    }
}
