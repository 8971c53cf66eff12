package gift.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.tensor.PackedNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts as a text encoder takes them ({@link SentenceEncoder#rows}): a few arrays of whole numbers, whose meaning is known to
 * the encoder. They are made in the host's memory, by any thread, and go to the device together.
 *
 * @param texts N, how many
 * @param numbers each flat
 * @param shapes of each
 */
public record TokenRows(int texts, List<long[]> numbers, List<Shape> shapes) {
    /**
     * The same on a device.
     *
     * @param arrays int64
     */
    public record OnDevice(int texts, List<NDArray> arrays) {}

    /** Where they lie among packed numbers. */
    public record Parts(int texts, List<PackedNumbers.Part> parts) {
        /** What they are of all numbers: views. */
        public OnDevice of(NDArray all) {
            return new OnDevice(texts, parts.stream().map(part -> part.of(all)).toList());
        }
    }

    /** Packs them, to go to the device with other numbers. */
    public Parts into(PackedNumbers all) {
        List<PackedNumbers.Part> parts = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i++) {
            parts.add(all.add(numbers.get(i), shapes.get(i)));
        }
        return new Parts(texts, parts);
    }

    /** All on the device of {@code manager}, in one transfer. */
    public OnDevice on(NDManager manager) {
        PackedNumbers all = new PackedNumbers();
        Parts parts = into(all);
        return parts.of(all.write(manager));
    }
}
