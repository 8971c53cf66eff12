package gift.data.readers;

import gift.data.DataFiles;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Birdsnap 1.1: tables with a line of headings and tabs. {@code species.txt} has the number, common and scientific name and
 * folder of each species, {@code images.txt} the {@code path} of each image as its third field, {@code test_images.txt} the paths of
 * the test images. A class has the common name.
 *
 * <p>The images are not in the archive: its script fetches them into {@code download/images} from addresses of which many are
 * dead. So those that are there count; the doctor compares their number with the published one.
 */
final class Birdsnap {
    private static final String SET = "Birdsnap";
    private static final List<String> TEMPLATES = List.of("a photo of a {}, a type of bird.");
    private static final int SPECIES_FIELDS = 4;

    private Birdsnap() {}

    /** @param root the folder of {@code species.txt}, or the one above {@code birdsnap} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "species.txt", "", "birdsnap", SET);
        Path images = List.of("download/images", "images").stream().map(folder::resolve).filter(Files::isDirectory).findFirst()
                .orElseThrow(() -> new InputException(SET + ": no folder download/images in " + folder
                        + "; run get_birdsnap.py of the archive, which fetches them"));
        Map<String, String> names = new LinkedHashMap<>(); // of species, by folder
        Path species = folder.resolve("species.txt");
        rows(species).forEach(line -> {
            String[] fields = line.split("\t");
            InputException.require(fields.length == SPECIES_FIELDS, SET + ": the line \"" + line.replace('\t', ' ') + "\" of "
                    + species + " should be a number, two names and a folder, with tabs between");
            names.put(fields[3], fields[1]);
        });
        Set<String> test = new HashSet<>(rows(folder.resolve("test_images.txt")));
        List<Layout.Entry> forTraining = new ArrayList<>();
        List<Layout.Entry> forTesting = new ArrayList<>();
        for (Path own : Layout.classFolders(SET, images)) {
            String key = DataFiles.name(own);
            InputException.require(names.containsKey(key), SET + ": the folder " + own + " is of no species in " + species);
            for (Path image : Layout.images(SET, own)) {
                (test.contains(key + "/" + DataFiles.name(image)) ? forTesting : forTraining).add(new Layout.Entry(key, image));
            }
        }
        List<String> keys = List.copyOf(names.keySet());
        return Layout.task(SET, keys, keys.stream().map(names::get).toList(), TEMPLATES, forTraining, forTesting);
    }

    /** The lines below the headings. */
    private static List<String> rows(Path file) {
        return Layout.lines(SET, file).stream().skip(1).toList();
    }
}
