package gift.job;

import gift.data.catalog.Catalog;
import gift.data.catalog.Catalog.Item;
import gift.tensor.Devices;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The paper's own scale: CLIP ViT-B/16, Stable Diffusion v1.5, the 11 data sets of MTIL. It needs what is not shipped. */
public final class PaperProfile {
    private static final String GROUP = "paper"; // of the catalog
    private static final List<String> STUDIES = List.of("mtil_order_I.json", "mtil_order_II.json", "mtil_ablations.json");

    private PaperProfile() {}

    /**
     * Says what it needs, what of it is there, and what to run.
     *
     * @param job file of a job in {@code data/studies}, beside which the paper's studies lie
     * @param sets folder of all data, or null
     * @return whether everything is there
     */
    public static boolean describe(Path job, Path sets, PrintWriter out) {
        Path studies = job.resolveSibling("").normalize();
        Map<String, Item> wanted = Catalog.read(studies.resolveSibling("catalog.json")).wanted(List.of(GROUP));
        List<String> missing = wanted.entrySet().stream().filter(e -> sets == null || !e.getValue().isThere(sets))
                .map(Map.Entry::getKey).toList();
        boolean gpu = Devices.gpus() > 0;
        out.println("the paper's scale is run study by study; it needs");
        line(out, missing.isEmpty(), missing.isEmpty() ? "data sets and weights in " + sets : "data sets and weights"
                + (sets == null ? ": GIFT_DATA names no folder for them" : " in " + sets + ": " + String.join(", ", missing)));
        line(out, gpu, "a GPU");
        out.println("get, check, run:");
        out.println("  export GIFT_DATA=DIR");
        out.println("  environment/gift data get " + GROUP);
        out.println("  environment/gift doctor " + studies.resolve(STUDIES.get(0)));
        STUDIES.stream().map(studies::resolve).filter(Files::exists)
                .forEach(study -> out.println("  environment/gift run " + study));
        out.println("the whole chain in small, which needs none of it:");
        out.println("  environment/gift run " + studies.resolve(STUDIES.get(0)) + " --dry");
        out.flush();
        return missing.isEmpty() && gpu;
    }

    private static void line(PrintWriter out, boolean there, String what) {
        out.println((there ? "  there    " : "  missing  ") + what);
    }
}
