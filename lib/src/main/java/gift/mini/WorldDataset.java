package gift.mini;

import gift.data.ImageCache;
import gift.data.LabelledDataset;
import gift.data.PairDataset;
import gift.image.Image;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images of some concepts: classes take turns, 0, 1, 2, ..., 0, 1, 2, ... An image is painted when it is first asked for, and
 * kept, since every run looks at the same ones.
 *
 * <p>As pairs, an image of the web has the caption that it was painted with.
 */
public final class WorldDataset extends LabelledDataset implements PairDataset {
    private static final long KEPT = 1L << 26; // bytes: all images of a task, a third of the web

    private final List<Concept> concepts;
    private final long first;
    private final ImageCache painted;
    private final Captioner captioner;

    /** Image {@code number} of a concept. */
    @FunctionalInterface
    interface Painter {
        Image paint(Concept concept, long number);
    }

    /** The caption of image {@code number} of a concept. */
    @FunctionalInterface
    interface Captioner {
        String caption(Concept concept, long number);
    }

    /** @param first the number of each concept's first image */
    WorldDataset(String name, List<Concept> concepts, int size, long first, Painter painter, Captioner captioner) {
        super(name, concepts.stream().map(Concept::name).toList(),
                IntStream.range(0, size).map(i -> i % concepts.size()).toArray());
        this.concepts = List.copyOf(concepts);
        this.first = first;
        this.painted = ImageCache.of(size, i -> painter.paint(this.concepts.get(label(i)), number(i)), KEPT);
        this.captioner = captioner;
    }

    /** Its bytes are shared: do not change them. */
    @Override
    public Image image(int i) {
        return painted.get(i);
    }

    /** The caption of image i: in the web its own, in a task the class prompt. */
    @Override
    public String text(int i) {
        return captioner.caption(concepts.get(label(i)), number(i));
    }

    @Override
    public String source(int i) {
        return World.NAME + " " + World.VERSION + ": " + name() + "/" + classNames().get(label(i)) + "#" + number(i);
    }

    private long number(int i) {
        return first + i / concepts.size();
    }
}
