package gift.io;

import gift.io.TorchTensor.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The format of {@code torch.save} since torch 1.6 and of {@code torch.jit.save}: a zip archive without compression.
 *
 * <pre>
 * NAME/data.pkl   what was saved; its tensors name their storages by keys
 * NAME/data/KEY   the bytes of a storage
 * NAME/byteorder  "little" (newer versions)
 * </pre>
 *
 * TorchScript's code lies beside them and is never read.
 */
final class TorchZip {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int END_LENGTH = 22;
    private static final int LOCAL_LENGTH = 30;
    private static final int CENTRAL_LENGTH = 46;
    private static final int MAX_COMMENT = 0xffff;
    private static final long MAX_DIRECTORY = 1 << 24; // bytes; 65,536 storages need a third of it
    private static final long MAX_PICKLE = 1 << 25;
    private static final long UNKNOWN = 0xffffffffL; // a size that stands in the extra field

    /** Where an entry's bytes lie. */
    private record Place(long position, long size, int crc) {}

    /** As in the directory. */
    private record Listed(String name, int method, int flags, long packed, long size, long local, int crc) {}

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Listed> directory = new HashMap<>();
    private long directoryStart;

    TorchZip(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        list();
    }

    static boolean recognizes(byte[] head) {
        return head.length >= 4 && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == LOCAL;
    }

    TorchFile.Content content() throws IOException {
        String root = root();
        if (directory.containsKey(root + "byteorder")) {
            Place order = place(root + "byteorder");
            if (!new String(bytes(order.position, (int) Math.min(order.size, 16)).array(), StandardCharsets.US_ASCII)
                    .equals("little")) {
                throw bad("it was not written on a little-endian machine");
            }
        }
        Place pickle = place(root + "data.pkl");
        checkSum(pickle);
        TorchNames names = new TorchNames();
        PickleInput in = new PickleInput(file, channel, pickle.position, pickle.position + pickle.size);
        Object value = Pickle.read(in, names, names::storage);
        Map<String, Long> positions = new HashMap<>();
        for (Storage storage : names.storages().values()) {
            Place place = place(root + "data/" + storage.key());
            long needed = storage.count() * storage.dtype().bytes();
            if (place.size < needed) {
                throw bad("its storage '" + storage.key() + "' has " + place.size + " bytes instead of " + needed);
            }
            positions.put(storage.key(), place.position);
        }
        return new TorchFile.Content(value, positions);
    }

    /** The folder that everything lies in, with its slash. */
    private String root() {
        String root = null;
        for (String name : directory.keySet()) {
            if (name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/')) {
                if (root != null) {
                    throw bad("it has two files data.pkl");
                }
                root = name.substring(0, name.indexOf('/') + 1);
            }
        }
        if (root == null) {
            throw bad("it is a zip archive without a file data.pkl, so none of torch's");
        }
        return root;
    }

    /** An entry's bytes, which must all be there, before the directory. */
    private Place place(String name) throws IOException {
        Listed entry = directory.get(name);
        if (entry == null) {
            throw bad("its part " + name + " is missing");
        }
        if (entry.method != 0 || entry.packed != entry.size || (entry.flags & 1) != 0) {
            throw bad("its part " + name + " is compressed or encrypted, which torch never does");
        }
        if (entry.local < 0 || entry.local > directoryStart - LOCAL_LENGTH) {
            throw bad("its part " + name + " lies outside of it");
        }
        ByteBuffer header = bytes(entry.local, LOCAL_LENGTH);
        long position = entry.local + LOCAL_LENGTH + (header.getShort(26) & 0xffff) + (header.getShort(28) & 0xffff);
        if (header.getInt(0) != LOCAL || position > directoryStart || entry.size > directoryStart - position) {
            throw bad("its part " + name + " is not where its directory says, or cut off");
        }
        return new Place(position, entry.size, entry.crc);
    }

    /** Of the pickle, by which everything else is found; the storages' would cost reading them all. */
    private void checkSum(Place place) throws IOException {
        if (place.size > MAX_PICKLE) {
            throw bad("its data.pkl has " + place.size + " bytes; a description of tensors has fewer than " + MAX_PICKLE);
        }
        CRC32 crc = new CRC32();
        for (long at = 0; at < place.size; at += 1 << 16) {
            crc.update(bytes(place.position + at, (int) Math.min(1 << 16, place.size - at)));
        }
        if ((int) crc.getValue() != place.crc) {
            throw bad("its data.pkl is damaged (checksum)");
        }
    }

    private void list() throws IOException {
        long size = channel.size();
        int tail = (int) Math.min(size, END_LENGTH + MAX_COMMENT);
        ByteBuffer last = bytes(size - tail, tail);
        int end = tail - END_LENGTH;
        while (end >= 0 && last.getInt(end) != END) {
            end--;
        }
        if (end < 0) {
            throw bad("it has the beginning of a zip archive but not its end: it is cut off, fetch it again");
        }
        long length = last.getInt(end + 12) & UNKNOWN;
        directoryStart = last.getInt(end + 16) & UNKNOWN;
        long locator = size - tail + end - 20;
        if (locator >= 0 && bytes(locator, 4).getInt(0) == LOCATOR_64) { // more than 4 GiB or 65,535 entries
            long record = bytes(locator, 20).getLong(8);
            if (record < 0 || record > locator - 56 || bytes(record, 4).getInt(0) != END_64) {
                throw bad("the end of its zip archive is damaged");
            }
            ByteBuffer end64 = bytes(record, 56);
            length = end64.getLong(40);
            directoryStart = end64.getLong(48);
        }
        if (length < 0 || length > MAX_DIRECTORY || directoryStart < 0 || directoryStart > size - length) {
            throw bad("the directory of its zip archive is damaged or too long");
        }
        ByteBuffer entries = bytes(directoryStart, (int) length);
        while (entries.remaining() >= CENTRAL_LENGTH) {
            Listed entry = entry(entries);
            if (directory.put(entry.name, entry) != null) {
                throw bad("its part " + entry.name + " is there twice");
            }
        }
    }

    private Listed entry(ByteBuffer in) {
        int at = in.position();
        int name = in.getShort(at + 28) & 0xffff;
        int extra = in.getShort(at + 30) & 0xffff;
        int all = CENTRAL_LENGTH + name + extra + (in.getShort(at + 32) & 0xffff);
        if (in.getInt(at) != CENTRAL || all > in.remaining()) {
            throw bad("the directory of its zip archive is damaged");
        }
        byte[] text = new byte[name];
        in.get(at + CENTRAL_LENGTH, text);
        long[] numbers = {in.getInt(at + 24) & UNKNOWN, in.getInt(at + 20) & UNKNOWN, in.getInt(at + 42) & UNKNOWN};
        widen(numbers, in.slice(at + CENTRAL_LENGTH + name, extra).order(ByteOrder.LITTLE_ENDIAN));
        in.position(at + all);
        return new Listed(new String(text, StandardCharsets.UTF_8).replaceAll("[^ -~]", "?"), in.getShort(at + 10),
                in.getShort(at + 8), numbers[1], numbers[0], numbers[2], in.getInt(at + 16));
    }

    /** Takes from the extra field those of size, packed size and offset that do not fit 32 bits, in this order. */
    private void widen(long[] numbers, ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int kind = extra.getShort() & 0xffff;
            int length = Math.min(extra.getShort() & 0xffff, extra.remaining());
            int next = extra.position() + length;
            for (int i = 0; kind == 1 && i < numbers.length; i++) {
                if (numbers[i] == UNKNOWN && next - extra.position() >= 8) {
                    numbers[i] = extra.getLong();
                }
            }
            extra.position(next);
        }
    }

    private ByteBuffer bytes(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        SafeTensors.readFully(channel, bytes, position);
        return bytes.flip();
    }

    private InputException bad(String what) {
        return new InputException(file + " is no valid checkpoint: " + what);
    }
}
