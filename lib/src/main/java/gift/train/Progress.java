package gift.train;

import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress of a long job on the error stream: a bar on a terminal, elsewhere a line every half minute, so that logs
 * stay readable.
 */
public final class Progress implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final String name;
    private final long steps;
    private final ProgressBar bar; // null where there is no terminal
    private final long begin = System.nanoTime();
    private long last = begin;
    private final long first;
    private long done;

    /** @param steps in all; @param done already before the start */
    public Progress(String name, long steps, long done) {
        this.name = name;
        this.steps = steps;
        this.first = done;
        this.done = done;
        this.bar = System.console() == null ? null : new ProgressBarBuilder().setTaskName(name).setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII).startsFrom(done, Duration.ZERO).build();
    }

    /** One more step; {@code detail} is shown behind the bar. */
    public void step(String detail) {
        done++;
        if (bar != null) {
            bar.setExtraMessage(detail);
            bar.step();
        } else if (due()) {
            System.err.printf(Locale.ROOT, "%s: %d of %d, %d s, %s%n", name, done, steps, (last - begin) / 1_000_000_000, detail);
        }
    }

    /** So many steps are done, by others too; the bar itself shows the time left, a line gets it here. */
    public void at(long steps, String detail) {
        done = steps;
        if (bar != null) {
            bar.setExtraMessage(detail);
            bar.stepTo(done);
        } else if (due()) {
            double seconds = (last - begin) / 1e9;
            String left = done <= first ? "" : ", " + time(seconds * (this.steps - done) / (done - first)) + " left";
            System.err.printf(Locale.ROOT, "%s: %d %%, %s%s, %s%n", name, 100 * done / this.steps, time(seconds), left, detail);
        }
    }

    private boolean due() {
        long now = System.nanoTime();
        boolean due = now - last > PERIOD.toNanos();
        last = due ? now : last;
        return due;
    }

    /** Wipes the bar, which comes back with its next step, so that a line can be printed in its place. */
    public void clear() {
        if (bar != null) {
            System.err.print("\r\033[K");
            System.err.flush();
        }
    }

    /** "52.3 s", "3 min 12 s", "2 h 5 min". */
    public static String time(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60 ? String.format(Locale.ROOT, "%.1f s", seconds)
                : whole < 3600 ? whole / 60 + " min " + whole % 60 + " s" : whole / 3600 + " h " + whole / 60 % 60 + " min";
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
