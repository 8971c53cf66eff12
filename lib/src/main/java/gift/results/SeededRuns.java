package gift.results;

import gift.io.Folders;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What studies of methods and seeds have in common: their layout, {@code <study>/<method>/<seed>...}, and which run is meant. */
final class SeededRuns {
    /** What a run's entry begins with. */
    static final String SEED = "-?\\d{1,18}";

    private SeededRuns() {}

    /** Names of the studies below a folder that have a run. No folder: no study. */
    static List<String> studies(Path root, Predicate<Path> isRun) {
        return Folders.inside(root).stream().filter(study -> Folders.inside(study).stream()
                .anyMatch(method -> Folders.inside(method).stream().anyMatch(isRun)))
                .map(study -> study.getFileName().toString()).toList();
    }

    /** Gives every entry of a study that is a run, and its method. */
    static void each(Path study, Predicate<Path> isRun, BiConsumer<Path, String> run) {
        for (Path method : Folders.inside(study)) {
            Folders.inside(method).stream().filter(isRun).forEach(entry -> run.accept(entry, method.getFileName().toString()));
        }
    }

    /** One's own runs and those of the reference that are not among them; a note says how many are whose. */
    static <R extends SeededRun> List<R> either(List<R> own, List<R> reference, List<String> notes) {
        List<R> others = reference.stream().filter(run -> own.stream()
                .noneMatch(mine -> mine.method().equals(run.method()) && mine.seed() == run.seed())).toList();
        if (!own.isEmpty() && !others.isEmpty()) {
            notes.add(own.size() + " runs are your own, " + others.size() + " those of the committed reference");
        }
        return Stream.concat(own.stream(), others.stream()).toList();
    }

    /** Methods in the order of {@link MethodNames}, then by seed. */
    static <R extends SeededRun> List<R> sorted(List<R> runs) {
        return runs.stream().sorted(Comparator.comparing((R run) -> run.method(), MethodNames.order())
                .thenComparing(SeededRun::seed)).toList();
    }

    static List<String> methods(List<? extends SeededRun> runs) {
        return runs.stream().map(SeededRun::method).distinct().toList();
    }

    static <R extends SeededRun> List<R> of(List<R> runs, String... methods) {
        return runs.stream().filter(run -> List.of(methods).contains(run.method())).toList();
    }

    /**
     * One run.
     *
     * @param study its name
     * @param method null for GIFT, or the last method where GIFT has no run
     * @param seed null for the first
     * @throws InputException naming what there is, if there is no such run
     */
    static <R extends SeededRun> R run(String study, List<R> runs, String method, Long seed) {
        List<String> methods = methods(runs);
        String wanted = method != null ? method : methods.contains("gift") ? "gift" : methods.get(methods.size() - 1);
        InputException.require(methods.contains(wanted), "study " + study + " has no finished run of '" + wanted + "'"
                + Json.nearest(wanted, methods));
        return of(runs, wanted).stream().filter(run -> seed == null || run.seed() == seed).findFirst().orElseThrow(() ->
                new InputException("study " + study + " has no finished run of " + wanted + " with seed " + seed + "; its seeds: "
                        + of(runs, wanted).stream().map(SeededRun::seed).toList()));
    }
}
