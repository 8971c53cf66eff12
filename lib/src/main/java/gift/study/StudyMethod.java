package gift.study;

import gift.continual.Method;
import gift.continual.Training;
import java.util.List;

/**
 * One method of a study with all its settings.
 *
 * @param name its own name in the study, which is that of its folder
 * @param training how each task is trained, in the order of the tasks
 */
public record StudyMethod(String name, Method method, List<Training> training) {}
