package gift.data;

import gift.image.Picture;
import java.util.List;
import java.util.Objects;

/** Some pictures of another data set; see {@link ImageDataset#subset}. */
final class Subset implements ImageDataset {
    private final ImageDataset whole;
    private final int[] indices;

    Subset(ImageDataset whole, int[] indices) {
        for (int i : indices) {
            Objects.checkIndex(i, whole.size());
        }
        this.whole = whole;
        this.indices = indices.clone();
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public int label(int i) {
        return whole.label(indices[i]);
    }

    @Override
    public Picture picture(int i) {
        return whole.picture(indices[i]);
    }

    @Override
    public String source(int i) {
        return whole.source(indices[i]);
    }

    @Override
    public String contents(int i) {
        return whole.contents(indices[i]);
    }
}
