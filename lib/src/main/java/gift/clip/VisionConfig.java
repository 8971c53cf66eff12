package gift.clip;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import gift.io.InputException;
import gift.io.OrNull;
import gift.nn.Activation;
import gift.tensor.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The size of the image half of a CLIP, in the terms of {@link ClipConfig}.
 *
 * @param embedDim D, width of a feature
 * @param imageResolution R, pixels of a side of the square image
 * @param layers blocks: one number for a ViT, four for a ModifiedResNet
 * @param width W
 * @param patchSize pixels of a side of a patch; null for a ModifiedResNet
 * @param heads attention heads
 * @param activation quick_gelu for OpenAI's weights
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VisionConfig(
        int embedDim,
        int imageResolution,
        List<Integer> layers,
        int width,
        @OrNull Integer patchSize,
        int heads,
        Activation activation) {

    public VisionConfig {
        layers = layers == null ? List.of() : List.copyOf(layers);
        require(embedDim > 0 && imageResolution > 0 && width > 0 && layers.stream().allMatch(n -> n > 0),
                "every size must be positive");
        requireFit(imageResolution, layers, width, patchSize, heads);
        activation = activation == null ? Activation.QUICK_GELU : activation;
    }

    /** Refuses sizes that are no ViT's or, without a patch size, no ModifiedResNet's. */
    static void requireFit(int imageResolution, List<Integer> layers, int width, Integer patchSize, int heads) {
        if (patchSize != null) {
            require(layers.size() == 1, "a ViT has one number of layers, not " + layers);
            require(patchSize > 0 && imageResolution % patchSize == 0,
                    "resolution " + imageResolution + " is no multiple of the patch size " + patchSize);
            require(heads > 0 && width % heads == 0, "vision width " + width + " is no multiple of its heads " + heads);
        } else {
            require(layers.size() == 4, "a ModifiedResNet has four numbers of layers, not " + layers);
            require(imageResolution % 32 == 0, "resolution " + imageResolution + " is no multiple of 32");
            require(heads > 0 && 32 * width % heads == 0,
                    "vision width 32 * " + width + " is no multiple of its heads " + heads);
        }
    }

    static void require(boolean condition, String message) {
        InputException.require(condition, "CLIP configuration: " + message);
    }

    @JsonIgnore
    public boolean isVisionTransformer() {
        return patchSize != null;
    }

    /** Names and shapes of all tensors, under OpenAI's names, which begin with "visual.". */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        if (isVisionTransformer()) {
            VisionTransformer.shapes(this, shapes);
        } else {
            ModifiedResNet.shapes(this, shapes);
        }
        return shapes;
    }

    /** The encoder of these tensors, among which may be others. */
    ImageEncoder encoder(Parameters parameters) {
        return isVisionTransformer() ? new VisionTransformer(parameters, this) : new ModifiedResNet(parameters, this);
    }

    /**
     * The size that shapes under OpenAI's names tell; the number of heads is width / 64 by convention.
     *
     * @throws InputException if there is no image tower of a CLIP among them
     */
    public static VisionConfig infer(String source, Map<String, Shape> shapes) {
        try {
            return of(shapes);
        } catch (NullPointerException | IllegalArgumentException e) {
            throw new InputException(source + " holds no image tower of a CLIP under OpenAI's or Hugging Face's names", e);
        }
    }

    /** {@link #infer}, with whatever exception a missing shape causes. */
    static VisionConfig of(Map<String, Shape> shapes) {
        Shape projection = shapes.get("visual.proj");
        if (projection != null) {
            Shape patches = shapes.get("visual.conv1.weight");
            int grid = (int) Math.round(Math.sqrt(dim(shapes.get("visual.positional_embedding"), 0) - 1));
            int blocks = count(shapes, "visual.transformer.resblocks.%d.ln_1.weight");
            return new VisionConfig(dim(projection, 1), grid * dim(patches, 2), List.of(blocks), dim(patches, 0),
                    dim(patches, 2), Math.max(1, dim(patches, 0) / 64), null);
        }
        int width = dim(shapes.get("visual.layer1.0.conv1.weight"), 0);
        int grid = (int) Math.round(Math.sqrt(dim(shapes.get("visual.attnpool.positional_embedding"), 0) - 1));
        List<Integer> stages = List.of(1, 2, 3, 4).stream()
                .map(stage -> count(shapes, "visual.layer" + stage + ".%d.conv1.weight")).toList();
        return new VisionConfig(dim(shapes.get("visual.attnpool.c_proj.weight"), 0), 32 * grid, stages, width, null,
                width * 32 / 64, null);
    }

    static int dim(Shape shape, int axis) {
        return Math.toIntExact(shape.get(axis));
    }

    static int count(Map<String, Shape> shapes, String pattern) {
        int n = 0;
        while (shapes.containsKey(String.format(Locale.ROOT, pattern, n))) {
            n++;
        }
        return n;
    }
}
