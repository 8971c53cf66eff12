package gift.data;

import gift.image.Image;

/**
 * Another data set seen differently: what a subclass does not change is that of the data set behind it.
 *
 * @param <S> the kind of that data set
 */
public abstract class ImageView<S extends ImageSource> implements ImageSource {
    protected final S whole;

    protected ImageView(S whole) {
        this.whole = whole;
    }

    /** The number that image {@code i} has in {@link #whole}. */
    protected int index(int i) {
        return i;
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public Image image(int i) {
        return whole.image(index(i));
    }

    @Override
    public String source(int i) {
        return whole.source(index(i));
    }

    @Override
    public String contents(int i) {
        return whole.contents(index(i));
    }
}
