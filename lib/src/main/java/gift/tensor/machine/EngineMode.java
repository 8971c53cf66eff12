package gift.tensor.machine;

import com.fasterxml.jackson.annotation.JsonValue;

/** What of libtorch computes on this processor, from the fastest to the safest. */
public enum EngineMode {
    /** Everything as libtorch chooses. */
    AS_IT_IS("as libtorch chooses"),
    /** Convolutions as matrix products of unfolded patches (im2col), without oneDNN; all else as libtorch chooses. */
    CONVOLUTIONS_AS_PRODUCTS("convolutions as matrix products, without oneDNN"),
    /** No oneDNN at all. In half precisions that is many times slower. */
    WITHOUT_ONEDNN("without oneDNN");

    private final String text;

    EngineMode(String text) {
        this.text = text;
    }

    /** In words. */
    @JsonValue
    @Override
    public String toString() {
        return text;
    }
}
