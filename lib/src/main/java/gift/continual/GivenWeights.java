package gift.continual;

import gift.clip.ClipWeights;
import gift.continual.Method.Learns;
import gift.continual.Method.Teacher;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The files of weights that a method names: its teacher, and the models after each task of a method that trains nothing.
 *
 * @param teacher null where the teacher is none of a file
 * @param tasks in the order of learning; empty unless the method learns GIVEN
 */
public record GivenWeights(Path teacher, List<Path> tasks) {
    private static final List<String> ENDINGS = List.of(".safetensors", ".pth", ".pt", ".bin", "");

    /**
     * @param place of a path that a method names
     * @throws InputException if there are no weights there
     */
    public static GivenWeights of(Method method, List<String> tasks, UnaryOperator<Path> place) {
        Path teacher = null;
        if (method.teacher() != null && !method.teacher().weights().isEmpty()) {
            teacher = place.apply(Path.of(method.teacher().weights()));
            InputException.require(Files.exists(teacher), "no weights of the teacher at " + teacher);
        }
        List<Path> found = new ArrayList<>();
        for (int t = 0; method.learns() == Learns.GIVEN && t < tasks.size(); t++) {
            Path folder = place.apply(Path.of(method.weights()));
            String task = tasks.get(t);
            String numbered = String.format(Locale.ROOT, "%02d_%s", t + 1, task); // as a run leaves them
            found.add(Stream.of(task, numbered).flatMap(name -> ENDINGS.stream().map(ending -> folder.resolve(name + ending)))
                    .filter(Files::exists).findFirst().orElseThrow(() -> new InputException("no weights after task " + task
                            + " in " + folder + ": " + task + ".pth, .pt, .bin or .safetensors, or " + numbered
                            + ".safetensors as a run leaves them")));
        }
        return new GivenWeights(teacher, List.copyOf(found));
    }

    /** SHA-256 of all weights, by what they are. */
    public Map<String, String> sha256(List<String> names) {
        Map<String, String> all = new LinkedHashMap<>();
        if (teacher != null) {
            all.put("teacher_weights", ClipWeights.hash(teacher));
        }
        for (int t = 0; t < tasks.size(); t++) {
            all.put("weights after " + names.get(t), ClipWeights.hash(tasks.get(t)));
        }
        return all;
    }

    /** The method with the last names of its paths: where weights lie decides nothing. */
    public static Method named(Method method) {
        Method named = method.weights().isEmpty() ? method : method.with("weights", last(method.weights()));
        return method.teacher() == null || method.teacher().weights().isEmpty() ? named
                : named.withTeacher(Teacher.of(last(method.teacher().weights())));
    }

    private static String last(String path) {
        Path name = Path.of(path).getFileName();
        return name == null ? path : name.toString();
    }
}
