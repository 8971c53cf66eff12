package gift.data.packed;

import gift.data.ImageDataset;
import java.util.List;

/** A split whose pictures come from {@link PackedPictures}; labels and names are the split's own. */
final class PackedDataset extends PackedView<ImageDataset> implements ImageDataset {
    PackedDataset(ImageDataset whole, PackedPictures packed) {
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
