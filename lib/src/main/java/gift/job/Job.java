package gift.job;

import gift.io.InputException;
import gift.io.Json;
import gift.study.StudyConfig;
import gift.study.StudyFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Many studies as one job: {@code data/studies/mini.json}. Paths are relative to the job's file.
 *
 * @param name in the report's title
 * @param about what it is for, in words
 * @param sizes what belongs to the job, by the names that {@code gift study --size} takes
 */
public record Job(String name, String about, Map<String, List<Part>> sizes) {
    private static final Job DEFAULT = new Job("study", "", Map.of());

    /**
     * Some runs of one study; several parts may be of the same study.
     *
     * @param study its file
     * @param methods empty for all
     * @param seeds empty for all
     */
    public record Part(String study, List<String> methods, List<Long> seeds) {
        public Part {
            if (study == null || study.isBlank()) {
                throw new InputException("job: a part names no study");
            }
            methods = methods == null ? List.of() : List.copyOf(methods);
            seeds = seeds == null ? List.of() : List.copyOf(seeds);
        }
    }

    public Job {
        sizes = sizes == null ? Map.of() : new LinkedHashMap<>(sizes);
        sizes.forEach((size, parts) -> {
            if (parts == null || parts.isEmpty()) {
                throw new InputException("job: size " + size + " is empty");
            }
        });
    }

    /** @throws InputException naming the file and what is wrong in it */
    public static Job read(Path file) {
        Job job = Json.read(file, Job.class, DEFAULT);
        if (job.sizes.isEmpty()) {
            throw new InputException(file + ": sizes is empty: name at least one list of parts");
        }
        return job;
    }

    private static StudyConfig settings(Path study, Path data) {
        return data == null ? StudyFile.read(study)
                : StudyFile.settings(study, new StudyFile.Options(data, null, null, null, null, List.of(), List.of()));
    }

    /**
     * All runs of a size, each once, in the order of the file: the seeds of a part, and for each its methods.
     *
     * @param file of this job
     * @throws InputException if size, study, method or seed are unknown, or two studies have the same name
     */
    public List<JobRun> runs(Path file, String size) {
        return runs(file, size, null);
    }

    /**
     * The same with other data.
     *
     * @param data folder of the data sets; null for those that the studies name
     */
    public List<JobRun> runs(Path file, String size, Path data) {
        if (!sizes.containsKey(size)) {
            throw new InputException(file + ": no size '" + size + "'" + Json.nearest(size, sizes.keySet()));
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        Map<Path, StudyConfig> studies = new LinkedHashMap<>();
        Map<Path, Map<String, Map<Long, JobRun>>> all = new LinkedHashMap<>();
        Map<String, JobRun> runs = new LinkedHashMap<>();
        for (Part part : sizes.get(size)) {
            Path study = folder.resolve(part.study).normalize();
            StudyConfig whole = studies.computeIfAbsent(study, one -> settings(one, data));
            StudyConfig some;
            try {
                some = whole.only(part.methods, part.seeds);
            } catch (InputException e) {
                throw new InputException(file + ", size " + size + ", " + part.study + ": " + e.getMessage(), e);
            }
            Map<String, Map<Long, JobRun>> known = all.computeIfAbsent(study, one -> JobRun.all(one, whole));
            for (long seed : some.seeds()) {
                for (String method : some.methods().keySet()) {
                    JobRun run = known.get(method).get(seed);
                    JobRun before = runs.putIfAbsent(run.id(), run);
                    if (before != null && !before.file().equals(study)) {
                        throw new InputException(file + ": " + before.file() + " and " + study + " are both named "
                                + whole.name() + ", and would share their folders");
                    }
                }
            }
        }
        return new ArrayList<>(runs.values());
    }
}
