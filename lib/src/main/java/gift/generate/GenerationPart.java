package gift.generate;

import gift.io.InputException;
import gift.train.Progress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every nth batch of a generation, from the kth: one of n parts that together make the whole, each batch once. A part is the
 * same whatever is there already.
 *
 * @param k from 1 to n
 */
public record GenerationPart(int k, int n) {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");

    /** @throws InputException unless the text is "2/8" or the like */
    public static GenerationPart of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(1)) > Integer.parseInt(form.group(2))) {
            throw new InputException("part '" + text + "' must be K/N with K from 1 to N, as 2/8");
        }
        return new GenerationPart(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** Makes the part, and writes the tables if nothing else is missing then. */
    public void make(Generation generation) {
        int mine = (generation.batches() - k + n) / n;
        try (BatchWork work = generation.work(); Progress progress = new Progress("generating, batches", mine, 0)) {
            for (int b = k - 1; b < generation.batches(); b += n) {
                work.make(b);
                progress.step(generation.batch(b));
            }
        }
        if (generation.left() == 0) {
            generation.finish();
        }
    }

    @Override
    public String toString() {
        return k + "/" + n;
    }
}
