package gift.study;

import gift.continual.Training;
import gift.data.Task;
import gift.incremental.LabelSpace;
import gift.sources.Sources;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the runs of a study learn, in its order: data sets, or the steps of a class-incremental scenario.
 *
 * @param names of the rows of the accuracy matrix
 * @param tasks likewise
 * @param space of a class-incremental scenario; null without one
 */
public record StudyTasks(List<String> names, List<Task> tasks, LabelSpace space) {
    /** @param opened the data sets that the study names as its tasks */
    public static StudyTasks of(StudyConfig config, List<Task> opened) {
        if (config.scenario() == null) {
            return new StudyTasks(config.tasks(), opened, null);
        }
        LabelSpace space = new LabelSpace(config.scenario().classIncremental(), opened.get(0));
        return new StudyTasks(space.names(), space.tasks(), space);
    }

    /** Of a study at a file; a data set is opened only where its classes decide the steps. No image is looked at. */
    public static StudyTasks of(StudyConfig config, Path file) {
        return config.scenario() == null ? new StudyTasks(config.tasks(), null, null) : of(config,
                List.of(Sources.of(file.toAbsolutePath().getParent(), null, config.data(), config.tasks())
                        .openUnseen(config.tasks().get(0))));
    }

    /** How each of them is trained, from what the study says of its tasks. */
    public List<Training> training(List<Training> general) {
        return space == null ? general : IntStream.range(0, names.size())
                .mapToObj(t -> space.scenario().training(general.get(0), tasks.get(t))).toList();
    }
}
