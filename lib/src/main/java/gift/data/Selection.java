package gift.data;

import java.util.Objects;

/** Some images of another data set, in an order of their own. */
abstract class Selection<S extends ImageSource> extends ImageView<S> {
    private final int[] indices;

    /** @throws IndexOutOfBoundsException if there is no such image */
    Selection(S whole, int[] indices) {
        super(whole);
        for (int i : indices) {
            Objects.checkIndex(i, whole.size());
        }
        this.indices = indices.clone();
    }

    @Override
    protected final int index(int i) {
        return indices[i];
    }

    @Override
    public final int size() {
        return indices.length;
    }
}
