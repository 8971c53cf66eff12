package gift.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import gift.clip.ClipConfig;
import gift.data.Task;
import gift.diffusion.Sampling;
import gift.eval.FewShotSettings;
import gift.imagine.ImagineStudyConfig;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Overrides;
import gift.recognition.RecognitionConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What of a few-shot study's recipe ({@code gift recognition}, {@code gift imagine}) decides what it needs. */
interface FewShotRecipe {
    /** That runs it. */
    String command();

    /** The settings that both kinds have. */
    FewShotSettings config();

    /** Files of other kinds that it names, which have to be there: by key. */
    List<Named> files();

    /** Images to be drawn, if none is there yet. */
    List<Drawing> drawings(List<Task> tasks);

    /** What its methods compute. */
    List<Work> work(List<Task> tasks, ClipConfig clip);

    /** Bytes on the device at most. */
    long memory(ClipConfig clip);

    /** Bytes of weights that stay. */
    long kept(ClipConfig clip);

    /** A file or folder, by the key that names it. */
    record Named(String key, String path) {}

    /** @param model folder of a Stable Diffusion or GLIDE */
    record Drawing(String model, Sampling sampling, long images) {}

    /**
     * All runs of a method.
     *
     * @param trained FLOPs of passes forward and backward
     * @param forward FLOPs of other passes forward in training
     * @param evaluation FLOPs of passes forward in evaluation
     */
    record Work(String method, int runs, double trained, double forward, double evaluation) {}

    /** The recipe of a file; null if it is of another kind. */
    static FewShotRecipe of(Path file, Overrides overrides) {
        if (!file.toString().endsWith(".json") || !Files.isRegularFile(file)) {
            return null;
        }
        JsonNode tree = Json.tree(file);
        InputException.require(!tree.has("tower"), file + " is a recipe of gift transfer, which the doctor does not know");
        if (tree.has("base_set") || tree.has("pretrainings")) {
            return new ImagineRecipe(ImagineStudyConfig.read(file, overrides));
        }
        return tree.has("synthetic") || tree.path("methods").isArray()
                ? new RecognitionRecipe(RecognitionConfig.read(file, overrides)) : null;
    }

    /** Images that are evaluated on. */
    static double tested(Task task, int most) {
        return most == 0 ? task.test().size() : Math.min(most, task.test().size());
    }
}
