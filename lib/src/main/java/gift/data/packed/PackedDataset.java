package gift.data.packed;

import gift.data.ImageDataset;
import java.util.List;

/** A split whose images come from {@link PackedImages}; labels and names are the split's own. */
final class PackedDataset extends PackedView<ImageDataset> implements ImageDataset {
    PackedDataset(ImageDataset whole, PackedImages packed) {
        super(whole, packed);
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int label(int i) {
        return whole.label(i);
    }
}
