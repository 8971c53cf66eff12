package gift.imagine;

import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.nn.LayerNorm;
import gift.nn.Linear;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The size of an {@link Adapter}.
 *
 * @param width D, of the tokens
 * @param attentionWidth of queries, keys and values together over all heads; less than D here
 * @param blocks number of blocks
 * @param heads attention heads; attentionWidth is a multiple of it
 * @param hiddenFactor the hidden layer of a block's MLP is so many times D wide
 */
public record AdapterConfig(int width, int attentionWidth, int blocks, int heads, int hiddenFactor) {
    /** The published size for CLIP ViT-B/16. */
    public static final AdapterConfig B16 = new AdapterConfig(512, 384, 4, 6, 2);
    /** The published size for CLIP ViT-L/14. */
    public static final AdapterConfig L14 = new AdapterConfig(768, 576, 6, 9, 2);

    public AdapterConfig {
        InputException.require(width > 0 && attentionWidth > 0 && blocks > 0 && heads > 0 && hiddenFactor > 0,
                "adapter: every size must be positive");
        InputException.require(attentionWidth % heads == 0,
                "adapter: attention_width " + attentionWidth + " is no multiple of its heads " + heads);
    }

    /**
     * The published size for tokens of a width: B/16 for 512, L/14 for 768; for others attention of three quarters, in heads
     * of 64 values or, below, of a quarter of D.
     */
    public static AdapterConfig forWidth(int width) {
        if (width == B16.width) {
            return B16;
        }
        if (width == L14.width) {
            return L14;
        }
        InputException.require(width % 4 == 0, "adapter: the width of tokens " + width + " is no multiple of 4");
        int attention = 3 * width / 4;
        return new AdapterConfig(width, attention, B16.blocks, attention % 64 == 0 ? attention / 64 : 3, 2);
    }

    /** Values of all tensors. */
    public long values() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes(shapes, "");
        return shapes.values().stream().mapToLong(Shape::size).sum();
    }

    /** Adds the names, under {@code prefix}, and shapes of the adapter's tensors. */
    public void shapes(Map<String, Shape> shapes, String prefix) {
        for (int i = 0; i < blocks; i++) {
            String block = prefix + "blocks." + i;
            LayerNorm.shapes(shapes, block + ".norm1", width);
            Linear.shapes(shapes, block + ".attn.qkv", width, 3L * attentionWidth, true);
            Linear.shapes(shapes, block + ".attn.proj", attentionWidth, width, true);
            LayerNorm.shapes(shapes, block + ".norm2", width);
            Linear.shapes(shapes, block + ".mlp.fc1", width, (long) hiddenFactor * width, true);
            Linear.shapes(shapes, block + ".mlp.fc2", (long) hiddenFactor * width, width, true);
        }
    }
}
