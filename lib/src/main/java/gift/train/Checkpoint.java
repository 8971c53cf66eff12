package gift.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import gift.io.InputException;
import gift.io.SafeTensors;
import gift.tensor.Devices;
import gift.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The state of an interrupted training in one safetensors file, with the number of the next update and a fingerprint
 * of everything that the training depends on.
 */
public final class Checkpoint {
    private static final String NEXT = "next_update";
    private static final String FINGERPRINT = "fingerprint";

    private Checkpoint() {}

    /** Writes the state, whole or not at all. */
    public static void write(Path file, Map<String, NDArray> state, int next, String fingerprint) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(NEXT, Integer.toString(next));
        metadata.put(FINGERPRINT, fingerprint);
        TensorFiles.write(file, state, metadata);
    }

    /**
     * Reads the state, if the file exists, and hands it with the number of the next update to {@code restore}, which
     * copies what it needs. The arrays are in the host's memory: a GPU holds no second copy of the state.
     *
     * @return whether there was one
     * @throws InputException if it belongs to a training of other settings, or is no checkpoint
     */
    public static boolean read(
            Path file, NDManager parent, String fingerprint, BiConsumer<Map<String, NDArray>, Integer> restore) {
        if (!Files.exists(file)) {
            return false;
        }
        try (SafeTensors tensors = SafeTensors.open(file); NDManager manager = host(parent)) {
            String theirs = tensors.metadata().get(FINGERPRINT);
            String next = tensors.metadata().get(NEXT);
            if (theirs == null || next == null) {
                throw new InputException(file + " is no checkpoint of a training");
            }
            if (!theirs.equals(fingerprint)) {
                throw new InputException(file + " belongs to a training with other settings or data: start over with"
                        + " --restart, or undo the change");
            }
            restore.accept(TensorFiles.readAll(tensors, manager), Integer.parseInt(next));
            return true;
        }
    }

    private static NDManager host(NDManager parent) {
        return parent.getDevice().isGpu() ? Devices.newManager(Device.cpu()) : parent.newSubManager();
    }
}
