package gift.data.packed;

import gift.data.PictureSource;
import gift.data.PictureView;
import gift.image.Picture;

/** A data set whose pictures come from {@link PackedPictures}; all else is that of the data set itself. */
abstract class PackedView<S extends PictureSource> extends PictureView<S> {
    private final PackedPictures packed;

    PackedView(S whole, PackedPictures packed) {
        super(whole);
        this.packed = packed;
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
