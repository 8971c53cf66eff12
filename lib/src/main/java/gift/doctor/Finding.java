package gift.doctor;

import java.util.Locale;

/**
 * One line of the doctor's report.
 *
 * @param topic what it is about: a data set, a file, the machine
 * @param text what was found
 * @param mend what would mend it; empty where nothing needs mending
 */
public record Finding(Level level, String topic, String text, String mend) {
    /** SOUND: as it should be. NOTE: good to know. WARNING: the study runs, but look. FAULT: do not run it like that. */
    public enum Level { SOUND, NOTE, WARNING, FAULT }

    /** "fault    DTD: no folder /data/dtd -> gift data get DTD". */
    public String line() {
        return String.format(Locale.ROOT, "%-8s %s: %s%s", level.name().toLowerCase(Locale.ROOT), topic, text,
                mend.isEmpty() ? "" : " -> " + mend);
    }
}
