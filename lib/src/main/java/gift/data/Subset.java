package gift.data;

import java.util.List;
import java.util.Objects;

/** Some images of another data set; see {@link ImageDataset#subset}. */
final class Subset extends ImageView<ImageDataset> implements ImageDataset {
    private final int[] indices;

    Subset(ImageDataset whole, int[] indices) {
        super(whole);
        for (int i : indices) {
            Objects.checkIndex(i, whole.size());
        }
        this.indices = indices.clone();
    }

    @Override
    protected int index(int i) {
        return indices[i];
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int label(int i) {
        return whole.label(indices[i]);
    }
}
