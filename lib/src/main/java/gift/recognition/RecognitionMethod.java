package gift.recognition;

import gift.io.InputException;
import gift.io.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a recognition study can compare, by the names of its file. */
public enum RecognitionMethod {
    /** The CLIP by its prompts. */
    ZERO_SHOT(false, false),
    /** The published zero-shot setting: the head tuned on filtered synthetic images. */
    SYNTHETIC(false, true),
    /** The same without the filter: the first images up to its cap. */
    SYNTHETIC_UNFILTERED(false, true),
    /** The same by hard labels alone. */
    SYNTHETIC_HARD(false, true),
    /** The same by soft labels alone. */
    SYNTHETIC_SOFT(false, true),
    /** The same without language enhancement: as many images from the class names alone, by the prompt of training. */
    SYNTHETIC_NAMES(false, true),
    /** The same on half of the images, by as many updates. */
    SYNTHETIC_HALF(false, true),
    /** The same on a quarter of the images, by as many updates. */
    SYNTHETIC_QUARTER(false, true),
    /** The head tuned on the real images alone, by about as many updates as beside synthetic ones. */
    REAL(true, false),
    /** The published few-shot setting with images from sentences: the head tuned on real and filtered synthetic images. */
    MIXED(true, true),
    /** The same with images from real ones (real guidance). */
    GUIDED(true, true),
    /** A linear classifier from zero on the real images. */
    LINEAR_PROBE(true, false),
    COOP(true, false),
    TIP_ADAPTER(true, false),
    TIP_ADAPTER_F(true, false);

    private final boolean real;
    private final boolean generated;

    RecognitionMethod(boolean real, boolean generated) {
        this.real = real;
        this.generated = generated;
    }

    /** Whether it learns from real images. */
    public boolean usesReal() {
        return real;
    }

    /** Whether it learns from generated images. */
    public boolean usesGenerated() {
        return generated;
    }

    /** The method whose generated images it learns from: itself, or {@link #SYNTHETIC}. */
    RecognitionMethod images() {
        return switch (this) {
            case SYNTHETIC_HARD, SYNTHETIC_SOFT, MIXED -> SYNTHETIC;
            default -> this;
        };
    }

    /** How many times fewer images from sentences it learns from than {@link #SYNTHETIC}. */
    int part() {
        return this == SYNTHETIC_QUARTER ? 4 : this == SYNTHETIC_HALF ? 2 : 1;
    }

    /** Whether anything is trained in epochs. */
    boolean isTrained() {
        return this != ZERO_SHOT && this != TIP_ADAPTER;
    }

    /** @throws InputException with the nearest name that there is */
    public static RecognitionMethod of(String name) {
        return Arrays.stream(values()).filter(method -> method.toString().equals(name)).findFirst().orElseThrow(() ->
                new InputException("recognition: no method '" + name + "'" + Json.nearest(name, names())));
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(RecognitionMethod::toString).toList();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
