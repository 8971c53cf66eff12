package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.PackedNumbers;

/**
 * Texts as a text tower takes them: rows of tokens and where their end tokens are. The end token has the highest number of a
 * row, by which it is found, as in OpenAI's code.
 *
 * @param numbers N rows of T tokens, flat
 * @param ends the place of each row's end token in {@code numbers}
 */
public record TokenRows(long[] numbers, long[] ends) {
    /**
     * @param tokens N rows of equal length
     * @param cut whether they are cut after the longest end token, which changes no feature
     */
    public static TokenRows of(long[][] tokens, boolean cut) {
        int n = tokens.length;
        int[] ends = new int[n];
        int length = cut ? 0 : tokens[0].length;
        for (int i = 0; i < n; i++) {
            ends[i] = end(tokens[i]);
            length = Math.max(length, ends[i] + 1);
        }
        long[] flat = new long[n * length];
        long[] positions = new long[n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(tokens[i], 0, flat, i * length, length);
            positions[i] = (long) i * length + ends[i];
        }
        return new TokenRows(flat, positions);
    }

    /** The position of the end token: the first of the highest number. */
    private static int end(long[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }

    /**
     * The same on a device.
     *
     * @param numbers (N, T), int64
     * @param ends (N), int64
     */
    public record OnDevice(NDArray numbers, NDArray ends) {}

    /** Where both lie among packed numbers. */
    public record Parts(PackedNumbers.Part numbers, PackedNumbers.Part ends) {
        /** What they are of all numbers: views. */
        public OnDevice of(NDArray all) {
            return new OnDevice(numbers.of(all), ends.of(all));
        }
    }

    /** Packs them, to go to the device with other numbers. */
    public Parts into(PackedNumbers all) {
        long rows = ends.length;
        return new Parts(all.add(numbers, new Shape(rows, numbers.length / rows)), all.add(ends));
    }

    /** Both on the device of {@code manager}, in one transfer. */
    public OnDevice on(NDManager manager) {
        PackedNumbers all = new PackedNumbers();
        Parts parts = into(all);
        return parts.of(all.write(manager));
    }
}
