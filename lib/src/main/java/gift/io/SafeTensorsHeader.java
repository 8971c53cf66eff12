package gift.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gift.io.SafeTensors.DType;
import gift.io.SafeTensors.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of a safetensors file.
 *
 * <pre>
 * 8 bytes   N, length of the header, unsigned little-endian
 * N bytes   JSON: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ...,
 *                  "__metadata__": {"key": "value"}}, padded with spaces
 * the rest  the tensors' bytes, without holes or overlaps; offsets count from here
 * </pre>
 *
 * @param entries in the order of their offsets
 * @param dataStart offset of the first tensor byte in the file, 8 + N
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
    static final String METADATA = "__metadata__";
    /** The limit of the format: a longer header is an attack or an accident. */
    static final long MAX_HEADER = 100_000_000;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength((int) MAX_HEADER)
                    .maxNameLength((int) MAX_HEADER)
                    .maxNestingDepth(16)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Reads and checks the header; every broken rule is an {@link InputException} that names {@code file}. */
    static SafeTensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < 8) {
            throw bad(file, "it has " + size + " bytes, fewer than the 8 of the header's length");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        SafeTensors.readFully(channel, prefix, 0);
        long length = prefix.getLong(0);
        if (length < 0 || length > MAX_HEADER) { // negative: above 2^63 as an unsigned number
            throw bad(file, "its header claims " + Long.toUnsignedString(length) + " bytes, above the limit of "
                    + MAX_HEADER);
        }
        if (length > size - 8) {
            throw bad(file, "its header claims " + length + " bytes, but the file ends after " + (size - 8)
                    + "; fetch it again");
        }
        ByteBuffer header = ByteBuffer.allocate((int) length);
        SafeTensors.readFully(channel, header, 8);
        return parse(file, header.flip(), size);
    }

    private static SafeTensorsHeader parse(Path file, ByteBuffer header, long size) {
        if (!header.hasRemaining() || header.get(0) != '{') {
            throw bad(file, "its header does not start with '{'");
        }
        long dataStart = 8L + header.remaining();
        JsonNode root;
        try {
            root = JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(header).toString());
        } catch (CharacterCodingException e) {
            throw bad(file, "its header is not UTF-8");
        } catch (JsonProcessingException e) {
            throw bad(file, "its header is not valid JSON: "
                    + e.getOriginalMessage().strip().replaceAll("\\s+", " "));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> tensors = new ArrayList<>();
        root.properties().forEach(field -> {
            if (field.getKey().equals(METADATA)) {
                metadata.putAll(metadata(file, field.getValue()));
            } else {
                tensors.add(entry(file, field.getKey(), field.getValue()));
            }
        });
        tensors.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        checkLayout(file, tensors, size - dataStart);
        Map<String, Entry> entries = new LinkedHashMap<>();
        tensors.forEach(t -> entries.put(t.name(), t));
        return new SafeTensorsHeader(
                Collections.unmodifiableMap(entries), Collections.unmodifiableMap(metadata), dataStart);
    }

    private static Map<String, String> metadata(Path file, JsonNode node) {
        if (node.isNull()) { // some programs write so where they have none
            return Map.of();
        }
        if (!node.isObject()) {
            throw bad(file, METADATA + " is not an object");
        }
        Map<String, String> result = new LinkedHashMap<>();
        node.properties().forEach(field -> {
            if (!field.getValue().isTextual()) {
                throw bad(file, METADATA + " has a value that is not a string, under '" + field.getKey() + "'");
            }
            result.put(field.getKey(), field.getValue().textValue());
        });
        return result;
    }

    private static Entry entry(Path file, String name, JsonNode node) {
        if (node.getNodeType() != JsonNodeType.OBJECT) {
            throw badTensor(file, name, "is not an object");
        }
        ObjectNode object = (ObjectNode) node;
        object.fieldNames().forEachRemaining(key -> {
            if (!List.of("dtype", "shape", "data_offsets").contains(key)) {
                throw badTensor(file, name, "has an unknown field '" + key + "'");
            }
        });
        DType dtype = dtype(file, name, object.get("dtype"));
        long[] shape = numbers(file, name, "shape", object.get("shape"));
        long[] offsets = numbers(file, name, "data_offsets", object.get("data_offsets"));
        if (offsets.length != 2) {
            throw badTensor(file, name, "has " + offsets.length + " data_offsets instead of 2");
        }
        if (offsets[0] > offsets[1]) {
            throw badTensor(file, name, "ends at " + offsets[1] + ", before its begin at " + offsets[0]);
        }
        long bytes;
        try {
            bytes = Math.multiplyExact(SafeTensors.elements(shape), (long) dtype.bytes());
        } catch (ArithmeticException e) {
            throw badTensor(file, name, "has a shape too large to count: " + Arrays.toString(shape));
        }
        if (bytes != offsets[1] - offsets[0]) {
            throw badTensor(file, name, "of shape " + Arrays.toString(shape) + " and dtype " + dtype + " needs " + bytes
                    + " bytes, but its offsets span " + (offsets[1] - offsets[0]));
        }
        return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private static DType dtype(Path file, String name, JsonNode node) {
        if (node == null || !node.isTextual()) {
            throw badTensor(file, name, "has no dtype");
        }
        return Arrays.stream(DType.values())
                .filter(d -> d.name().equals(node.textValue()))
                .findFirst()
                .orElseThrow(() -> badTensor(file, name, "has the unknown dtype " + node.textValue() + " (known: "
                        + Arrays.toString(DType.values()) + ")"));
    }

    /** A list of whole numbers from 0 on. */
    private static long[] numbers(Path file, String name, String field, JsonNode node) {
        if (node == null || !node.isArray()) {
            throw badTensor(file, name, "has no list '" + field + "'");
        }
        long[] result = new long[node.size()];
        for (int i = 0; i < result.length; i++) {
            JsonNode number = node.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw badTensor(file, name, "has in its " + field + " " + number
                        + ", which is not a whole number from 0 to 2^63 - 1");
            }
            result[i] = number.longValue();
        }
        return result;
    }

    /** The tensors, sorted by offset, must cover the data exactly: from 0, each where the one before ends, to the end. */
    private static void checkLayout(Path file, List<Entry> sorted, long dataLength) {
        long expected = 0;
        Entry previous = null;
        for (Entry entry : sorted) {
            if (previous == null && entry.begin() != 0) {
                throw badTensor(file, entry.name(), "is the first but begins at offset " + entry.begin()
                        + " instead of 0");
            }
            if (entry.begin() < expected) {
                throw badTensor(file, entry.name(), "overlaps '" + previous.name() + "'");
            }
            if (entry.begin() > expected) {
                throw badTensor(file, entry.name(), "leaves a hole of " + (entry.begin() - expected) + " bytes after '"
                        + previous.name() + "'");
            }
            expected = entry.end();
            previous = entry;
        }
        if (expected > dataLength) {
            throw bad(file, "its tensors need " + expected + " bytes but it holds " + dataLength
                    + "; it is cut off, fetch it again");
        }
        if (expected < dataLength) {
            throw bad(file, "it has " + (dataLength - expected) + " bytes after the last tensor");
        }
    }

    private static InputException bad(Path file, String what) {
        return new InputException("not a valid safetensors file: " + file + ": " + what);
    }

    private static InputException badTensor(Path file, String name, String what) {
        return bad(file, "tensor '" + name + "' " + what);
    }
}
