package gift.sources;

import gift.data.DatasetSource;
import gift.data.ImageSource;
import gift.data.Task;
import gift.data.packed.PackKind;
import gift.data.packed.Packs;
import gift.train.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Packs data sets by name; see {@link Packs}. */
public final class ImagePacks {
    private final DatasetSource data;
    private final Packs packs;
    private final List<String> names;
    private final Consumer<String> report;

    /**
     * @param root folder of the data sets
     * @param folder of the packed images
     * @param report is told in a line what was done
     * @throws gift.io.InputException if a set is not known
     */
    public ImagePacks(Path root, Path folder, List<String> names, Consumer<String> report) {
        this.data = Sources.of(root, null, ".", names);
        this.packs = new Packs(folder, root);
        this.names = names;
        this.report = report;
    }

    /** Training and test images of each set. */
    public void splits(PackKind training, PackKind test) {
        data.require(names);
        for (String name : names) {
            Task task = data.openUnseen(name);
            pack(name, "train", task.train(), training);
            pack(name, "test", task.test(), test);
        }
    }

    /** The images of each set as reference pairs. */
    public void pairs(PackKind kind) {
        names.stream().filter(name -> !data.knowsPairs(name)).findFirst().ifPresent(name -> data.require(List.of(name)));
        for (String name : names) {
            pack(name, "pairs", data.pairs(name), kind);
        }
    }

    private void pack(String name, String split, ImageSource images, PackKind kind) {
        try (Progress progress = new Progress("packing " + images.name(), images.size(), 0)) {
            packs.pack(name, split, images, kind, report, done -> progress.at(done, ""));
        }
    }
}
