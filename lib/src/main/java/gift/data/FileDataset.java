package gift.data;

import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.Hashes;
import java.nio.file.Path;
import java.util.List;

/** A data set whose images are files. */
public final class FileDataset extends LabelledDataset {
    private final List<Path> files;

    /**
     * @param files one path an image; whether the files exist is found when they are read, or by {@link Inspection}
     * @param labels as many as {@code files}, indices into {@code classNames}
     * @throws IllegalArgumentException if there are not as many labels as files
     */
    public FileDataset(String name, List<String> classNames, List<Path> files, int[] labels) {
        super(name, classNames, labels);
        if (files.size() != labels.length) {
            throw new IllegalArgumentException(name + ": " + files.size() + " files, " + labels.length + " labels");
        }
        this.files = List.copyOf(files);
    }

    /** The path of image {@code i}, its extension in letters of the size that the file has. */
    public Path file(int i) {
        return DataFiles.image(files.get(i));
    }

    @Override
    public Image image(int i) {
        return ImageFiles.read(file(i));
    }

    /** The path as it is listed. */
    @Override
    public String source(int i) {
        return files.get(i).toString();
    }

    @Override
    public String contents(int i) {
        return Hashes.sha256(file(i));
    }
}
