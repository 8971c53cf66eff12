package gift.data;

import gift.image.Image;
import gift.io.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images with one sentence each, as distillation uses them: synthetic images with the prompts that made them, or
 * the images of a data set with prompts for captions.
 *
 * <p>Pairs are numbered {@code 0 .. size()-1}. Its methods may be called from several threads.
 */
public interface PairDataset extends ImageSource {
    /** The sentence of pair {@code i}. */
    String text(int i);

    /**
     * The pairs of a folder in the published layout; see {@link PairFolder}.
     *
     * @throws InputException if {@code image_text.csv} is missing or malformed
     */
    static PairDataset read(Path folder) {
        return PairFolder.read(folder);
    }

    /** The images of {@code data}; the caption of an image is {@code template} with the name of its class. */
    static PairDataset of(ImageDataset data, String template) {
        return new ViewsOfPairs.Captioned(data, Task.prompts(template, data.classNames()));
    }

    /**
     * Images that are in memory, each with its text.
     *
     * @param name for messages
     * @throws IllegalArgumentException if there are not as many texts as images
     */
    static PairDataset of(String name, List<Image> images, List<String> texts) {
        return new ViewsOfPairs.InMemory(name, List.copyOf(images), List.copyOf(texts));
    }

    /** The pairs of {@code whole} at {@code indices}, in that order. */
    static PairDataset some(PairDataset whole, int[] indices) {
        return new ViewsOfPairs.Some(whole, indices);
    }

    /** All pairs of {@code parts}, one part after the other. */
    static PairDataset concat(List<PairDataset> parts) {
        return new ViewsOfPairs.Concatenated(List.copyOf(parts));
    }

    /**
     * Writes all pairs in the published layout, the images first, so that a CSV file stands for a whole folder; see
     * {@link PairFolder}.
     *
     * @param quality JPEG quality, 0 to 1
     */
    static void write(Path folder, PairDataset pairs, float quality) {
        for (int i = 0; i < pairs.size(); i++) {
            PairFolder.writeImage(folder, i, pairs.image(i), quality);
        }
        PairFolder.writeTexts(folder, IntStream.range(0, pairs.size()).mapToObj(pairs::text).toList());
    }
}
