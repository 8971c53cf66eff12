package gift.job;

import gift.incremental.SeenAccuracy;
import gift.io.AtomicFiles;
import gift.io.Folders;
import gift.io.InputException;
import gift.io.Json;
import gift.results.ResultFolders;
import gift.results.StudyRuns;
import gift.study.Provenance;
import gift.study.RunFolder;
import gift.train.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The committed reference, {@code results/mini}: {@code matrices/<study>/<method>/<seed>.csv} of finished runs (and
 * {@code <seed>.seen.csv} of class-incremental ones), and what comes from them alone: {@code tables/}, {@code figures/}, and the
 * table in README.md; {@code provenance.json} says where and when they were made.
 */
public final class Publication {
    /** The begin mark may name studies; without names all are shown. */
    private static final Pattern BEGIN = Pattern.compile("<!-- results:begin(( [A-Za-z0-9_-]+?)*) -->\\R");
    private static final String END = "<!-- results:end -->";
    private static final String PROVENANCE = "provenance.json";

    private final Path folder;

    /** Of all runs: each environment once, then what differs. */
    private record Summary(String job, List<Environment> environments, Map<String, Made> runs) {}

    /** @param environment its place among those above, from 0 */
    private record Made(String settingsHash, String started, String ended, double wallSeconds, Double peakMemoryGib,
            int resumptions, int environment) {
        Made at(int place) {
            return new Made(settingsHash, started, ended, wallSeconds, peakMemoryGib, resumptions, place);
        }
    }

    /** @param folder {@code results/mini} */
    public Publication(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes finished runs the reference; earlier ones of the same studies go, those of other studies stay.
     *
     * @param from where the runs are
     * @param readme whose table is replaced
     * @throws InputException if a run is not finished, or the page has no place for the table
     */
    public void publish(Job job, List<JobRun> runs, JobFolders from, Path readme) {
        runs.stream().filter(run -> !run.folder(from.runs()).finished()).findFirst().ifPresent(run -> {
            throw new InputException("not finished: " + run.id() + "; run the job first");
        });
        String page = read(readme);
        place(page, readme);
        List<String> studies = runs.stream().map(run -> run.study().name()).distinct().toList();
        studies.forEach(study -> Folders.delete(folder.resolve("matrices").resolve(study)));
        List<Environment> environments = new ArrayList<>();
        Map<String, Made> made = others(studies, environments);
        for (JobRun run : runs) {
            RunFolder one = run.folder(from.runs());
            one.matrix().write(folder.resolve("matrices").resolve(run.id() + ".csv"));
            List<SeenAccuracy> seen = SeenAccuracy.ofRun(one.path());
            if (!seen.isEmpty()) {
                SeenAccuracy.write(folder.resolve("matrices").resolve(run.id() + ".seen.csv"), seen);
            }
            Provenance p = Provenance.read(one.provenance());
            made.put(run.id(), new Made(p.settingsHash(), p.started(), p.ended(), p.wallSeconds(), p.peakMemoryGib(),
                    p.resumptions(), place(p.environment(), environments)));
        }
        AtomicFiles.writeString(folder.resolve(PROVENANCE), Json.write(new Summary(job.name(), environments, made)));
        Outputs outputs = outputs(from.published());
        Folders.delete(folder.resolve("tables"));
        Folders.delete(folder.resolve("figures"));
        outputs.writeTables(folder.resolve("tables"));
        outputs.writeFigures(folder.resolve("figures"), false);
        AtomicFiles.writeString(readme, replaced(page, readme, from.published()));
    }

    /** What is known of the runs of other studies, which stay; their environments are added. */
    private Map<String, Made> others(List<String> studies, List<Environment> environments) {
        Map<String, Made> others = new LinkedHashMap<>();
        Path file = folder.resolve(PROVENANCE);
        if (Files.exists(file)) {
            Summary before = Json.read(file, Summary.class, new Summary("", List.of(), Map.of()));
            before.runs.forEach((id, made) -> {
                if (!studies.contains(id.substring(0, id.indexOf('/')))) {
                    others.put(id, made.at(place(before.environments.get(made.environment), environments)));
                }
            });
        }
        return others;
    }

    /** The place of an environment among all, at their end if it is new. */
    private static int place(Environment environment, List<Environment> all) {
        if (!all.contains(environment)) {
            all.add(environment);
        }
        return all.indexOf(environment);
    }

    /** Tables and figures of the committed matrices alone. */
    Outputs outputs(Path published) {
        Path matrices = folder.resolve("matrices");
        return new Outputs(new ResultFolders(folder.resolve("runs"), published, matrices), StudyRuns.studies(matrices));
    }

    /**
     * The page with the main tables of the studies that its begin mark names.
     *
     * @param file of the page, for messages
     */
    String replaced(String page, Path file, Path published) {
        Place place = place(page, file);
        Outputs outputs = outputs(published);
        StringBuilder text = new StringBuilder();
        for (String study : place.studies.isEmpty() ? outputs.studies() : place.studies) {
            text.append("\n**").append(study).append("**\n\n").append(outputs.main(study).markdown());
        }
        return page.substring(0, place.begin) + text.append('\n') + page.substring(place.end);
    }

    private record Place(List<String> studies, int begin, int end) {}

    private static Place place(String page, Path file) {
        Matcher begin = BEGIN.matcher(page);
        int end = page.indexOf(END);
        if (!begin.find() || end < begin.end()) {
            throw new InputException(file + " has no lines <!-- results:begin --> and " + END + " for the table");
        }
        List<String> studies = begin.group(1).isEmpty() ? List.of() : List.of(begin.group(1).strip().split(" "));
        return new Place(studies, begin.end(), end);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }
}
