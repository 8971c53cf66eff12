package gift.sources;

import gift.data.DatasetSource;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/**
 * The data sets of a study's file.
 *
 * @param base the folder of the file, to which its paths are relative
 * @param data whose test images are reported
 * @param validation the same data sets with validation images in place of the test images, to choose settings by
 */
public record StudyData(Path base, DatasetSource data, DatasetSource validation) {
    /**
     * @param override folder of the data sets in place of the configured one, or null
     * @param configured what the file says, as {@link Sources#of} takes it
     * @param needed data sets with classes that the study asks for
     * @param forValidation whether to report on validation images
     * @throws InputException if the folder or a data set is unknown
     */
    public static StudyData of(
            Path file, Path override, String configured, Collection<String> needed, boolean forValidation) {
        Path base = file.toAbsolutePath().normalize().getParent();
        DatasetSource source = Sources.of(base, override, configured, needed);
        source.require(needed);
        DatasetSource validation = source.forValidation();
        return new StudyData(base, forValidation ? validation : source, validation);
    }

    /**
     * What the file names by a path, {@link DatasetSource#beside}.
     *
     * @param key in the file, for the message
     * @param what to give there
     * @throws InputException if it does not exist
     */
    public Path required(String path, String key, String what) {
        Path found = data.beside(base, path);
        InputException.require(Files.exists(found), "no " + key + " " + data.places(base, path) + ": give " + what);
        return found;
    }
}
