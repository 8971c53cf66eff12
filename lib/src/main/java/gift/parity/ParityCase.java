package gift.parity;

import java.util.Locale;

/**
 * One comparison with reference values.
 *
 * @param name folder, case and quantity
 * @param error the measured error; NaN counts as exceeded
 * @param tolerance the largest error allowed
 * @param detail what was compared, or why nothing was
 */
public record ParityCase(String name, double error, double tolerance, String detail) {
    public boolean passed() {
        return error <= tolerance;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-4s %-62s error %9.2e  tolerance %7.0e  %s",
                passed() ? "ok" : "FAIL", name, error, tolerance, detail);
    }
}
