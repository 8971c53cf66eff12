package gift.mini;

import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.Task;
import java.nio.file.Path;
import java.util.List;

/** The mini world as the place that data sets come from. */
public final class WorldSource implements DatasetSource {
    private final boolean validation; // whether validation images stand in place of the test images

    /** Training and test images. */
    public WorldSource() {
        this(false);
    }

    private WorldSource(boolean validation) {
        this.validation = validation;
    }

    @Override
    public Path path() {
        return Path.of(World.NAME);
    }

    @Override
    public Path folder() {
        return null;
    }

    @Override
    public boolean isPublished(String name) {
        return false;
    }

    /** No: they are painted when they are asked for. */
    @Override
    public boolean needsInspection() {
        return false;
    }

    @Override
    public List<String> namingTexts() {
        return List.of();
    }

    @Override
    public List<String> names() {
        return World.names();
    }

    @Override
    public boolean knows(String name) {
        return World.names().contains(name);
    }

    @Override
    public boolean isPairs(String name) {
        return false;
    }

    @Override
    public Task openUnseen(String name) {
        return validation ? World.openForValidation(name) : World.open(name);
    }

    @Override
    public DatasetSource forValidation() {
        return new WorldSource(true);
    }

    @Override
    public PairDataset pairs(String name) {
        if (World.isCaptioned(name)) {
            return World.captioned(name);
        }
        Task task = World.open(name);
        return PairDataset.of(task.train(), task.templates().get(0));
    }
}
