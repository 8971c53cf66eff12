package gift.data.packed;

import gift.data.PairDataset;
import gift.data.PictureView;
import gift.image.Picture;

/** Pairs whose pictures come from {@link PackedPictures}; texts and names are the pairs' own. */
final class PackedPairs extends PictureView<PairDataset> implements PairDataset {
    private final PackedPictures packed;

    PackedPairs(PairDataset whole, PackedPictures packed) {
        super(whole);
        this.packed = packed;
    }

    @Override
    public String text(int i) {
        return whole.text(i);
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
