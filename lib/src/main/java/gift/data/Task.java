package gift.data;

import gift.io.InputException;
import java.util.List;

/**
 * One task of a sequence: a data set with its two splits and its prompt templates.
 *
 * @param name as in results tables, {@code "OxfordPet"}
 * @param train the training images
 * @param test the test images, with the same classes
 * @param templates prompt templates with {@code {}} for the class name; the first is used in training, evaluation
 *     averages the text features of all
 */
public record Task(String name, ImageDataset train, ImageDataset test, List<String> templates) {
    /** @throws InputException if the splits differ in their classes, or a template lacks {@code {}} */
    public Task {
        templates = List.copyOf(templates);
        if (!train.classNames().equals(test.classNames())) {
            throw new InputException(name + ": training has " + train.classNames().size() + " classes, test "
                    + test.classNames().size() + ", and they must be the same classes in the same order");
        }
        if (templates.isEmpty()) {
            throw new InputException(name + ": no prompt template; give at least one, such as \"a photo of a {}.\"");
        }
        for (String template : templates) {
            requirePlaceholder(template, name);
        }
    }

    public List<String> classNames() {
        return train.classNames();
    }

    /** One prompt per class, in class order: {@code template} with the class name for {@code {}}. */
    public List<String> prompts(String template) {
        return prompts(template, classNames());
    }

    /** This task with its first templates alone, at most so many. */
    public Task withTemplates(int most) {
        return new Task(name, train, test, templates.subList(0, Math.min(most, templates.size())));
    }

    /** This task with one template alone. */
    public Task withTemplate(String template) {
        return new Task(name, train, test, List.of(template));
    }

    /** The prompts of training: those of the first template. */
    public List<String> trainingPrompts() {
        return prompts(templates.get(0));
    }

    /**
     * One prompt per name. Underscores in names become spaces.
     *
     * @throws InputException if the template lacks {@code {}}
     */
    public static List<String> prompts(String template, List<String> names) {
        requirePlaceholder(template, "prompts");
        return names.stream().map(name -> template.replace("{}", name.replace('_', ' '))).toList();
    }

    private static void requirePlaceholder(String template, String where) {
        if (!template.contains("{}")) {
            throw new InputException(where + ": the template \"" + template
                    + "\" has no {} for the class name; write it as in \"a photo of a {}.\"");
        }
    }
}
