package gift.io.published;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Texts;
import java.nio.file.Path;
import java.util.Locale;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Files in YAML 1.2, one document each. */
public final class Yaml {
    private Yaml() {}

    /**
     * The content of a file; an empty one is missing ({@link JsonNode#isMissingNode}) or null.
     *
     * @throws InputException naming file and line, if it is missing, no YAML, or has a key twice
     */
    public static JsonNode tree(Path file) {
        return parse(file.toString(), Texts.read(file));
    }

    /**
     * The content of a text.
     *
     * @param source where it is from, for messages
     */
    public static JsonNode parse(String source, String text) {
        try {
            return Json.toTree(new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromString(text));
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
            throw new InputException(source + line + ": no YAML, " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new InputException(source + ": no YAML (" + InputException.kindAndMessage(e) + ")", e);
        }
    }

    /** Whether a file is called so. */
    public static boolean isOne(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).matches("(?s).*\\.ya?ml");
    }
}
