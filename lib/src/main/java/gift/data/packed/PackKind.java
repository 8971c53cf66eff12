package gift.data.packed;

import com.fasterxml.jackson.annotation.JsonIgnore;
import gift.image.Image;
import gift.image.Preprocess;
import gift.io.InputException;

/**
 * What of an image is packed.
 *
 * @param form see {@link Form}
 * @param side in pixels: the limit of the shorter side, or the side of the square; 0 for whole images
 */
public record PackKind(Form form, int side) {
    /**
     * The whole image: training crops come out bit for bit as from the file. A limited one has its shorter side shrunk
     * where it is longer than the limit: crops come out a little different. An evaluation square is what
     * {@link Preprocess#evaluation} makes: evaluation comes out bit for bit as from the file, and training is impossible.
     */
    public enum Form { WHOLE, LIMITED, EVALUATION }

    public static final PackKind WHOLE = new PackKind(Form.WHOLE, 0);

    public PackKind {
        if (form == null || side < 0 || (form == Form.WHOLE) != (side == 0)) {
            throw new InputException("packed images are whole, limited to a shorter side, or squares of a side for"
                    + " evaluation; not " + form + " with " + side);
        }
    }

    public static PackKind limited(int shorterSide) {
        return new PackKind(Form.LIMITED, shorterSide);
    }

    public static PackKind evaluation(int side) {
        return new PackKind(Form.EVALUATION, side);
    }

    /** Whether what is made of such an image equals what is made of the file, to the last bit. */
    @JsonIgnore
    public boolean isExact() {
        return form != Form.LIMITED;
    }

    Image of(Image image) {
        return switch (form) {
            case WHOLE -> image;
            case LIMITED -> Math.min(image.width(), image.height()) <= side ? image
                    : Preprocess.resizeShorterSide(image, side);
            case EVALUATION -> Preprocess.evaluation(image, side);
        };
    }

    /** In words: "whole", "shorter side at most 320", "evaluation squares of 224". */
    @Override
    public String toString() {
        return switch (form) {
            case WHOLE -> "whole";
            case LIMITED -> "shorter side at most " + side;
            case EVALUATION -> "evaluation squares of " + side;
        };
    }
}
