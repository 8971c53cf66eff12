package gift.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of NumPy's {@code .npy} files (format 1.0 to 3.0, NumPy Enhancement Proposal 1): numbers, in rows as C keeps them.
 *
 * @param shape as NumPy gives it
 * @param values row by row
 */
public record Npy(int[] shape, double[] values) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '([<>|=]?)([fiu])(\\d)', 'fortran_order': (True|False), 'shape': \\(([0-9, ]*)\\),? *\\}\\s*");
    private static final long LARGEST = 1L << 24; // bytes

    /** @throws InputException naming the file and what is wrong in it */
    public static Npy read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no file " + file);
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new InputException(file + " is larger than a table of numbers: " + Files.size(file) + " bytes");
            }
            return of(file, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Npy of(Path file, ByteBuffer bytes) {
        require(bytes.limit() >= 10 && Arrays.equals(Arrays.copyOf(bytes.array(), 6), MAGIC), file, "it begins otherwise");
        int version = bytes.get(6);
        int start = version == 1 ? 10 : 12;
        require(version >= 1 && version <= 3 && bytes.limit() >= start, file, "format " + version);
        int length = version == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8);
        require(length >= 0 && length <= bytes.limit() - start, file, "its header is cut off");
        String header = new String(bytes.array(), start, length, StandardCharsets.UTF_8);
        Matcher parts = HEADER.matcher(header);
        require(parts.matches(), file, "only plain numbers are read, its header is " + header.strip());
        require(parts.group(4).equals("False"), file, "it is kept column by column (fortran_order)");
        int[] shape = Arrays.stream(parts.group(5).split(",")).map(String::strip).filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt).toArray();
        long count = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
        int size = Integer.parseInt(parts.group(3));
        require(count <= LARGEST && bytes.limit() - start - length == count * size, file, "it has not the bytes of its shape "
                + Arrays.toString(shape));
        bytes.order(parts.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN).position(start + length);
        double[] values = new double[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = next(bytes, parts.group(2) + size, file);
        }
        return new Npy(shape, values);
    }

    private static double next(ByteBuffer bytes, String type, Path file) {
        return switch (type) {
            case "f8" -> bytes.getDouble();
            case "f4" -> bytes.getFloat();
            case "i8" -> bytes.getLong();
            case "i4" -> bytes.getInt();
            default -> throw new InputException(file + " is no table of numbers that is read here: type " + type
                    + "; known are f8, f4, i8, i4");
        };
    }

    private static void require(boolean holds, Path file, String what) {
        if (!holds) {
            throw new InputException(file + " is no .npy file that is read here: " + what);
        }
    }
}
