package gift.io;

import gift.io.SafeTensors.Source;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Writes checkpoints in torch's zip format: what {@code torch.save({"state_dict": model.state_dict()}, file)} writes. */
public final class TorchWriter {
    private static final String ROOT = "archive/";
    private static final int ALIGNMENT = 64; // of storages, as torch does, so that it can map them
    private static final long TIME = 315_532_800_000L; // 1980-01-01, where zip's calendar begins: same input, same bytes

    private TorchWriter() {}

    /**
     * Writes {@code {"state_dict": {name: tensor, ...}, key: text, ...}}, whole or not at all ({@link AtomicFiles}).
     *
     * @param beside texts beside the state dictionary
     * @throws IllegalArgumentException if two tensors share a name
     * @throws InputException if the file cannot be written there
     */
    public static void write(Path file, Map<String, String> beside, List<? extends Source> tensors) {
        byte[] pickle = pickle(beside, tensors);
        AtomicFiles.writeChannel(file, channel -> {
            ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel); // closing it would close the channel
            zip.setMethod(ZipArchiveOutputStream.STORED);
            part(zip, "data.pkl", pickle.length);
            zip.write(pickle);
            zip.closeArchiveEntry();
            part(zip, "byteorder", 6);
            zip.write("little".getBytes(StandardCharsets.US_ASCII));
            zip.closeArchiveEntry();
            for (int i = 0; i < tensors.size(); i++) {
                Source tensor = tensors.get(i);
                part(zip, "data/" + i, SafeTensors.elements(tensor.shape()) * tensor.dtype().bytes());
                tensor.writeTo(Channels.newChannel(zip));
                zip.closeArchiveEntry();
            }
            part(zip, "version", 2);
            zip.write("3\n".getBytes(StandardCharsets.US_ASCII));
            zip.closeArchiveEntry();
            zip.finish();
        });
    }

    private static void part(ZipArchiveOutputStream zip, String name, long size) throws IOException {
        ZipArchiveEntry entry = new ZipArchiveEntry(ROOT + name);
        entry.setSize(size);
        entry.setTime(TIME);
        entry.setAlignment(ALIGNMENT);
        zip.putArchiveEntry(entry);
    }

    private static byte[] pickle(Map<String, String> beside, List<? extends Source> tensors) {
        PickleWriter out = new PickleWriter();
        out.emptyDictionary();
        out.text("state_dict");
        out.orderedDictionary();
        out.mark();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tensors.size(); i++) {
            Source tensor = tensors.get(i);
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors with the name '" + tensor.name() + "'");
            }
            out.text(tensor.name());
            out.tensor(tensor.dtype(), Integer.toString(i), tensor.shape());
        }
        out.setItems();
        out.setItem();
        beside.forEach((key, text) -> {
            out.text(key);
            out.text(text);
            out.setItem();
        });
        return out.end();
    }
}
