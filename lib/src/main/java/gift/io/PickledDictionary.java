package gift.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A dictionary that Python has pickled, of texts, numbers, lists and NumPy's arrays of bytes: the Python layout of
 * CIFAR. Nothing of Python's is run ({@link Pickle}); arrays stay in the file, which they are mapped from.
 *
 * <pre>{@code
 * PickledDictionary batch = PickledDictionary.read(folder.resolve("train"));
 * ByteBuffer pixels = batch.bytes("data").values();    // (50000, 3072), each row a red, a green and a blue plane
 * long[] labels = batch.longs("fine_labels");
 * }</pre>
 */
public final class PickledDictionary {
    /** An array of bytes, row by row, from position 0 on; read-only. */
    public record Bytes(long[] shape, ByteBuffer values) {}

    /** NumPy's array while the pickle makes it. */
    private static final class Array implements Pickle.Stateful {
        private Object[] state = {};

        @Override
        public void state(Object state) {
            this.state = state instanceof Object[] parts ? parts : new Object[0];
        }
    }

    /** NumPy's type of numbers; bytes have no order, so that its state says nothing. */
    private record Type(Object name) implements Pickle.Stateful {
        @Override
        public void state(Object state) {}
    }

    private final Path file;
    private final Map<?, ?> values;

    private PickledDictionary(Path file, Map<?, ?> values) {
        this.file = file;
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @throws InputException naming the file and what is wrong with it
     */
    public static PickledDictionary read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no file " + file);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            PickleInput in = new PickleInput(file, channel, 0, channel.size());
            Object value = Pickle.read(in, PickledDictionary::named, identifier -> {
                throw new IllegalArgumentException("it refers to something outside");
            });
            if (value instanceof Map<?, ?> map) {
                return new PickledDictionary(file, map);
            }
            throw in.bad("it holds no dictionary");
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static Object named(String module, String name) {
        return switch (module + "." + name) {
            case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct" ->
                    (Pickle.Function) arguments -> new Array();
            case "numpy.ndarray" -> name; // an argument of the one above
            case "numpy.dtype" -> (Pickle.Function) arguments -> new Type(arguments.length == 0 ? "" : arguments[0]);
            default -> null;
        };
    }

    /** The names of its values that are texts, in their order. */
    public List<String> names() {
        return values.keySet().stream().filter(String.class::isInstance).map(String.class::cast).toList();
    }

    /**
     * An array of numbers from 0 to 255, of fewer than 2^31 bytes.
     *
     * @throws InputException if there is none of that name
     */
    public Bytes bytes(String name) {
        // (version, shape, type, by columns, values)
        if (!(value(name) instanceof Array array) || array.state.length != 5 || !(array.state[1] instanceof Object[] dims)
                || !(array.state[2] instanceof Type type) || !"u1".equals(type.name) || !Boolean.FALSE.equals(array.state[3])) {
            throw bad(name, "is no array of bytes");
        }
        long[] shape = integers(name, Arrays.asList(dims));
        ByteBuffer bytes = array.state[4] instanceof Pickle.Blob blob ? map(name, blob)
                : ByteBuffer.wrap(String.valueOf(array.state[4]).getBytes(StandardCharsets.ISO_8859_1));
        long expected;
        try {
            expected = Arrays.stream(shape).anyMatch(n -> n < 0) ? -1 : SafeTensors.elements(shape);
        } catch (ArithmeticException e) {
            expected = -1;
        }
        if (bytes.remaining() != expected) {
            throw bad(name, "has " + bytes.remaining() + " bytes, which do not fill " + Arrays.toString(shape));
        }
        return new Bytes(shape, bytes.asReadOnlyBuffer());
    }

    private ByteBuffer map(String name, Pickle.Blob blob) {
        if (blob.length() > Integer.MAX_VALUE) {
            throw bad(name, "has " + blob.length() + " bytes, more than one buffer can hold");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, blob.position(), blob.length());
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** A list of whole numbers. */
    public long[] longs(String name) {
        return integers(name, list(name));
    }

    /** A list of texts. */
    public List<String> texts(String name) {
        return list(name).stream().map(value -> {
            if (value instanceof String text) {
                return text;
            }
            throw bad(name, "is no list of texts");
        }).toList();
    }

    private List<?> list(String name) {
        if (value(name) instanceof List<?> list) {
            return list;
        }
        throw bad(name, "is no list");
    }

    private long[] integers(String name, List<?> values) {
        return values.stream().mapToLong(value -> {
            if (value instanceof Long number) {
                return number;
            }
            throw bad(name, "has something among its numbers that is no whole number");
        }).toArray();
    }

    private Object value(String name) {
        if (!values.containsKey(name)) {
            throw new InputException(file + " has no '" + name + "'; it has " + values.keySet().stream()
                    .map(Object::toString).limit(20).toList());
        }
        return values.get(name);
    }

    private InputException bad(String name, String what) {
        return new InputException(file + ": '" + name + "' " + what);
    }
}
