package gift.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.io.SafeTensors;
import gift.io.TensorFile;
import gift.io.TensorSource;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Arrays in files of tensors. Values travel one tensor at a time, so that a file needs no second copy in memory. */
public final class TensorFiles {
    private TensorFiles() {}

    /** The shapes of all tensors in a file, by name. */
    public static Map<String, Shape> shapes(TensorFile file) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        file.entries().forEach((name, entry) -> shapes.put(name, new Shape(entry.shape())));
        return shapes;
    }

    /** Writes fp32 and int64 arrays from any device, whole or not at all. */
    public static void write(Path file, Map<String, NDArray> arrays, Map<String, String> metadata) {
        List<SafeTensors.Source> sources = new ArrayList<>();
        arrays.forEach((name, array) -> sources.add(new ArraySource(name, array)));
        SafeTensors.write(file, metadata, sources);
    }

    /** One tensor of a file as fp32 or int64 on the manager's device; the caller closes it. */
    public static NDArray read(TensorFile file, String name, NDManager manager) {
        TensorFile.Tensor entry = file.entry(name);
        Shape shape = new Shape(entry.shape());
        return switch (entry.dtype()) {
            case I64, I32, U8, BOOL -> manager.create(file.longs(name), shape);
            default -> manager.create(file.floats(name), shape);
        };
    }

    /** All tensors of a file by name, attached to {@code manager}, which the caller closes. */
    public static Map<String, NDArray> readAll(TensorFile file, NDManager manager) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        file.entries().keySet().forEach(name -> arrays.put(name, read(file, name, manager)));
        return arrays;
    }

    private record ArraySource(String name, NDArray array) implements SafeTensors.Source {
        @Override
        public SafeTensors.DType dtype() {
            return array.getDataType() == DataType.INT64 ? SafeTensors.DType.I64 : SafeTensors.DType.F32;
        }

        @Override
        public long[] shape() {
            return LongStream.of(array.getShape().getShape()).toArray();
        }

        @Override
        public void writeTo(WritableByteChannel channel) throws IOException {
            SafeTensors.Source values = dtype() == SafeTensors.DType.I64
                    ? TensorSource.of(name, shape(), HostCopy.longs(array))
                    : TensorSource.of(name, shape(), HostCopy.floats(array));
            values.writeTo(channel);
        }
    }
}
