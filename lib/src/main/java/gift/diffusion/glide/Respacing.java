package gift.diffusion.glide;

import gift.io.InputException;
import java.util.Arrays;
import java.util.TreeSet;

/** Which of a diffusion's timesteps are kept, as {@code glide_text2im/respace.py} chooses them. */
final class Respacing {
    private static final String FAST = "fast27";
    private static final String STRIDE = "ddim";

    private Respacing() {}

    /**
     * The timesteps kept of 0 .. T - 1, rising.
     *
     * <p>Numbers with commas, "10,10,3": the range in so many equal parts, and of each part so many timesteps, evenly from
     * its first to its last. "ddimN": N timesteps of a whole stride. "fast27": "10,10,3,2,2" with T - 3 in place of T - 1,
     * against the artefacts of DDIM at the noisiest timesteps. Empty: all.
     *
     * @param length T
     * @throws InputException if the text is none of these, or asks for more than there are
     */
    static int[] timesteps(int length, String respacing) {
        if (respacing.isEmpty()) {
            return every(length, 1);
        }
        if (respacing.equals(FAST)) {
            TreeSet<Integer> kept = new TreeSet<>(Arrays.stream(timesteps(length, "10,10,3,2,2")).boxed().toList());
            kept.remove(length - 1);
            kept.add(length - 3);
            return kept.stream().mapToInt(Integer::intValue).toArray();
        }
        if (respacing.startsWith(STRIDE)) {
            int wanted = number(respacing, respacing.substring(STRIDE.length()));
            for (int stride = 1; stride < length; stride++) {
                if ((length - 1) / stride + 1 == wanted) {
                    return every(length, stride);
                }
            }
            throw new InputException(
                    "respacing " + respacing + ": no whole stride makes " + wanted + " of " + length + " timesteps");
        }
        return parts(length, respacing);
    }

    private static int[] every(int length, int stride) {
        int[] kept = new int[(length - 1) / stride + 1];
        Arrays.setAll(kept, i -> i * stride);
        return kept;
    }

    private static int[] parts(int length, String respacing) {
        int[] counts = Arrays.stream(respacing.split(",", -1)).mapToInt(text -> number(respacing, text)).toArray();
        TreeSet<Integer> kept = new TreeSet<>();
        int start = 0;
        for (int i = 0; i < counts.length; i++) {
            int size = length / counts.length + (i < length % counts.length ? 1 : 0);
            if (counts[i] > size) {
                throw new InputException("respacing " + respacing + ": a part of " + size + " timesteps has no " + counts[i]);
            }
            double stride = counts[i] <= 1 ? 1 : (size - 1) / (double) (counts[i] - 1);
            double at = 0;
            for (int k = 0; k < counts[i]; k++, at += stride) { // added up, for equal last bits; halves to the even number
                kept.add(start + (int) Math.rint(at));
            }
            start += size;
        }
        return kept.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int number(String respacing, String text) {
        if (!text.strip().matches("[1-9]\\d{0,5}")) {
            throw new InputException("respacing '" + respacing + "' must be numbers of timesteps with commas between them, ddimN or "
                    + FAST);
        }
        return Integer.parseInt(text.strip());
    }
}
