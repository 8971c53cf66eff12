package gift.data;

import gift.image.Image;
import gift.io.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What identifies images by their content, whatever they are called and wherever they lie. */
public final class Contents {
    private Contents() {}

    /** Size and SHA-256 of the pixels. */
    public static String of(Image image) {
        return image.width() + " x " + image.height() + " " + Hashes.sha256(image.rgb());
    }

    /** SHA-256 of the contents of all images in their order; computed on all cores. */
    public static String sha256(ImageSource images) {
        String all = IntStream.range(0, images.size()).parallel().mapToObj(images::contents)
                .collect(Collectors.joining("\n"));
        return Hashes.sha256(all.getBytes(StandardCharsets.UTF_8));
    }
}
