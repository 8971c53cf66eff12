package gift.clip;

import ai.djl.ndarray.types.Shape;
import gift.io.TensorFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a file under OpenAI's names. Some programs store the logit scale as a list of one number. */
abstract class RenamedTensors implements ClipTensors {
    final TensorFile tensors;
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    RenamedTensors(TensorFile tensors) {
        this.tensors = tensors;
    }

    final void put(String name, Shape shape) {
        shapes.put(name, name.equals("logit_scale") && shape.equals(new Shape(1)) ? new Shape() : shape);
    }

    @Override
    public final Map<String, Shape> shapes() {
        return shapes;
    }

    @Override
    public final TensorFile file() {
        return tensors;
    }
}
