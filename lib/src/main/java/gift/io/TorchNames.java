package gift.io;

import gift.io.SafeTensors.DType;
import gift.io.TorchTensor.Storage;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the pickles of torch may name: types of storages and of numbers, and the few functions that make tensors. */
final class TorchNames implements Pickle.Names {
    /** An object of a TorchScript class: its attributes. */
    static final class Module implements Pickle.Stateful {
        Map<?, ?> attributes = Map.of();

        @Override
        public void state(Object state) {
            if (state instanceof Map<?, ?> map) {
                attributes = map;
            }
        }
    }

    private static final int MAX_TENSORS = 1 << 16;
    private static final Map<String, DType> STORAGES = Map.of("DoubleStorage", DType.F64, "FloatStorage", DType.F32,
            "HalfStorage", DType.F16, "BFloat16Storage", DType.BF16, "LongStorage", DType.I64, "IntStorage", DType.I32,
            "ByteStorage", DType.U8, "BoolStorage", DType.BOOL);
    private static final Map<String, DType> DTYPES = Map.of("float64", DType.F64, "float32", DType.F32,
            "float16", DType.F16, "bfloat16", DType.BF16, "int64", DType.I64, "int32", DType.I32, "uint8", DType.U8,
            "bool", DType.BOOL);

    /** Part of a storage, as the stream format before torch 1.6 knows it; elsewhere the whole. */
    private record View(Storage storage, long offset) {}

    private final Map<String, Storage> storages = new LinkedHashMap<>();
    private int tensors;

    /** torch's name of a type of storage. */
    static String storageOf(DType dtype) {
        return STORAGES.entrySet().stream().filter(e -> e.getValue() == dtype).findFirst().orElseThrow().getKey();
    }

    /** All storages that the pickle has named, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    @Override
    public Object find(String module, String name) {
        if (module.equals("__torch__") || module.startsWith("__torch__.")) {
            return (Pickle.Function) arguments -> new Module(); // its code is never looked at
        }
        if (module.matches("(pytorch_)?lightning(_fabric)?(\\..*)?")) { // the trainer's notes beside the weights
            return new Pickle.Inert(module + "." + name);
        }
        return switch (module) {
            case "torch" -> switch (name) {
                case "Size" -> (Pickle.Function) arguments -> argument(arguments, 0, Object[].class);
                case "device" -> (Pickle.Function) arguments -> argument(arguments, 0, String.class);
                default -> STORAGES.containsKey(name) ? STORAGES.get(name) : DTYPES.get(name);
            };
            case "torch.storage" -> STORAGES.get(name);
            case "torch._utils" -> switch (name) {
                case "_rebuild_tensor", "_rebuild_tensor_v2" -> (Pickle.Function) this::tensor;
                case "_rebuild_parameter", "_rebuild_parameter_with_state" ->
                        (Pickle.Function) arguments -> argument(arguments, 0, TorchTensor.class);
                default -> null;
            };
            case "torch.jit._pickle" -> switch (name) {
                case "build_intlist", "build_doublelist", "build_boollist", "build_tensorlist", "restore_type_tag" ->
                        (Pickle.Function) arguments -> argument(arguments, 0, Object.class);
                default -> null;
            };
            case "numpy", "numpy.core.multiarray", "numpy._core.multiarray" -> // single numbers beside the weights
                    name.equals("dtype") || name.equals("scalar") ? new Pickle.Inert(module + "." + name) : null;
            case "_codecs" -> name.equals("encode") ? new Pickle.Inert(module + "." + name) : null;
            case "collections" -> name.equals("OrderedDict") ? (Pickle.Function) TorchNames::dictionary : null;
            default -> null;
        };
    }

    private static Object dictionary(Object[] arguments) {
        if (arguments.length > 0) {
            throw new IllegalArgumentException("its ordered dictionaries are those of Python 2: load and save it anew with"
                    + " Python 3");
        }
        return new LinkedHashMap<>();
    }

    /** (storage, offset, shape, strides, ...) */
    private Object tensor(Object[] arguments) {
        if (++tensors > MAX_TENSORS) {
            throw new IllegalArgumentException("it has more than " + MAX_TENSORS + " tensors");
        }
        View view = argument(arguments, 0, View.class);
        long offset = argument(arguments, 1, Long.class);
        if (offset < 0 || offset > view.storage.count()) { // added to the view's, it could become a valid one
            throw new IllegalArgumentException("a tensor begins at element " + offset + " of a storage of "
                    + view.storage.count());
        }
        return new TorchTensor(view.storage, view.offset + offset, numbers(argument(arguments, 2, Object[].class)),
                numbers(argument(arguments, 3, Object[].class)));
    }

    /** ("storage", type, key, place, elements[, (key of the part, offset, elements)]) */
    Object storage(Object identifier) {
        if (!(identifier instanceof Object[] parts) || parts.length < 5 || !"storage".equals(parts[0])) {
            throw new IllegalArgumentException("it refers to something outside that is no storage");
        }
        DType dtype = argument(parts, 1, DType.class);
        String key = argument(parts, 2, String.class);
        long count = argument(parts, 4, Long.class);
        if (count < 0 || count > Long.MAX_VALUE / dtype.bytes()) {
            throw new IllegalArgumentException("its storage '" + key + "' claims " + count + " elements");
        }
        Storage storage = new Storage(key, dtype, count);
        Storage before = storages.putIfAbsent(key, storage);
        if (before != null && !before.equals(storage)) {
            throw new IllegalArgumentException("its storage '" + key + "' is once of " + before.count() + " " + before.dtype()
                    + ", once of " + count + " " + dtype);
        }
        long offset = 0;
        if (parts.length > 5 && parts[5] instanceof Object[] part) {
            offset = argument(part, 1, Long.class);
            if (offset < 0 || offset > count) {
                throw new IllegalArgumentException("a part of its storage '" + key + "' begins at element " + offset + " of "
                        + count);
            }
        }
        return new View(before == null ? storage : before, offset);
    }

    private static <T> T argument(Object[] arguments, int i, Class<T> type) {
        if (i < arguments.length && type.isInstance(arguments[i])) {
            return type.cast(arguments[i]);
        }
        throw new IllegalArgumentException("it makes a tensor of what makes none");
    }

    private static long[] numbers(Object[] values) {
        long[] numbers = new long[Math.min(values.length, 64)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = argument(values, i, Long.class);
        }
        return numbers;
    }
}
