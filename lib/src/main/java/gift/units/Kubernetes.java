package gift.units;

import gift.io.InputException;
import gift.io.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An Indexed Job of Kubernetes (1.33 or newer: {@code backoffLimitPerIndex}) as a manifest in JSON, which kubectl takes as it
 * takes YAML. Pods that the cluster takes away are begun again and do not count as failures, nor does a pod that found its
 * unit held by another one; wrong input fails its index at once.
 *
 * @param image that has this program
 * @param claim name of a ReadWriteMany volume claim
 * @param mount where the volume is mounted, with the program's data and results in it
 * @param gpus of a pod, 0 for none
 * @param cpus of a pod
 * @param megabytes of memory of a pod; 0 for no request
 * @param together pods at the same time
 */
public record Kubernetes(String image, String claim, String mount, int gpus, int cpus, long megabytes, int together) {
    static final int GRACE = 180;  // seconds for a step, a checkpoint and a row of the matrix

    private static final int RETRIES = 3;
    private static final int MOST = 100_000; // pods at the same time, as the API allows

    public Kubernetes {
        InputException.require(image != null && claim != null, "a Job needs --image with this program and --claim, a volume claim"
                + " that all nodes may write (ReadWriteMany)");
        InputException.require(mount.startsWith("/"), "--mount " + mount + " must be a path from /");
        InputException.require(gpus >= 0 && cpus >= 1 && megabytes >= 0 && together >= 1 && together <= MOST,
                "--gpus and --memory must not be below 0, --cpus at least 1, --together between 1 and " + MOST);
    }

    /** The manifest. */
    String manifest(Batch batch) {
        List<String> command = new ArrayList<>(batch.unit());
        command.addAll(List.of("--pack", Integer.toString(batch.pack()), "--expect", batch.fingerprint()));
        Map<String, Object> container = map("name", "unit", "image", image, "command", command,
                "workingDir", batch.folder().toString(),
                "env", List.of(map("name", "OMP_NUM_THREADS", "value", Integer.toString(gpus > 0 ? 1 : cpus)),
                        map("name", "GIFT_WORKERS", "value", Integer.toString(Math.max(1, cpus - 1)))),
                "resources", resources(), "volumeMounts", List.of(map("name", "shared", "mountPath", mount)));
        Map<String, Object> pod = map("restartPolicy", "Never", "terminationGracePeriodSeconds", GRACE,
                "containers", List.of(container),
                "volumes", List.of(map("name", "shared", "persistentVolumeClaim", map("claimName", claim))));
        Map<String, Object> rules = map("rules", List.of(
                map("action", "Ignore", "onPodConditions", List.of(map("type", "DisruptionTarget", "status", "True"))),
                map("action", "Ignore", "onExitCodes", codes(UnitTask.HELD)),
                map("action", "FailIndex", "onExitCodes", codes(UnitTask.WRONG_INPUT))));
        String name = batch.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        Map<String, Object> job = map("apiVersion", "batch/v1", "kind", "Job",
                "metadata", map("name", "gift-" + name, "labels", map("app", "gift")),
                "spec", map("completionMode", "Indexed", "completions", batch.tasks(),
                        "parallelism", Math.min(together, batch.tasks()), "backoffLimitPerIndex", RETRIES,
                        "podFailurePolicy", rules, "template", map("metadata", map("labels", map("app", "gift")), "spec", pod)));
        return Json.write(job);
    }

    private Map<String, Object> resources() {
        Map<String, Object> limits = map("cpu", Integer.toString(cpus));
        if (megabytes > 0) {
            limits.put("memory", megabytes + "Mi");
        }
        if (gpus > 0) {
            limits.put("nvidia.com/gpu", Integer.toString(gpus));
        }
        return map("requests", limits, "limits", limits);
    }

    private static Map<String, Object> codes(int code) {
        return map("containerName", "unit", "operator", "In", "values", List.of(code));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
