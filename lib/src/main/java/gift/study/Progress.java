package gift.study;

import java.time.Duration;
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
    private long done;

    /** @param steps in all; @param done already before the start */
    public Progress(String name, long steps, long done) {
        this.name = name;
        this.steps = steps;
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
        } else if (System.nanoTime() - last > PERIOD.toNanos()) {
            last = System.nanoTime();
            System.err.printf("%s: %d of %d, %d s, %s%n", name, done, steps, (last - begin) / 1_000_000_000, detail);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
