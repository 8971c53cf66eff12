package gift.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.io.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is given to Slurm and to Kubernetes. */
class ClusterScriptsTest {
    private static final Batch BATCH = new Batch("order_I", 2500, Batch.pack(2500, 1), "0123abcd",
            List.of("/clone/environment/gift", "unit", "/a place/study.json"),
            List.of("/clone/environment/gift", "units", "/a place/study.json", "--collect"), Path.of("/a place"), Path.of("/logs"));

    /**
     * Fields of batch/v1 Job and what is below it, as far as they are used, with their types in the published API (v1.33):
     * integers and strings; an object or a list of objects by the name of its own fields here.
     */
    private static final Map<String, Map<String, String>> SCHEMA = Map.ofEntries(
            Map.entry("Job", Map.of("apiVersion", "string", "kind", "string", "metadata", "ObjectMeta", "spec", "JobSpec")),
            Map.entry("ObjectMeta", Map.of("name", "string", "labels", "map")),
            Map.entry("JobSpec", Map.of("completionMode", "string", "completions", "integer", "parallelism", "integer",
                    "backoffLimitPerIndex", "integer", "podFailurePolicy", "PodFailurePolicy", "template", "PodTemplateSpec")),
            Map.entry("PodFailurePolicy", Map.of("rules", "[PodFailurePolicyRule]")),
            Map.entry("PodFailurePolicyRule", Map.of("action", "string", "onExitCodes", "OnExitCodes",
                    "onPodConditions", "[OnPodCondition]")),
            Map.entry("OnExitCodes", Map.of("containerName", "string", "operator", "string", "values", "[integer]")),
            Map.entry("OnPodCondition", Map.of("type", "string", "status", "string")),
            Map.entry("PodTemplateSpec", Map.of("metadata", "ObjectMeta", "spec", "PodSpec")),
            Map.entry("PodSpec", Map.of("restartPolicy", "string", "terminationGracePeriodSeconds", "integer",
                    "containers", "[Container]", "volumes", "[Volume]")),
            Map.entry("Container", Map.of("name", "string", "image", "string", "command", "[string]", "workingDir", "string",
                    "env", "[EnvVar]", "resources", "Resources", "volumeMounts", "[VolumeMount]")),
            Map.entry("EnvVar", Map.of("name", "string", "value", "string")),
            Map.entry("Resources", Map.of("requests", "map", "limits", "map")),
            Map.entry("VolumeMount", Map.of("name", "string", "mountPath", "string")),
            Map.entry("Volume", Map.of("name", "string", "persistentVolumeClaim", "Claim")),
            Map.entry("Claim", Map.of("claimName", "string")));

    private static void check(String type, JsonNode value, String where) {
        if (type.startsWith("[")) {
            assertThat(value.isArray()).as(where).isTrue();
            value.forEach(one -> check(type.substring(1, type.length() - 1), one, where + "[]"));
        } else if (type.equals("map")) {
            value.forEach(one -> check("string", one, where));
        } else if (!SCHEMA.containsKey(type)) {
            assertThat(type.equals("integer") ? value.isInt() : value.isTextual()).as(where + " is " + type).isTrue();
        } else {
            value.properties().forEach(field -> {
                assertThat(SCHEMA.get(type)).as(where).containsKey(field.getKey());
                check(SCHEMA.get(type).get(field.getKey()), field.getValue(), where + "." + field.getKey());
            });
        }
    }

    @Test
    void anIndexedJob() {
        JsonNode job = Json.parse("manifest", new Kubernetes("registry/gift:1", "shared", "/a place", 1, 4, 8000, 50).manifest(BATCH));
        check("Job", job, "job");
        assertThat(job.at("/metadata/name").asText()).isEqualTo("gift-order-i");
        assertThat(job.at("/spec/completionMode").asText()).isEqualTo("Indexed");
        assertThat(job.at("/spec/completions").asInt()).isEqualTo(834); // 2,500 in packs of 3
        assertThat(job.at("/spec/parallelism").asInt()).isEqualTo(50);
        JsonNode pod = job.at("/spec/template/spec");
        assertThat(pod.get("restartPolicy").asText()).as("as backoffLimitPerIndex asks").isEqualTo("Never");
        assertThat(pod.at("/containers/0/command").toString()).endsWith("\"--pack\",\"3\",\"--expect\",\"0123abcd\"]");
        assertThat(pod.at("/containers/0/resources/limits/nvidia.com~1gpu").asText()).isEqualTo("1");
        JsonNode rules = job.at("/spec/podFailurePolicy/rules");
        assertThat(rules.at("/0/onPodConditions/0/type").asText()).isEqualTo("DisruptionTarget");
        assertThat(rules.at("/2/action").asText() + rules.at("/2/onExitCodes/values")).isEqualTo("FailIndex[2]");
        assertThatThrownBy(() -> new Kubernetes(null, "shared", "/x", 1, 1, 0, 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("a Job needs --image");
    }

    @Test
    void anArrayOfSlurm() {
        Slurm slurm = new Slurm(1, 4, 90, 0, 8, List.of("--partition=long"));
        assertThat(slurm.array(BATCH)).startsWith("#!/bin/bash\n#SBATCH --job-name=gift-order_I\n#SBATCH --array=0-833%8\n")
                .contains("#SBATCH --requeue\n", "#SBATCH --signal=B:TERM@180\n", "#SBATCH --gres=gpu:1\n", "#SBATCH --time=90\n",
                        "#SBATCH --partition=long\n", "cd '/a place'\n", "--pack 3 --expect 0123abcd &\n",
                        "environment/gift unit '/a place/study.json' --pack", "scontrol requeue")
                .doesNotContain("--mem");
        assertThat(slurm.collect(BATCH)).contains("--job-name=gift-order_I-collect").endsWith("--collect\n").doesNotContain("--array");
        assertThat(Slurm.quoted("it's")).isEqualTo("'it'\\''s'");
        assertThatThrownBy(() -> new Slurm(0, 0, 0, 0, 0, List.of())).isInstanceOf(InputException.class);
    }
}
