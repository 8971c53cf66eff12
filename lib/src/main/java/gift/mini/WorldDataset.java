package gift.mini;

import gift.data.LabelledDataset;
import gift.data.PairDataset;
import gift.image.Image;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images of some concepts, painted when they are asked for: classes take turns, 0, 1, 2, ..., 0, 1, 2, ...
 *
 * <p>As pairs, an image of the web has the caption that it was painted with.
 */
public final class WorldDataset extends LabelledDataset implements PairDataset {
    private final List<Concept> concepts;
    private final long first;
    private final Painter painter;
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
        this.painter = painter;
        this.captioner = captioner;
    }

    @Override
    public Image image(int i) {
        return painter.paint(concepts.get(label(i)), number(i));
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
