package gift.diffusion.schedulers;

import com.fasterxml.jackson.annotation.JsonValue;
import gift.io.InputException;
import gift.io.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The rules by which a noise prediction becomes a step towards the image. */
public enum SchedulerKind {
    /** Pseudo numerical methods, Liu et al. 2022; the default of Stable Diffusion v1.5. */
    PNDM("PNDMScheduler"),
    /** Denoising diffusion implicit models, Song et al. 2021; deterministic unless eta is above 0. */
    DDIM("DDIMScheduler"),
    /** DPM-Solver++ (2M), Lu et al. 2022: good images in 20 to 25 steps. */
    DPMSOLVER("DPMSolverMultistepScheduler"),
    /** Ancestral sampling, Ho et al. 2020: fresh noise in every step. */
    DDPM("DDPMScheduler"),
    /** Euler's method along the noise level, Karras et al. 2022; deterministic. */
    EULER("EulerDiscreteScheduler");

    private final String className;

    SchedulerKind(String className) {
        this.className = className;
    }

    /** The name of its class in diffusers, as configuration files give it. */
    public String className() {
        return className;
    }

    /** Its name in settings: pndm, ddim, dpmsolver, ddpm, euler. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a name in settings, or of a class of diffusers. */
    public static SchedulerKind of(String name) {
        return Arrays.stream(values()).filter(kind -> kind.toString().equals(name) || kind.className.equals(name))
                .findFirst().orElseThrow(() -> new InputException("unknown scheduler '" + name + "'" + Json.nearest(name, names())));
    }

    /** The kind of a class of diffusers; null if there is none. */
    static SchedulerKind find(String className) {
        return Arrays.stream(values()).filter(kind -> kind.className.equals(className)).findFirst().orElse(null);
    }

    private static List<String> names() {
        return Arrays.stream(values()).map(SchedulerKind::toString).toList();
    }
}
