package gift.doctor;

import gift.doctor.Finding.Level;
import gift.io.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The findings so far; each is reported at once. */
final class Findings {
    private final List<Finding> all = new ArrayList<>();
    private final Consumer<Finding> tell;

    Findings(Consumer<Finding> tell) {
        this.tell = tell;
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    boolean any(Level level) {
        return all.stream().anyMatch(finding -> finding.level() == level);
    }

    /** Whether there is a fault about this topic. */
    boolean faulty(String topic) {
        return all.stream().anyMatch(f -> f.level() == Level.FAULT && f.topic().equals(topic));
    }

    void sound(String topic, String text) {
        add(Level.SOUND, topic, text, "");
    }

    void note(String topic, String text) {
        add(Level.NOTE, topic, text, "");
    }

    void warning(String topic, String text, String mend) {
        add(Level.WARNING, topic, text, mend);
    }

    void fault(String topic, String text, String mend) {
        add(Level.FAULT, topic, text, mend);
    }

    /** What {@code work} gives; if it fails by a bad input, a fault about the topic, and null. */
    <T> T attempt(String topic, String mend, Supplier<T> work) {
        try {
            return work.get();
        } catch (InputException e) {
            fault(topic, e.getMessage(), mend);
            return null;
        }
    }

    private void add(Level level, String topic, String text, String mend) {
        String prefix = topic + ": "; // messages of the library often begin with the data set's name
        Finding finding = new Finding(level, topic, text.startsWith(prefix) ? text.substring(prefix.length()) : text, mend);
        all.add(finding);
        tell.accept(finding);
    }
}
