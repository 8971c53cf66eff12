package gift.mini;

import gift.data.LabelledDataset;
import gift.data.PairDataset;
import gift.image.Picture;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures of some concepts, painted when they are asked for: classes take turns, 0, 1, 2, ..., 0, 1, 2, ...
 *
 * <p>As pairs, a picture of the web has the caption that it was painted with.
 */
public final class WorldDataset extends LabelledDataset implements PairDataset {
    private final List<Concept> concepts;
    private final long first;
    private final Painter painter;
    private final Captioner captioner;

    /** Picture {@code number} of a concept. */
    @FunctionalInterface
    interface Painter {
        Picture paint(Concept concept, long number);
    }

    /** The caption of picture {@code number} of a concept. */
    @FunctionalInterface
    interface Captioner {
        String caption(Concept concept, long number);
    }

    /** @param first the number of each concept's first picture */
    WorldDataset(String name, List<Concept> concepts, int size, long first, Painter painter, Captioner captioner) {
        super(name, concepts.stream().map(Concept::name).toList(),
                IntStream.range(0, size).map(i -> i % concepts.size()).toArray());
        this.concepts = List.copyOf(concepts);
        this.first = first;
        this.painter = painter;
        this.captioner = captioner;
    }

    @Override
    public Picture picture(int i) {
        return painter.paint(concepts.get(label(i)), number(i));
    }

    /** The caption of picture i: in the web its own, in a task the class prompt. */
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
