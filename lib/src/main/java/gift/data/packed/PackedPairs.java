package gift.data.packed;

import gift.data.PairDataset;

/** Pairs whose pictures come from {@link PackedPictures}; texts and names are the pairs' own. */
final class PackedPairs extends PackedView<PairDataset> implements PairDataset {
    PackedPairs(PairDataset whole, PackedPictures packed) {
        super(whole, packed);
    }

    @Override
    public String text(int i) {
        return whole.text(i);
    }
}
