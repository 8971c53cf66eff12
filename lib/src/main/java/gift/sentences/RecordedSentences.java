package gift.sentences;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.PickledDictionary;
import gift.io.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Sentences of a file: JSON lines with {@code label}, {@code text} and {@code source}; or the published pickle, a dictionary
 * of label to list of sentences, which is read without running anything of it.
 */
public final class RecordedSentences implements SentenceSource {
    private final Path file;
    private final Map<String, List<Sentence>> byLabel;

    private RecordedSentences(Path file, Map<String, List<Sentence>> byLabel) {
        this.file = file;
        this.byLabel = byLabel;
    }

    /**
     * Reads a file; one that ends in {@code .pkl} or {@code .pickle} as the published pickle.
     *
     * @throws InputException naming file and line
     */
    public static RecordedSentences read(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        Map<String, List<Sentence>> byLabel = new LinkedHashMap<>();
        if (name.endsWith(".pkl") || name.endsWith(".pickle")) {
            PickledDictionary pickle = PickledDictionary.read(file);
            String source = String.valueOf(file.getFileName());
            pickle.names().forEach(label -> byLabel.put(label, pickle.texts(label).stream()
                    .map(text -> new Sentence(label, text.strip(), source)).toList()));
        } else {
            parse(file.toString(), Texts.lines(file)).forEach(one ->
                    byLabel.computeIfAbsent(one.label(), label -> new ArrayList<>()).add(one));
        }
        InputException.require(!byLabel.isEmpty(), file + " holds no sentence");
        return new RecordedSentences(file, byLabel);
    }

    /** Lines of JSON; empty ones are left out. */
    static List<Sentence> parse(String source, List<String> lines) {
        List<Sentence> all = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                String where = source + ", line " + (i + 1);
                JsonNode line = Json.parse(where, lines.get(i));
                all.add(Json.convert(where, line, Sentence.class));
            }
        }
        return all;
    }

    /** Writes sentences as JSON lines, whole or not at all. */
    public static void write(Path file, Collection<List<Sentence>> sentences) {
        StringBuilder text = new StringBuilder();
        sentences.forEach(of -> of.forEach(one -> text.append(Json.line(one)).append('\n')));
        AtomicFiles.writeString(file, text.toString());
    }

    /** The classes that it has sentences for. */
    public List<String> labels() {
        return List.copyOf(byLabel.keySet());
    }

    /** All sentences of a class, in the order of the file. */
    public List<Sentence> all(String label) {
        List<Sentence> found = byLabel.get(label);
        if (found == null) {
            throw new InputException(file + " has no sentence for the class '" + label + "'" + Json.nearest(label,
                    byLabel.keySet().stream().limit(20).toList()));
        }
        return found;
    }

    @Override
    public String name() {
        return "recorded in " + file.getFileName();
    }

    /** All that the file has: the published rules choose among them. */
    @Override
    public List<Sentence> sentences(String label, int wanted) {
        return all(label);
    }
}
