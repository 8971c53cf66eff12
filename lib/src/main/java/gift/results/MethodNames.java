package gift.results;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The methods of the papers: id in runs and files, name in tables and charts, and the order in which they are listed.
 * An id that is not here (a variant, a method of one's own) is its own name and comes last.
 */
public final class MethodNames {
    /**
     * @param display name in tables and charts
     * @param published name in {@code results/published/mtil_rows.csv}; empty where it has no row
     */
    private record Names(String display, String published) {}

    /** The upper bound that learns all tasks at once; what a run's settings say of other methods comes before a name. */
    static final String JOINT = "joint";

    private static final Map<String, Names> ALL = new LinkedHashMap<>();

    static {
        add("zeroshot", "Zero-shot", "Zero-shot");
        add("finetune", "Continual FT", "Cont. FT");
        add("wc", "WC (l2)", "");
        add("gift_static_fisher", "GIFT, static Fisher", "");
        add("ewc", "EWC", "");
        add("lwf", "LwF", "LwF");
        add("icarl", "iCaRL", "iCaRL");
        add("lwf_vr", "LwF-VR", "LwF-VR");
        add("wise_ft", "WiSE-FT", "WiSE-FT");
        add("wise_ft_evaluation", "WiSE-FT at evaluation", "");
        add("we", "WE", "");
        add("ema", "EMA", "");
        add("zscl_star", "ZSCL*", "");
        add("zscl", "ZSCL", "ZSCL");
        add("moe_adapter", "MoE-Adapter", "MoE-Adapter");
        add("diki", "DIKI", "DIKI");
        add("gift", "GIFT", "GIFT");
        add(JOINT, "Joint", "");
    }

    /** Variants of these methods: they have a display name, and otherwise the place of a method that is not here. */
    private static final Map<String, String> VARIANTS = Map.of(
            "gift_static_fisher_published", "GIFT, static Fisher as published",
            "icarl_published", "iCaRL as published",
            "lwf_published", "LwF as published",
            "lwf_vr_published", "LwF-VR as published",
            "we_wise", "WE and WiSE-FT");

    private MethodNames() {}

    private static void add(String id, String display, String published) {
        ALL.put(id, new Names(display, published));
    }

    /** The name to show; the id itself where it is none of the papers' methods. */
    public static String display(String id) {
        Names names = ALL.get(id);
        return names == null ? VARIANTS.getOrDefault(id, id) : names.display;
    }

    /** The id of a name in the published rows; the name itself where it is unknown. */
    public static String idOfPublished(String published) {
        return ALL.entrySet().stream().filter(e -> e.getValue().published.equals(published)).map(Map.Entry::getKey)
                .findFirst().orElse(published);
    }

    /** The papers' methods in their order, then others by name. */
    public static Comparator<String> order() {
        List<String> known = known();
        return Comparator.<String>comparingInt(id -> known.contains(id) ? known.indexOf(id) : known.size())
                .thenComparing(Comparator.naturalOrder());
    }

    /** The ids of the papers' methods, in order. */
    public static List<String> known() {
        return new ArrayList<>(ALL.keySet());
    }
}
