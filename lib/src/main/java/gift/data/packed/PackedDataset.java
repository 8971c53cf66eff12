package gift.data.packed;

import gift.data.ImageDataset;
import gift.data.PictureView;
import gift.image.Picture;
import java.util.List;

/** A split whose pictures come from {@link PackedPictures}; labels and names are the split's own. */
final class PackedDataset extends PictureView<ImageDataset> implements ImageDataset {
    private final PackedPictures packed;

    PackedDataset(ImageDataset whole, PackedPictures packed) {
        super(whole);
        this.packed = packed;
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int label(int i) {
        return whole.label(i);
    }

    @Override
    public Picture picture(int i) {
        return packed.picture(i);
    }

    @Override
    public String contents(int i) {
        return packed.contents(i);
    }
}
