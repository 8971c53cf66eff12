package gift.sentences;

import gift.io.InputException;
import gift.io.Json;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a caption of ImagineFSL (Yang et al. 2025) shows beside an attribute of its class and a viewpoint, and how often each
 * kind is asked for.
 */
public enum CaptionMode {
    /** Nothing else. */
    BASE("Base", "{viewpoint} {a attribute} {label}"),
    /** A background. */
    BACKGROUND("BG", "{viewpoint} {a attribute} {label}, {background}"),
    /** A lighting condition. */
    LIGHTING("LC", "{viewpoint} {a attribute} {label}, {lighting}"),
    /** A degradation of the image's quality. */
    DEGRADATION("CD", "{viewpoint} {a attribute} {label}, {quality}");

    private static final List<String> ONLY_BASE = List.of("dtd", "eurosat");
    private static final String NO_BACKGROUND = "sun397";
    /** Data sets whose modes differ from the usual ones. */
    static final List<String> EXCEPTIONS = List.of("dtd", "eurosat", NO_BACKGROUND);

    private final String published;
    private final String frame;

    CaptionMode(String published, String frame) {
        this.published = published;
        this.frame = frame;
    }

    /** The sentence by which template captions of this mode are made, if a file of factors has none. */
    String frame() {
        return frame;
    }

    /**
     * The mode of a published name.
     *
     * @throws InputException if there is none
     */
    static CaptionMode of(String published) {
        return Arrays.stream(values()).filter(mode -> mode.published.equals(published)).findFirst()
                .orElseThrow(() -> new InputException("no caption mode '" + published + "'"
                        + Json.nearest(published, Arrays.stream(values()).map(CaptionMode::toString).toList())));
    }

    /**
     * The published shares of the modes: Base .4, BG .3, LC .2, CD .1; DTD and EuroSAT have Base alone; SUN397, whose classes
     * are backgrounds themselves, has no BG, and Base .7.
     *
     * @param dataSet in letters of either size; "" or any other data set for the usual shares
     */
    public static Map<CaptionMode, Double> shares(String dataSet) {
        String name = dataSet.toLowerCase(Locale.ROOT);
        Map<CaptionMode, Double> shares = new EnumMap<>(CaptionMode.class);
        if (ONLY_BASE.contains(name)) {
            shares.put(BASE, 1.0);
            return shares;
        }
        boolean backgrounds = !name.equals(NO_BACKGROUND);
        shares.put(BASE, backgrounds ? 0.4 : 0.7);
        if (backgrounds) {
            shares.put(BACKGROUND, 0.3);
        }
        shares.put(LIGHTING, 0.2);
        shares.put(DEGRADATION, 0.1);
        return shares;
    }

    /** Its published name: Base, BG, LC, CD. */
    @Override
    public String toString() {
        return published;
    }
}
