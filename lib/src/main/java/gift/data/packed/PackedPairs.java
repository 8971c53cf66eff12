package gift.data.packed;

import gift.data.PairDataset;

/** Pairs whose images come from {@link PackedImages}; texts and names are the pairs' own. */
final class PackedPairs extends PackedView<PairDataset> implements PairDataset {
    PackedPairs(PairDataset whole, PackedImages packed) {
        super(whole, packed);
    }

    @Override
    public String text(int i) {
        return whole.text(i);
    }
}
