package gift.sentences;

import java.util.List;

/** Gives sentences for a class. */
public interface SentenceSource {
    /** What makes them, for reports. */
    String name();

    /**
     * Sentences for a class: as many as asked for, or all that there are if there are fewer; texts may repeat.
     *
     * @param label class name as it stands in sentences
     * @param wanted at least 1
     * @throws gift.io.InputException if the source does not know the class, or cannot be used
     */
    List<Sentence> sentences(String label, int wanted);
}
