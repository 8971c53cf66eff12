package gift.data;

import gift.image.Picture;
import gift.io.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What identifies pictures by their content, whatever they are called and wherever they lie. */
public final class Contents {
    private Contents() {}

    /** Size and SHA-256 of the pixels. */
    public static String of(Picture picture) {
        return picture.width() + " x " + picture.height() + " " + Hashes.sha256(picture.rgb());
    }

    /** SHA-256 of the contents of all pictures in their order; computed on all cores. */
    public static String sha256(PictureSource pictures) {
        String all = IntStream.range(0, pictures.size()).parallel().mapToObj(pictures::contents)
                .collect(Collectors.joining("\n"));
        return Hashes.sha256(all.getBytes(StandardCharsets.UTF_8));
    }
}
