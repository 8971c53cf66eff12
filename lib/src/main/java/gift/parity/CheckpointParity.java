package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import gift.io.InputException;
import gift.io.Json;
import gift.io.PickledDictionary;
import gift.io.SafeTensors;
import gift.io.TensorFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** Files of torch and of Python: the good ones exactly, the hostile ones refused in one line, soon and at little cost. */
final class CheckpointParity {
    private static final double SECONDS = 5;
    private static final long BYTES = 200_000_000; // allocated in all, which is more than ever held at once

    private CheckpointParity() {}

    static void run(Path folder, Consumer<ParityCase> report) {
        JsonNode files = Json.tree(folder.resolve("checkpoints.json")).path("files");
        files.fieldNames().forEachRemaining(name -> {
            Path file = folder.resolve(name);
            report.accept(name.startsWith("hostile/") ? hostile(name, file)
                    : Files.isDirectory(file) ? cifar(name, file) : good(name, file, values(folder, name)));
        });
    }

    /** The values of a file; {@code legacy.pt} has the content of {@code pytorch_model.bin}. */
    private static Path values(Path folder, String name) {
        String base = name.replaceAll("\\.[a-z]+$", "");
        return folder.resolve((base.equals("legacy") ? "pytorch_model" : base) + ".values.safetensors");
    }

    private static ParityCase good(String name, Path file, Path values) {
        try (TensorFile tensors = TensorFile.open(file); SafeTensors expected = SafeTensors.open(values)) {
            boolean names = tensors.entries().keySet().equals(expected.entries().keySet());
            long wrong = expected.entries().keySet().stream()
                    .filter(tensor -> !names || !same(tensors, expected, tensor)).count();
            return new ParityCase("checkpoints/" + name, wrong, 0, "wrong of " + expected.entries().size() + " tensors"
                    + (names ? "" : ", other names"));
        }
    }

    private static boolean same(TensorFile tensors, SafeTensors expected, String name) {
        SafeTensors.Entry entry = expected.entry(name);
        return Arrays.equals(entry.shape(), tensors.entry(name).shape()) && switch (entry.dtype()) {
            case I64, I32, U8, BOOL -> Arrays.equals(expected.longs(name), tensors.longs(name));
            default -> Arrays.equals(expected.doubles(name), tensors.doubles(name)); // bit for bit
        };
    }

    private static ParityCase cifar(String name, Path folder) {
        int wrong = 0;
        try (SafeTensors expected = SafeTensors.open(folder.resolveSibling(name + ".values.safetensors"))) {
            for (String split : new String[] {"train", "test"}) {
                PickledDictionary batch = PickledDictionary.read(folder.resolve(split));
                PickledDictionary.Bytes pixels = batch.bytes("data");
                SafeTensors.Entry entry = expected.entry(split + ".data");
                ByteBuffer bytes = expected.bytes(entry.name());
                wrong += Arrays.equals(pixels.shape(), entry.shape()) && pixels.values().equals(bytes) ? 0 : 1;
                wrong += Arrays.equals(batch.longs("fine_labels"), expected.longs(split + ".fine_labels")) ? 0 : 1;
            }
        }
        return new ParityCase("checkpoints/" + name, wrong, 0, "wrong of 4 arrays");
    }

    private static ParityCase hostile(String name, Path file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        String refusal = null;
        try {
            TensorFile.open(file).close();
        } catch (InputException e) {
            refusal = e.getMessage();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        boolean executed = Files.exists(Path.of("EXECUTED")) || Files.exists(file.resolveSibling("EXECUTED"));
        boolean passed = refusal != null && !refusal.contains("\n") && !executed && seconds < SECONDS && allocated < BYTES;
        return new ParityCase("checkpoints/" + name, passed ? 0 : 1, 0, refusal == null ? "not refused"
                : String.format(Locale.ROOT, "%.3f s, %.1f MB: %s", seconds, allocated / 1e6,
                        refusal.replace(file.toString(), file.getFileName().toString())));
    }
}
