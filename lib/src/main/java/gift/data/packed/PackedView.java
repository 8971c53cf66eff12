package gift.data.packed;

import gift.data.ImageSource;
import gift.data.ImageView;
import gift.image.Image;

/** A data set whose images come from {@link PackedImages}; all else is that of the data set itself. */
abstract class PackedView<S extends ImageSource> extends ImageView<S> {
    private final PackedImages packed;

    PackedView(S whole, PackedImages packed) {
        super(whole);
        this.packed = packed;
    }

    @Override
    public Image image(int i) {
        return packed.image(i);
    }

    @Override
    public String contents(int i) {
        return packed.contents(i);
    }
}
