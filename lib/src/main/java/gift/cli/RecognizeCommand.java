package gift.cli;

import gift.diffusion.Sampling;
import gift.diffusion.schedulers.SchedulerKind;
import gift.generate.Recognition;
import gift.io.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a CLIP what the images of a Stable Diffusion of the mini world show. */
@Command(name = "recognize", description = "How many images that a Stable Diffusion of the mini world draws does a CLIP"
        + " recognize, among all concepts; beside real images and their reconstructions.")
final class RecognizeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "folder of the Stable Diffusion")
    private Path model;

    @Option(names = "--clip", paramLabel = "DIR", required = true, description = "folder of the CLIP that judges")
    private Path clip;

    @Option(names = "--each", paramLabel = "N", defaultValue = "6",
            description = "images of every concept (default ${DEFAULT-VALUE})")
    private int each;

    @Option(names = "--guidance", paramLabel = "G", split = ",", defaultValue = "3",
            description = "guidance scales, parted by commas (default ${DEFAULT-VALUE})")
    private List<Double> guidance;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "20", description = "(default ${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--scheduler", paramLabel = "NAME", defaultValue = "dpmsolver",
            description = "pndm, ddim, dpmsolver or ddpm (default ${DEFAULT-VALUE}, as generate takes below 50 steps)")
    private String scheduler;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "of the images (default ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder for recognition.csv and contact sheets")
    private Path output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (each < 1) {
            throw new InputException("--each " + each + " must be at least 1");
        }
        Sampling sampling = Sampling.DEFAULT.withScheduler(SchedulerKind.of(scheduler)).withSteps(steps)
                .withSize(32, 32).withBatch(68);
        List<Recognition.Row> rows = new Recognition(model, clip, each, sampling, seed).run(guidance, output);
        PrintWriter out = spec.commandLine().getOut();
        rows.forEach(row -> out.printf(Locale.ROOT, "%-14s %-9s %5d images, %5.1f %%%n", row.images(), row.family(),
                row.count(), row.percent()));
        out.println("table and contact sheets in " + output);
        out.flush();
        return 0;
    }
}
