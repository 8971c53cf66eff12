package gift.io;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What is wrong with several things that are looked at one after another, a line for each. */
public final class Problems {
    private final List<String> lines = new ArrayList<>();

    /** What {@code reading} gives; null, and a line, if it fails by a bad input. */
    public <T> T attempt(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InputException e) {
            lines.add(e.getMessage());
            return null;
        }
    }

    /** The same for a check that gives nothing. */
    public void attempt(Runnable check) {
        attempt(() -> {
            check.run();
            return null;
        });
    }

    public boolean none() {
        return lines.isEmpty();
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }
}
