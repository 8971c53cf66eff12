package gift.io;

import gift.io.SafeTensors.DType;
import gift.io.TorchTensor.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors that torch has saved: {@code torch.save} in its zip format (since 1.6) and in its stream format (before), and
 * TorchScript archives, as OpenAI publishes CLIP.
 *
 * <p>Opening reads how the tensors lie in the file, and checks that all of them do; their values are read one tensor at a
 * time, on request. Nothing of Python's is run ({@link Pickle}).
 *
 * <p>The names: keys of dictionaries and attributes of modules, joined by dots. Of a checkpoint that has a
 * {@code state_dict} only that counts, with the texts beside it as metadata. Lists are passed over.
 */
public final class TorchFile implements TensorFile {
    private static final String STATE_DICT = "state_dict";
    private static final int MAX_DEPTH = 32;
    private static final int MAX_VISITS = 1 << 17; // TorchScript's CLIP takes a few thousand
    private static final int MAX_NAME = 512;

    /**
     * Where things lie in a file of either format.
     *
     * @param root what the pickle holds
     * @param positions of the first byte of each storage, by key
     */
    record Content(Object root, Map<String, Long> positions) {}

    private record Entry(String name, TorchTensor tensor) implements Tensor {
        @Override
        public DType dtype() {
            return tensor.storage().dtype();
        }

        @Override
        public long[] shape() {
            return tensor.shape();
        }

        @Override
        public String toString() {
            return name + " " + dtype() + Arrays.toString(shape());
        }
    }

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Long> positions;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private int visits;

    private TorchFile(Path file, FileChannel channel, Content content) {
        this.file = file;
        this.channel = channel;
        this.positions = content.positions;
        collect("", content.root instanceof Map<?, ?> map && map.get(STATE_DICT) instanceof Map<?, ?> state
                ? state : content.root, 0);
        if (entries.isEmpty()) {
            throw new InputException(file + " holds no named tensors");
        }
        if (content.root instanceof Map<?, ?> map && map.containsKey(STATE_DICT)) {
            map.forEach((key, value) -> {
                if (key instanceof String name && value instanceof String text) {
                    metadata.put(name, text);
                }
            });
        }
    }

    /** Whether a file begins as torch's: a zip archive, or a pickle. */
    static boolean recognizes(byte[] head) {
        return TorchZip.recognizes(head) || head.length > 1 && (head[0] & 0xff) == 0x80;
    }

    /**
     * Opens a file.
     *
     * @throws InputException naming the file and what is wrong with it
     */
    static TorchFile open(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            byte[] head = new byte[(int) Math.min(4, channel.size())];
            SafeTensors.readFully(channel, ByteBuffer.wrap(head), 0);
            Content content = TorchZip.recognizes(head) ? new TorchZip(file, channel).content()
                    : TorchStream.content(file, channel);
            return new TorchFile(file, channel, content);
        } catch (IOException e) {
            SafeTensors.closeQuietly(channel);
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        } catch (RuntimeException e) {
            SafeTensors.closeQuietly(channel);
            throw e;
        }
    }

    private void collect(String name, Object value, int depth) {
        if (depth > MAX_DEPTH || ++visits > MAX_VISITS || name.length() > MAX_NAME) {
            throw new InputException(file + " is no valid checkpoint: its dictionaries hold each other too deep or too often");
        }
        if (value instanceof TorchTensor tensor) {
            if (entries.put(name, new Entry(name, tensor)) != null) {
                throw new InputException(file + " is no valid checkpoint: its tensor '" + name + "' is there twice");
            }
            return;
        }
        Map<?, ?> parts = value instanceof TorchNames.Module module ? module.attributes
                : value instanceof Map<?, ?> map ? map : Map.of();
        parts.forEach((key, part) -> collect(depth == 0 ? key.toString() : name + "." + key, part, depth + 1));
    }

    @Override
    public Map<String, ? extends Tensor> entries() {
        return Collections.unmodifiableMap(entries);
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public Tensor entry(String name) {
        return find(name);
    }

    private Entry find(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InputException("no tensor '" + name + "' in " + file);
        }
        return entry;
    }

    @Override
    public float[] floats(String name) {
        return elements(find(name)).floats();
    }

    @Override
    public double[] doubles(String name) {
        return elements(find(name)).doubles();
    }

    @Override
    public long[] longs(String name) {
        return elements(find(name)).longs();
    }

    private Elements elements(Entry entry) {
        TorchTensor tensor = entry.tensor;
        Storage storage = tensor.storage();
        int width = storage.dtype().bytes();
        long start = positions.get(storage.key()) + tensor.offset() * width;
        Elements.Bytes bytes = tensor.contiguous() ? (into, at) -> SafeTensors.readFully(channel, into, start + at)
                : gathered(entry, start, width);
        return new Elements(file, entry.toString(), entry.dtype(), entry.elements(), bytes);
    }

    /** The elements of a view, which lie with gaps or in another order, from a map of their part of the file. */
    private Elements.Bytes gathered(Entry entry, long start, int width) {
        long span = entry.tensor.span() * width;
        if (span > Integer.MAX_VALUE) {
            throw new InputException("tensor " + entry + " in " + file + " is spread over " + span
                    + " bytes, more than one buffer can hold");
        }
        try {
            ByteBuffer map = channel.map(MapMode.READ_ONLY, start, span).order(ByteOrder.LITTLE_ENDIAN);
            return (into, at) -> {
                for (long i = at / width; into.hasRemaining(); i++) {
                    into.put(into.position(), map, (int) (entry.tensor.place(i) - entry.tensor.offset()) * width, width);
                    into.position(into.position() + width);
                }
            };
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    @Override
    public void close() {
        SafeTensors.closeQuietly(channel);
    }
}
