package gift.data.packed;

import gift.data.PairDataset;
import gift.image.Picture;

/** Pairs whose pictures come from {@link PackedPictures}; texts and names are the pairs' own. */
record PackedPairs(PairDataset whole, PackedPictures packed) implements PairDataset {
    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public int size() {
        return whole.size();
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
    public String source(int i) {
        return whole.source(i);
    }

    @Override
    public String contents(int i) {
        return packed.contents(i);
    }
}
