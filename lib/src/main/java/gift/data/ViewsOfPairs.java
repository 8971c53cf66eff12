package gift.data;

import gift.image.Image;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Pair data sets made of other data sets. */
final class ViewsOfPairs {
    private ViewsOfPairs() {}

    /** A labelled data set whose captions are {@code prompts}, one a class. */
    static final class Captioned extends ImageView<ImageDataset> implements PairDataset {
        private final List<String> prompts;

        Captioned(ImageDataset data, List<String> prompts) {
            super(data);
            this.prompts = prompts;
        }

        @Override
        public String text(int i) {
            return prompts.get(whole.label(i));
        }
    }

    /** Images in memory. */
    record InMemory(String name, List<Image> images, List<String> texts) implements PairDataset {
        InMemory {
            if (images.size() != texts.size()) {
                throw new IllegalArgumentException(name + ": " + texts.size() + " texts for " + images.size() + " images");
            }
        }

        @Override
        public int size() {
            return images.size();
        }

        @Override
        public String text(int i) {
            return texts.get(i);
        }

        @Override
        public Image image(int i) {
            return images.get(i);
        }

        @Override
        public String source(int i) {
            return name + "#" + i;
        }
    }

    /** Some pairs of another data set. */
    static final class Some extends Selection<PairDataset> implements PairDataset {
        Some(PairDataset whole, int[] indices) {
            super(whole, indices);
        }

        @Override
        public String text(int i) {
            return whole.text(index(i));
        }
    }

    /** Several data sets one after the other. */
    static final class Concatenated implements PairDataset {
        private final List<PairDataset> parts;
        /** Part p holds the pairs {@code start[p] .. start[p + 1] - 1}. */
        private final int[] start;

        Concatenated(List<PairDataset> parts) {
            this.parts = parts;
            start = new int[parts.size() + 1];
            for (int p = 0; p < parts.size(); p++) {
                start[p + 1] = Math.addExact(start[p], parts.get(p).size());
            }
        }

        private int part(int i) {
            Objects.checkIndex(i, size());
            int p = 0;
            while (i >= start[p + 1]) {
                p++;
            }
            return p;
        }

        @Override
        public String name() {
            return parts.stream().map(PairDataset::name).collect(Collectors.joining(" + "));
        }

        @Override
        public int size() {
            return start[parts.size()];
        }

        @Override
        public String text(int i) {
            int p = part(i);
            return parts.get(p).text(i - start[p]);
        }

        @Override
        public Image image(int i) {
            int p = part(i);
            return parts.get(p).image(i - start[p]);
        }

        @Override
        public String source(int i) {
            int p = part(i);
            return parts.get(p).source(i - start[p]);
        }

        @Override
        public String contents(int i) {
            int p = part(i);
            return parts.get(p).contents(i - start[p]);
        }
    }
}
