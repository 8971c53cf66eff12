package gift.data;

import java.util.List;

/** What data sets share that know the labels of all their images. */
public abstract class LabelledDataset implements ImageDataset {
    private final String name;
    private final List<String> classNames;
    private final int[] labels;

    /** @param labels indices into {@code classNames}, one an image; {@link Inspection} finds those that are none */
    protected LabelledDataset(String name, List<String> classNames, int[] labels) {
        this.name = name;
        this.classNames = List.copyOf(classNames);
        this.labels = labels.clone();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<String> classNames() {
        return classNames;
    }

    @Override
    public final int size() {
        return labels.length;
    }

    @Override
    public final int label(int i) {
        return labels[i];
    }
}
