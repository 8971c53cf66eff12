package gift.data.packed;

import gift.data.ImageDataset;
import gift.image.Picture;
import java.util.List;

/** A split whose pictures come from {@link PackedPictures}; labels and names are the split's own. */
record PackedDataset(ImageDataset whole, PackedPictures packed) implements ImageDataset {
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
        return whole.size();
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
    public String source(int i) {
        return whole.source(i);
    }

    @Override
    public String contents(int i) {
        return packed.contents(i);
    }
}
