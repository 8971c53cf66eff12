package gift.data;

import gift.image.Image;
import gift.io.InputException;
import gift.tensor.RandomStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reference pairs with other images or other texts, for the ablations of their source. */
public final class ChangedPairs {
    private ChangedPairs() {}

    /** Images of pure noise, of the size of the original ones. */
    public static PairDataset noise(PairDataset pairs) {
        return new View(pairs, "noise") {
            @Override
            public Image image(int i) {
                Image shape = pairs.image(i);
                byte[] rgb = new byte[shape.rgb().length];
                RandomStream random = RandomStream.of(0, "noise picture", i);
                for (int k = 0; k < rgb.length; k++) {
                    rgb[k] = (byte) random.nextInt(256);
                }
                return new Image(shape.width(), shape.height(), rgb);
            }
        };
    }

    /** Each image with the text of another one: the texts in random order. */
    public static PairDataset shuffled(PairDataset pairs) {
        int[] order = RandomStream.of(0, "shuffled texts").permutation(pairs.size());
        return new View(pairs, "shuffled") {
            @Override
            public String text(int i) {
                return pairs.text(order[i]);
            }
        };
    }

    /**
     * The texts as they are, each with a random training image of the class that it names.
     *
     * @throws InputException if a text is not a training prompt of that task
     */
    public static PairDataset images(PairDataset pairs, Task task) {
        ImageDataset source = task.train();
        List<String> prompts = task.trainingPrompts();
        Map<String, List<Integer>> ofPrompt = new LinkedHashMap<>();
        for (int i = 0; i < source.size(); i++) {
            ofPrompt.computeIfAbsent(prompts.get(source.label(i)), prompt -> new ArrayList<>()).add(i);
        }
        int[] chosen = new int[pairs.size()];
        for (int i = 0; i < chosen.length; i++) {
            List<Integer> candidates = ofPrompt.get(pairs.text(i));
            if (candidates == null) {
                throw new InputException(task.name() + " has no class with the prompt \"" + pairs.text(i) + "\"");
            }
            chosen[i] = candidates.get(RandomStream.of(0, "picture of a prompt", i).nextInt(candidates.size()));
        }
        return new View(pairs, task.name()) {
            @Override
            public Image image(int i) {
                return source.image(chosen[i]);
            }
        };
    }

    /** All pairs of another set, under the name of what is changed. */
    private static class View extends ImageView<PairDataset> implements PairDataset {
        private final String change;

        View(PairDataset pairs, String change) {
            super(pairs);
            this.change = change;
        }

        @Override
        public String name() {
            return whole.name() + ", " + change;
        }

        @Override
        public String text(int i) {
            return whole.text(i);
        }

        @Override
        public String source(int i) {
            return whole.source(i) + ", " + change;
        }

        @Override
        public String contents(int i) {
            return Contents.of(image(i)); // which may be another one
        }
    }
}
