package gift.study.job;

import ai.djl.util.cuda.CudaUtils;
import gift.study.GenerationPlan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The paper's own scale: CLIP ViT-B/16, Stable Diffusion v1.5, the 11 data sets of MTIL. It needs what is not shipped. */
public final class PaperProfile {
    private static final Path PLAN = Path.of("data/plans/order_I.json");

    private PaperProfile() {}

    /**
     * Says what it needs, what of it is there, and what to run.
     *
     * @param data folder of the data sets, or null
     * @return whether everything is there
     */
    public static boolean describe(Path data, PrintWriter out) {
        GenerationPlan plan = GenerationPlan.read(PLAN);
        Path diffusion = PLAN.getParent().resolve(plan.model()).normalize();
        Path clip = Path.of("data/clip-vit-b-16");
        boolean[] there = {data != null && Files.isDirectory(data), Files.isDirectory(clip), Files.isDirectory(diffusion),
            CudaUtils.getGpuCount() > 0};
        out.println("the paper's scale is run study by study; it needs");
        line(out, there[0], "data sets: " + String.join(", ", plan.tasks()) + " as in data/README.md; their folder in GIFT_DATA");
        line(out, there[1], "CLIP ViT-B/16: model.safetensors and vocabulary in " + clip);
        line(out, there[2], "Stable Diffusion v1.5 in the layout of diffusers: " + diffusion);
        line(out, there[3], "a GPU: hours there, weeks without");
        out.println("then, with a configuration file of the published code (data/README.md):");
        out.println("  environment/gift generate " + PLAN);
        out.println("  environment/gift run FILE --data DIR --model " + clip + " --reference results/runs/synthetic/order_I");
        out.flush();
        return there[0] && there[1] && there[2] && there[3];
    }

    private static void line(PrintWriter out, boolean there, String what) {
        out.println((there ? "  there    " : "  missing  ") + what);
    }
}
