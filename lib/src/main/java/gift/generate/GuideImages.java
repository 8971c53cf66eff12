package gift.generate;

import gift.diffusion.Sampling;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.image.Preprocess;
import gift.io.Hashes;
import gift.io.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The images that a plan begins with in place of noise: see {@link GenerationPlan.Guides}. */
public final class GuideImages {
    private final GenerationPlan plan;
    private final List<List<Path>> files = new ArrayList<>(); // of each task

    /** What of the guides decides the images. */
    record Settings(double strength, String sha256) {}

    /** @throws InputException if a task has no guides, or its images cannot be shared out among them */
    GuideImages(GenerationPlan plan, Path folder) {
        this.plan = plan;
        Path root = folder.resolve(plan.guides().folder()).normalize();
        for (String task : plan.tasks()) {
            List<Path> own = new ArrayList<>();
            while (Files.isRegularFile(file(root, task, own.size()))) {
                own.add(file(root, task, own.size()));
            }
            InputException.require(!own.isEmpty(), "plan: guides: no image " + file(root, task, 0) + " for the task " + task);
            InputException.require(plan.images() % own.size() == 0, "plan: images " + plan.images()
                    + " cannot be shared out among the " + own.size() + " guides of " + task + ": take a multiple");
            files.add(own);
        }
    }

    /** The place of guide i of a task. */
    public static Path file(Path root, String task, int i) {
        return root.resolve(task).resolve(i + ".png");
    }

    /** The guide of image j of a task, of the sampling's size: the shorter side resized, then cropped in the middle. */
    Image image(int task, int j) {
        List<Path> own = files.get(task);
        Sampling sampling = plan.sampling();
        Image image = ImageFiles.read(own.get(j / (plan.images() / own.size())));
        if (image.width() == sampling.width() && image.height() == sampling.height()) {
            return image;
        }
        double factor = Math.max((double) sampling.width() / image.width(), (double) sampling.height() / image.height());
        int width = Math.max(sampling.width(), (int) Math.round(image.width() * factor));
        int height = Math.max(sampling.height(), (int) Math.round(image.height() * factor));
        return Preprocess.crop(Preprocess.resize(image, width, height), (height - sampling.height()) / 2,
                (width - sampling.width()) / 2, sampling.height(), sampling.width());
    }

    Settings settings() {
        StringBuilder all = new StringBuilder();
        files.forEach(own -> own.forEach(file -> all.append(Hashes.sha256(file)).append('\n')));
        return new Settings(plan.guides().strength(), Hashes.sha256(all.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
