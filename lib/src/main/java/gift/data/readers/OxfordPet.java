package gift.data.readers;

import gift.data.ClassNames;
import gift.data.DataFiles;
import gift.data.FileDataset;
import gift.data.ImageDataset;
import gift.data.Task;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Oxford-IIIT Pet: {@code annotations/trainval.txt} and {@code test.txt} list images of {@code images/}, one a line:
 * name without ending, class id 1..37, species, breed number.
 *
 * <p>The class id is a place in the official list of 37 breeds. The classes of the task are those breeds that the two
 * lists name, in order of their id; each image's name must begin with its breed.
 */
final class OxfordPet {
    private static final String SET = "OxfordPet";

    private OxfordPet() {}

    /** One line of a list; {@code id} counts from 1. */
    private record Pet(int id, Path file) {}

    /** @param root the folder of {@code annotations} and {@code images}, or the one above {@code oxford-iiit-pet} */
    static Task open(Path root) {
        Path folder = Layout.locate(SET, root, "annotations", "", "oxford-iiit-pet");
        ClassNames table = ClassNames.of(SET);
        List<Pet> train = list(folder, "trainval.txt", table.names());
        List<Pet> test = list(folder, "test.txt", table.names());
        List<Integer> ids = Stream.concat(train.stream(), test.stream()).map(Pet::id).distinct().sorted().toList();
        List<String> names = ids.stream().map(id -> table.names().get(id - 1)).toList();
        return new Task(
                SET, dataset("/train", names, ids, train), dataset("/test", names, ids, test), table.templates());
    }

    private static ImageDataset dataset(String part, List<String> names, List<Integer> ids, List<Pet> pets) {
        return new FileDataset(SET + part, names, pets.stream().map(Pet::file).toList(),
                pets.stream().mapToInt(pet -> ids.indexOf(pet.id())).toArray());
    }

    private static List<Pet> list(Path folder, String listing, List<String> breeds) {
        Path file = folder.resolve("annotations").resolve(listing);
        Path images = Layout.inner(folder.resolve("images"));
        List<Pet> pets = new ArrayList<>();
        for (String line : Layout.lines(SET, file)) {
            String[] fields = line.split("\\s+");
            int id = fields.length > 1 && fields[1].matches("\\d{1,3}") ? Integer.parseInt(fields[1]) : 0;
            if (id < 1 || id > breeds.size()) {
                throw new InputException(SET + ": the line \"" + line + "\" of " + file
                        + " should be \"name class species breed\" with a class of 1 to " + breeds.size());
            }
            String breed = fields[0].replaceFirst("_\\d+$", "");
            if (!breed.replace('_', ' ').equalsIgnoreCase(breeds.get(id - 1))) {
                throw new InputException(SET + ": the line \"" + line + "\" of " + file + " gives class " + id
                        + ", which is " + breeds.get(id - 1) + ", not " + breed);
            }
            pets.add(new Pet(id, DataFiles.resolve(images, fields[0] + ".jpg", file)));
        }
        return pets;
    }
}
