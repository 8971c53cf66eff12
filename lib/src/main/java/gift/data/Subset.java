package gift.data;

import java.util.List;

/** Some images of another data set; see {@link ImageDataset#subset}. */
final class Subset extends Selection<ImageDataset> implements ImageDataset {
    Subset(ImageDataset whole, int[] indices) {
        super(whole, indices);
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int label(int i) {
        return whole.label(index(i));
    }
}
