package gift.io;

import gift.io.TorchTensor.Storage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The format of {@code torch.save} before torch 1.6: pickles one after the other, then the storages.
 *
 * <pre>
 * pickle    119547037146038801333356
 * pickle    1001, the version
 * pickle    {"little_endian": True, ...}
 * pickle    what was saved; its tensors name their storages by keys
 * pickle    [key, ...]
 * 8 bytes   number of elements of the first key's storage; its bytes; the same for the next key, to the end
 * </pre>
 */
final class TorchStream {
    private static final BigInteger MAGIC = new BigInteger("119547037146038801333356");
    private static final long VERSION = 1001;

    private TorchStream() {}

    static TorchFile.Content content(Path file, FileChannel channel) throws IOException {
        PickleInput in = new PickleInput(file, channel, 0, channel.size());
        if (!MAGIC.equals(plain(in)) || !Long.valueOf(VERSION).equals(plain(in))) {
            throw in.bad("it is a pickle, but not one that torch.save wrote");
        }
        if (!(plain(in) instanceof Map<?, ?> system) || !Boolean.TRUE.equals(system.get("little_endian"))) {
            throw in.bad("it was not written on a little-endian machine");
        }
        TorchNames names = new TorchNames();
        Object root = Pickle.read(in, names, names::storage);
        if (!(plain(in) instanceof List<?> keys)) {
            throw in.bad("it has no list of storages");
        }
        Map<String, Long> positions = new HashMap<>();
        for (Object key : keys) {
            Storage storage = key instanceof String ? names.storages().get(key) : null;
            if (storage == null || positions.containsKey(storage.key())) {
                throw in.bad("its list of storages has one that no tensor uses, or one twice");
            }
            long count = in.i64();
            if (count != storage.count()) {
                throw in.bad("its storage '" + key + "' has " + count + " elements instead of " + storage.count());
            }
            positions.put(storage.key(), in.skip(count * storage.dtype().bytes()));
        }
        names.storages().keySet().stream().filter(key -> !positions.containsKey(key)).findFirst().ifPresent(key -> {
            throw in.bad("its storage '" + key + "' is missing");
        });
        return new TorchFile.Content(root, positions);
    }

    /** A pickle of plain values. */
    private static Object plain(PickleInput in) {
        return Pickle.read(in, (module, name) -> null, identifier -> {
            throw new IllegalArgumentException("it refers to a tensor where none belongs");
        });
    }
}
