package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import gift.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Map;

/** A file of a CLIP's tensors under OpenAI's names, whatever their names in the file; read one at a time. */
public interface ClipTensors extends AutoCloseable {
    /**
     * Opens a file; of a model that is no CLIP, the names stay as they are.
     *
     * @param path as for {@link ClipWeights#file}
     * @throws gift.io.InputException if it is missing or damaged
     */
    static ClipTensors open(Path path) {
        TensorFile tensors = PrefixedTensors.of(path.toString(), TensorFile.open(ClipWeights.file(path)));
        Map<String, Shape> shapes = TensorFiles.shapes(tensors);
        return HuggingFaceNames.recognizes(shapes) ? new HuggingFaceNames(tensors, shapes) : new OpenAiNames(tensors, shapes);
    }

    Map<String, Shape> shapes();

    /** How the file stores a tensor. */
    DType dtype(String name);

    /** Row by row. */
    float[] values(String name);

    /** The file itself, with its own names. */
    TensorFile file();

    @Override
    default void close() {
        file().close();
    }
}
