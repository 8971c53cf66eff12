package gift.sentences;

import gift.io.InputException;

/**
 * A sentence for a class; a line of a recorded file.
 *
 * @param label class that it was asked for
 * @param text the sentence
 * @param source what made it: "template grammar", the name of a language model, a file
 */
public record Sentence(String label, String text, String source) {
    public Sentence {
        InputException.require(label != null && !label.isBlank(), "label is missing or empty");
        InputException.require(text != null && !text.isBlank(), "text is missing or empty");
        source = source == null ? "" : source;
    }
}
