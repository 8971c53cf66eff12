package gift.generate;

import gift.io.InputException;
import gift.train.Progress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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
        make(generation, Drawings.NONE);
    }

    /**
     * The same of one of several plans.
     *
     * @param known what this process has drawn for the others
     */
    public void make(Generation generation, Drawings known) {
        int mine = (generation.batches() - k + n) / n;
        try (BatchWork work = generation.work(known); Progress progress = new Progress("generating, batches", mine, 0)) {
            work.make(IntStream.range(0, mine).map(i -> k - 1 + i * n), batch -> progress.step(generation.batch(batch)));
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
