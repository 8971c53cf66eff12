package gift.io;

import gift.io.SafeTensors.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Named tensors in a file: {@link SafeTensors}, or what {@code torch.save} and {@code torch.jit.save} wrote
 * ({@link TorchFile}), or several such files with an index ({@link ShardedTensors}). Tensors are read one at a time, on request.
 *
 * <pre>{@code
 * try (TensorFile file = TensorFile.open(path)) {
 *     float[] weight = file.floats("visual.conv1.weight");
 * }
 * }</pre>
 */
public interface TensorFile extends AutoCloseable {
    /** What is known of one tensor without reading its values. */
    interface Tensor {
        String name();

        DType dtype();

        /** Empty for a scalar. */
        long[] shape();

        /** Number of elements: the product of the shape, 1 for a scalar. */
        default long elements() {
            return SafeTensors.elements(shape());
        }
    }

    /**
     * Opens a file of either kind, known by its first bytes; one that ends in {@code .safetensors} must be one, and one that
     * is named {@code ....index.json} an index.
     *
     * @throws InputException naming the file and what is wrong with it
     */
    static TensorFile open(Path file) {
        if (ShardedTensors.isIndex(file)) {
            return ShardedTensors.open(file);
        }
        boolean named = file.toString().endsWith(".safetensors");
        if (!Files.isRegularFile(file)) {
            throw new InputException("no weights at " + file);
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(24);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
        if (head.length > 8 && head[8] == '{' && head[7] == 0) { // a header of 2^56 bytes is none
            return SafeTensors.open(file);
        }
        if (named && TorchFile.recognizes(head)) {
            throw new InputException(file + " is a file of torch, not safetensors; rename it so that it ends in .pt");
        }
        if (named) {
            return SafeTensors.open(file); // says what is wrong with it
        }
        if (TorchFile.recognizes(head)) {
            return TorchFile.open(file);
        }
        Disguise.refuse(file);
        String start = new String(head, StandardCharsets.US_ASCII).replaceAll("[^ -~]+", " ").strip();
        throw new InputException(file + " holds no weights: " + (head.length == 0 ? "it is empty"
                : "it begins with '" + start + "', not as a torch or safetensors file") + "; fetch it again");
    }

    /** The tensors by name. */
    Map<String, ? extends Tensor> entries();

    /** Strings beside the tensors; empty where there are none. */
    Map<String, String> metadata();

    /**
     * The entry of a tensor that must be there.
     *
     * @throws InputException if it is not
     */
    Tensor entry(String name);

    /**
     * A tensor of dtype F64, F32, F16 or BF16 as floats, row by row. F64 is rounded to nearest, the others are exact.
     *
     * @throws InputException if there is no such tensor or it has another dtype
     */
    float[] floats(String name);

    /** As {@link #floats}, all exact. */
    double[] doubles(String name);

    /**
     * A tensor of dtype I64, I32, U8 (0..255) or BOOL (0 or 1) as longs, row by row.
     *
     * @throws InputException if there is no such tensor or it has another dtype
     */
    long[] longs(String name);

    @Override
    void close();
}
