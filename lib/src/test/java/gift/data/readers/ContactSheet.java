package gift.data.readers;

import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.mini.Sheet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A data set at a glance, in {@code target/contact-sheets}: of every class some images, training and test. */
final class ContactSheet {
    private static final int SIDE = 32;
    private static final int EACH = 2;

    private ContactSheet() {}

    /**
     * Writes the sheet of a task and returns its path.
     *
     * @param kind subfolder: made or real images
     */
    static Path of(Task task, String kind) {
        List<Sheet.Row> rows = new ArrayList<>();
        for (int k = 0; k < task.classNames().size(); k++) {
            List<Image> images = new ArrayList<>(of(task.train(), k));
            images.addAll(of(task.test(), k));
            rows.add(new Sheet.Row(task.classNames().get(k), images));
        }
        Path file = Path.of("target", "contact-sheets", kind, task.name() + ".png");
        ImageFiles.writePng(file, Sheet.of(rows, rows.size() > 40 ? 10 : 4, 1));
        return file;
    }

    private static List<Image> of(ImageDataset data, int label) {
        return IntStream.range(0, data.size()).filter(i -> data.label(i) == label).limit(EACH)
                .mapToObj(i -> Preprocess.evaluation(data.image(i), SIDE)).toList();
    }
}
