package gift.diffusion.schedulers;

import com.fasterxml.jackson.annotation.JsonValue;
import gift.io.InputException;
import gift.io.Json;
import java.util.Arrays;
import java.util.Locale;

/**
 * How n timesteps are chosen among T (Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed",
 * table 2). {@code timestep_spacing} in diffusers.
 */
public enum TimestepSpacing {
    /** Equal whole strides from 0 up, shifted: i floor(T / n) + offset for i = n - 1, ..., 0. */
    LEADING,
    /** Equal strides from T down: round(T - i T / n) - 1 for i = 0, ..., n - 1. Begins with T - 1. */
    TRAILING,
    /** From T - 1 to 0 in equal strides, both included. */
    LINSPACE;

    /**
     * The timesteps, falling; for {@link #LINSPACE} not yet rounded.
     *
     * @param total T, timesteps in training
     * @param n how many
     * @param offset added where the spacing is {@link #LEADING}
     * @return (n)
     * @throws InputException if they lead beyond T - 1
     */
    double[] timesteps(int total, int n, int offset) {
        if (this == LEADING && (n > total || (n - 1) * (total / n) + offset >= total)) {
            throw new InputException("steps " + n + " with steps_offset " + offset + " lead beyond timestep " + (total - 1)
                    + ": take fewer steps");
        }
        double[] timesteps = new double[n];
        Arrays.setAll(timesteps, switch (this) {
            case LEADING -> i -> (double) (n - 1 - i) * (total / n) + offset;
            case TRAILING -> {
                double stride = total - (total - (double) total / n); // as numpy.arange takes it: half-way cases depend on it
                yield i -> Math.rint(total - i * stride) - 1;
            }
            case LINSPACE -> {
                double stride = n == 1 ? 0 : (total - 1) / (double) (n - 1);
                yield i -> i == 0 && n > 1 ? total - 1 : (n - 1 - i) * stride;
            }
        });
        return timesteps;
    }

    /** {@link #timesteps(int, int, int)} rounded, halves to the even number. */
    int[] rounded(int total, int n, int offset) {
        return Arrays.stream(timesteps(total, n, offset)).mapToInt(t -> (int) Math.rint(t)).toArray();
    }

    /** Its name in diffusers' settings: leading, trailing, linspace. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws InputException for an unknown name */
    static TimestepSpacing of(String name) {
        return Arrays.stream(values()).filter(one -> one.toString().equals(name)).findFirst()
                .orElseThrow(() -> new InputException("timestep_spacing '" + name + "' is not supported"
                        + Json.nearest(name, Arrays.stream(values()).map(TimestepSpacing::toString).toList())));
    }
}
