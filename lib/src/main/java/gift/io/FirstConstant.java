package gift.io;

/**
 * A filter for {@code @JsonInclude}: leaves out an enum's first constant, which stands for "as before". A setting that came
 * later then changes neither files nor hashes of those that do without it.
 */
public final class FirstConstant {
    @Override
    public boolean equals(Object value) {
        return value instanceof Enum<?> constant && constant.ordinal() == 0;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
