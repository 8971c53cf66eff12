package gift.clip;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.SafeTensors;
import gift.io.SafeTensors.DType;
import gift.io.TensorFile;
import gift.io.TensorSource;
import gift.io.TorchWriter;
import gift.tensor.Parameters;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights from one kind of file into another, one tensor at a time: a CLIP under OpenAI's names, with its size; any other
 * model's tensors as they are called.
 */
public final class WeightConversion {
    /** How decimal numbers are written; whole ones stay as they are. */
    public enum Precision {
        /** As the file has them. */
        STORED,
        /** fp32. */
        SINGLE,
        /** fp16, rounded to nearest even. */
        HALF;

        private DType of(DType stored) {
            return switch (stored) {
                case F64, F32, F16, BF16 -> this == SINGLE ? DType.F32 : this == HALF ? DType.F16 : stored;
                default -> stored;
            };
        }
    }

    /** A tensor that is read when it is written. */
    record Converted(String name, DType dtype, long[] shape, Supplier<SafeTensors.Source> values)
            implements SafeTensors.Source {
        @Override
        public void writeTo(WritableByteChannel channel) throws IOException {
            values.get().writeTo(channel);
        }
    }

    private WeightConversion() {}

    /**
     * Converts a file.
     *
     * @param from as for {@link ClipWeights#file}
     * @param to ends in {@code .safetensors}, or in {@code .pth} for a checkpoint {@code {"state_dict": ...}} that torch
     *     and the published code load
     * @throws InputException if a file cannot be used, a CLIP lacks tensors, or a number is too large for half precision
     */
    public static void convert(Path from, Path to, Precision precision) {
        Path file = ClipWeights.file(from);
        boolean torch = to.toString().endsWith(".pth");
        if (!torch && !to.toString().endsWith(".safetensors")) {
            throw new InputException(to + " must end in .safetensors or .pth");
        }
        try (ClipTensors clip = ClipTensors.open(file)) {
            if (Files.exists(to) && Files.isSameFile(file, to)) {
                throw new InputException(to + " is the file that is read: name another");
            }
            boolean recognized = clip.shapes().containsKey("token_embedding.weight")
                    && clip.shapes().keySet().stream().anyMatch(name -> name.startsWith("visual."));
            if (!recognized && clip.shapes().keySet().stream().anyMatch(name -> name.matches("(.*\\.)?(visual|vision_model)\\..*"))) {
                throw new InputException(file + " holds an image tower, but no CLIP under OpenAI's or Hugging Face's names");
            }
            ClipConfig config = recognized ? ClipWeights.config(file, clip) : null;
            List<SafeTensors.Source> sources =
                    recognized ? clip(file, clip, config, precision) : others(file, clip.file(), precision);
            if (torch) {
                boolean told = !recognized || config.equals(ClipConfig.infer(file.toString(), clip.shapes()));
                TorchWriter.write(to, told ? Map.of() : Map.of(ClipWeights.CONFIG, Json.write(config)), sources);
            } else {
                Map<String, String> kept = new LinkedHashMap<>(clip.file().metadata());
                kept.putIfAbsent("format", "pt"); // without which transformers refuses a file
                SafeTensors.write(to, recognized ? Map.of(ClipWeights.CONFIG, Json.write(config)) : kept, sources);
            }
        } catch (IOException e) {
            throw new InputException("cannot read " + from + ": " + AtomicFiles.reason(e), e);
        }
    }

    private static List<SafeTensors.Source> clip(Path file, ClipTensors clip, ClipConfig config, Precision precision) {
        Parameters.requireShapes(file.toString(), config.shapes(), clip.shapes());
        List<SafeTensors.Source> sources = new ArrayList<>();
        config.shapes().forEach((name, dimensions) -> {
            long[] shape = dimensions.getShape();
            DType dtype = dtype(clip, name, precision);
            sources.add(new Converted(name, dtype, shape, () -> floats(file, name, shape, clip.values(name), dtype)));
        });
        return sources;
    }

    /** How a tensor of a CLIP is written: never in double precision, counters as decimal numbers. */
    static DType dtype(ClipTensors clip, String name, Precision precision) {
        DType stored = clip.dtype(name);
        return decimal(stored) ? precision.of(stored == DType.F64 ? DType.F32 : stored) : DType.F32;
    }

    private static List<SafeTensors.Source> others(Path file, TensorFile tensors, Precision precision) {
        List<SafeTensors.Source> sources = new ArrayList<>();
        tensors.entries().forEach((name, tensor) -> {
            long[] shape = tensor.shape();
            DType dtype = precision.of(tensor.dtype());
            sources.add(new Converted(name, dtype, shape, () -> !decimal(dtype)
                    ? TensorSource.of(name, shape, tensors.longs(name), dtype)
                    : dtype == DType.F64 ? TensorSource.of(name, shape, tensors.doubles(name))
                    : floats(file, name, shape, tensors.floats(name), dtype)));
        });
        return sources;
    }

    private static boolean decimal(DType dtype) {
        return switch (dtype) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
    }

    static TensorSource floats(Path file, String name, long[] shape, float[] values, DType dtype) {
        for (int i = 0; dtype == DType.F16 && i < values.length; i++) {
            if (Float.isFinite(values[i]) && Math.abs(values[i]) >= 65520) { // rounds to infinity
                throw new InputException("tensor '" + name + "' of " + file + " holds " + values[i]
                        + ", too large for half precision");
            }
        }
        return TensorSource.of(name, shape, values, dtype);
    }
}
