package gift.study.job;

import ai.djl.util.cuda.CudaUtils;
import gift.study.GenerationPlan;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The paper's own scale: CLIP ViT-B/16, Stable Diffusion v1.5, the 11 data sets of MTIL. It needs what is not shipped. */
public final class PaperProfile {
    private static final Path PLAN = Path.of("plans/order_I.json"); // below the folder data

    private PaperProfile() {}

    /**
     * Says what it needs, what of it is there, and what to run.
     *
     * @param job file of a job in {@code data/studies}, from which the folder {@code data} is found
     * @param sets folder of the data sets, or null
     * @return whether everything is there
     */
    public static boolean describe(Path job, Path sets, PrintWriter out) {
        Path data = job.resolveSibling("..").normalize();
        Path file = data.resolve(PLAN);
        GenerationPlan plan = GenerationPlan.read(file);
        Path diffusion = file.resolveSibling(plan.model()).normalize();
        Path clip = data.resolve("clip-vit-b-16");
        boolean[] there = {sets != null && Files.isDirectory(sets), Files.isDirectory(clip), Files.isDirectory(diffusion),
            CudaUtils.getGpuCount() > 0};
        out.println("the paper's scale is run study by study; it needs");
        line(out, there[0], "data sets: " + String.join(", ", plan.tasks()) + " as in data/README.md; their folder in GIFT_DATA");
        line(out, there[1], "CLIP ViT-B/16: model.safetensors or ViT-B-16.pt, and the vocabulary, in " + clip);
        line(out, there[2], "Stable Diffusion v1.5 in the layout of diffusers: " + diffusion);
        line(out, there[3], "a GPU");
        out.println("then, with a configuration file of the published code (data/README.md):");
        out.println("  environment/gift generate " + file);
        out.println("  environment/gift run FILE --data DIR --model " + clip + " --reference "
                + file.resolveSibling(plan.output()).normalize());
        out.flush();
        return there[0] && there[1] && there[2] && there[3];
    }

    private static void line(PrintWriter out, boolean there, String what) {
        out.println((there ? "  there    " : "  missing  ") + what);
    }
}
