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
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
     * Makes finished runs the reference. What is published of a run that is not finished here stays, if the study's file
     * still says the settings that it was made with: so a method that is added to a study needs its own runs alone. All else
     * that is published of these studies goes; what is published of other studies stays.
     *
     * @param from where the runs are
     * @param readme whose table is replaced
     * @throws InputException if a run is neither finished nor published with its present settings, or the page has no place
     *     for the table
     */
    public void publish(Job job, List<JobRun> runs, JobFolders from, Path readme) {
        List<JobRun> finished = runs.stream().filter(run -> run.folder(from.runs()).finished()).toList();
        List<JobRun> kept = runs.stream().filter(run -> !finished.contains(run)).toList();
        Summary before = summary();
        requirePublished(kept, before, from);
        String page = read(readme);
        place(page, readme);
        Set<String> studies = runs.stream().map(run -> run.study().name()).collect(Collectors.toSet());
        Set<String> stay = kept.stream().map(JobRun::id).collect(Collectors.toSet());
        List<Environment> environments = new ArrayList<>();
        Map<String, Made> made = new LinkedHashMap<>();
        before.runs.forEach((id, one) -> {
            if (stay.contains(id) || !studies.contains(id.substring(0, id.indexOf('/')))) {
                made.put(id, one.at(place(before.environments.get(one.environment), environments)));
            } else {
                Folders.delete(matrix(id));
                Folders.delete(seen(id));
            }
        });
        for (JobRun run : finished) {
            RunFolder one = run.folder(from.runs());
            one.matrix().write(matrix(run.id()));
            List<SeenAccuracy> seen = SeenAccuracy.ofRun(one.path());
            if (!seen.isEmpty()) {
                SeenAccuracy.write(seen(run.id()), seen);
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

    /** @throws InputException if one of these runs is not published, or with other settings than its study says now */
    private void requirePublished(List<JobRun> runs, Summary before, JobFolders from) {
        JobRun.byStudy(runs).forEach((file, some) -> {
            Map<String, String> now = JobRun.study(file, some, from.runs()).settingsHashes();
            for (JobRun run : some) {
                Made made = before.runs.get(run.id());
                if (made == null || !Files.exists(matrix(run.id()))) {
                    throw new InputException("not finished: " + run.id() + "; run the job first");
                }
                if (!made.settingsHash.equals(now.get(run.method() + "/" + run.seed()))) {
                    throw new InputException("not finished: " + run.id() + ", which is published with other settings; "
                            + "run the job first");
                }
            }
        });
    }

    private Path matrix(String id) {
        return folder.resolve("matrices").resolve(id + ".csv");
    }

    private Path seen(String id) {
        return folder.resolve("matrices").resolve(id + ".seen.csv");
    }

    /** Of what is published now. */
    private Summary summary() {
        Path file = folder.resolve(PROVENANCE);
        Summary none = new Summary("", List.of(), Map.of());
        return Files.exists(file) ? Json.read(file, Summary.class, none) : none;
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
