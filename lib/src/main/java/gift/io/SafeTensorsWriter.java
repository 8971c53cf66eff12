package gift.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.SafeTensors.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes safetensors files. */
final class SafeTensorsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SafeTensorsWriter() {}

    /**
     * Writes the tensors, whole or not at all ({@link AtomicFiles}).
     *
     * <p>The header is padded with spaces so that the data begins at a multiple of 8, and wider element types come
     * first (otherwise in the given order), so that every tensor is aligned for its type. The same input gives the same
     * bytes.
     *
     * @throws IllegalArgumentException if two tensors share a name, or one is called {@code __metadata__}
     * @throws IllegalStateException if a source writes more or fewer bytes than its shape says
     * @throws InputException if the file cannot be written there
     */
    static void write(Path file, Map<String, String> metadata, List<? extends Source> tensors) {
        List<? extends Source> sorted = tensors.stream()
                .sorted(Comparator.comparingInt((Source s) -> -s.dtype().bytes()))
                .toList(); // the sort is stable
        byte[] header = header(metadata, sorted);
        AtomicFiles.writeChannel(file, channel -> {
            writeFully(channel, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
            writeFully(channel, ByteBuffer.wrap(header));
            for (Source tensor : sorted) {
                long expected = channel.position() + length(tensor);
                tensor.writeTo(channel);
                if (channel.position() != expected) {
                    throw new IllegalStateException("tensor '" + tensor.name() + "' should have written "
                            + length(tensor) + " bytes, but is " + (channel.position() - expected) + " off");
                }
            }
        });
    }

    private static byte[] header(Map<String, String> metadata, List<? extends Source> sorted) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode strings = root.putObject(SafeTensorsHeader.METADATA);
            metadata.forEach(strings::put);
        }
        Set<String> names = new HashSet<>(Set.of(SafeTensorsHeader.METADATA));
        long offset = 0;
        for (Source tensor : sorted) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors with the name '" + tensor.name() + "'");
            }
            ObjectNode entry = root.putObject(tensor.name()).put("dtype", tensor.dtype().name());
            var shape = entry.putArray("shape");
            for (long dimension : tensor.shape()) {
                shape.add(dimension);
            }
            long end = Math.addExact(offset, length(tensor));
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        try {
            byte[] json = JSON.writeValueAsBytes(root);
            int padding = (8 - json.length % 8) % 8;
            return (new String(json, StandardCharsets.UTF_8) + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // strings and numbers always can be written
        }
    }

    private static long length(Source tensor) {
        return Math.multiplyExact(SafeTensors.elements(tensor.shape()), (long) tensor.dtype().bytes());
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
