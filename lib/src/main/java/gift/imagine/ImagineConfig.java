package gift.imagine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sizes of what is pretrained on a frozen tower.
 *
 * @param tokenWidth W, of the tower's tokens before projection, which is that of the mask token
 * @param adapter on the projected tokens, of width D
 * @param pooling what of the adapted tokens the image head gets
 * @param imageHead on the pooled tokens
 * @param patchHead on single patches
 */
public record ImagineConfig(
        int tokenWidth, AdapterConfig adapter, Pooling pooling, HeadConfig imageHead, HeadConfig patchHead) {
    /** What of all tokens stands for an image. */
    public enum Pooling {
        /** {@link Moments}, the published one. */
        MOMENTS,
        /** The class token alone, as in DINO. */
        CLASS_TOKEN;

        /** Width of the result, in widths of a token. */
        int parts() {
            return this == MOMENTS ? Moments.PARTS : 1;
        }

        /** Adapted tokens (B, T, D) to one vector an image, (B, 4 D), or of class tokens (B, D). */
        NDArray of(NDArray tokens) {
            return this == MOMENTS ? Moments.pool(tokens) : tokens.get(":, 0");
        }
    }

    /** How names of the parts begin, as in the published files. */
    static final String MASK_TOKEN = "backbone.mask_token";
    static final String ADAPTER = "adapter.";
    static final String IMAGE_HEAD = "dino_head.";
    static final String PATCH_HEAD = "ibot_head.";

    public ImagineConfig {
        InputException.require(tokenWidth > 0, "token_width " + tokenWidth + " must be positive");
        InputException.require(adapter != null && imageHead != null && patchHead != null,
                "adapter, image_head and patch_head must be given");
        pooling = pooling == null ? Pooling.MOMENTS : pooling;
    }

    /** The published sizes on a tower with these widths. */
    public static ImagineConfig published(int tokenWidth, int dimension) {
        return new ImagineConfig(tokenWidth, AdapterConfig.forWidth(dimension), Pooling.MOMENTS, HeadConfig.PUBLISHED,
                HeadConfig.PUBLISHED);
    }

    /** Width of the vector that stands for an image. */
    public int features() {
        return pooling.parts() * adapter.width();
    }

    /** Names and shapes of all tensors. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put(MASK_TOKEN, new Shape(1, tokenWidth));
        adapter.shapes(shapes, ADAPTER);
        imageHead.shapes(shapes, IMAGE_HEAD, features());
        patchHead.shapes(shapes, PATCH_HEAD, adapter.width());
        return shapes;
    }
}
