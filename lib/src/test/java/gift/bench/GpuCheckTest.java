package gift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import gift.tensor.Devices;
import gift.tensor.Precision;
import gift.train.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gpu_check.sh says before it computes, and its table. A script stands for a Python with PyTorch. */
class GpuCheckTest {
    private static final Path ENVIRONMENT = Path.of("..", "environment").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @BeforeEach
    void onLinux() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "skipped: a script for bash");
    }

    @Test
    void oneLineSaysWhatIsWrong() throws Exception {
        assertThat(said(2, "--compute", "fp8"))
                .isEqualTo("gpu_check.sh: --compute fp8 must be of fp32, tf32, bf16, fp16, by commas\n");
        assertThat(said(2, "--engine", "conda")).isEqualTo("gpu_check.sh: --engine conda must be python or maven\n");
        assertThat(said(2, "--python", folder.resolve("none").toString()))
                .startsWith("gpu_check.sh: " + folder.resolve("none") + " has no PyTorch");
    }

    @Test
    void aPyTorchWithoutABridgeIsNotLoaded() throws Exception {
        String python = python("2.13.0 none 0 " + folder.resolve("torch"));
        assertThat(said(3, "--python", python)).contains("PyTorch 2.13.0", "built for CPUs").endsWith(
                "no GPU that PyTorch sees: nothing measured. --cpu runs the small sizes on the CPU\n");
        assertThat(said(2, "--python", python, "--cpu", "--engine", "python")).contains(
                "gpu_check.sh: PyTorch 2.13.0, cpu, has no bridge to Java (libdjl_torch.so in " + folder.resolve("torch/lib"));
        python = python("2.7.1 12.6 1 " + folder.resolve("torch"));
        assertThat(said(2, "--python", python)).contains("gpu_check.sh: PyTorch 2.7.1, cu126, has no bridge");
        assertThat(said(2, "--python", python, "--engine", "maven")).contains("Maven's engine is for CPUs");
    }

    @Test
    void oneTable() throws Exception {
        assumeTrue(run("python3", "--version").code == 0, "skipped: no python3");
        report("step", "fp32", timing("all shortcuts on", 100, 2.5), timing("all shortcuts off", 300, null))
                .write(folder.resolve("gift-step-fp32.json"));
        report("step", "fp32", timing("published order", 400, null)).write(folder.resolve("peer-step-fp32.json"));
        report("generate", "bf16", timing("denoise", 50, null)).write(folder.resolve("gift-generate-bf16.json"));
        Answer answer = run("python3", ENVIRONMENT.resolve("peer/table.py").toString(), folder.toString());
        assertThat(answer.code).as(answer.text).isZero();
        assertThat(answer.text.lines().filter(line -> line.startsWith("| ")).map(line -> line.replaceAll(" +", " "))).containsExactly(
                "| bench | part | compute | ms | range, ms | x floor | GiB | PyTorch, ms | range, ms | GiB | ratio |",
                "| step | all shortcuts on | fp32 | 100.0 | 90.0 to 110.0 | 2.50 | 3.00 | 400.0 | 390.0 to 410.0 | 3.00 | 0.250 |",
                "| step | all shortcuts off | fp32 | 300.0 | 290.0 to 310.0 | | 3.00 | 400.0 | 390.0 to 410.0 | 3.00 | 0.750 |",
                "| generate | denoise | bf16 | 50.0 | 40.0 to 60.0 | | 3.00 | | | | |");
        assertThat(answer.text).contains("- floor in fp32: 100 to 100 GFLOP/s");
    }

    private static Timing timing(String name, double median, Double timesFloor) {
        return new Timing(name, 1, 3, median, median - 10, median + 10, median, 0, timesFloor, 3.0, null);
    }

    private static BenchReport report(String bench, String compute, Timing... timings) {
        try (NDManager manager = Devices.newManager(Device.cpu())) {
            return BenchReport.of(bench, "some work", compute, Environment.of(manager), new Floor(2048, Precision.FP32, 100),
                    List.of(timings));
        }
    }

    /** A program that answers whatever it is asked. */
    private String python(String answer) throws IOException {
        Path file = folder.resolve("python");
        Files.writeString(file, "#!/bin/sh\necho '" + answer + "'\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file.toString();
    }

    private String said(int code, String... arguments) throws IOException, InterruptedException {
        Answer answer = run(Stream.concat(Stream.of("bash", ENVIRONMENT.resolve("gpu_check.sh").toString(), "--out",
                folder.resolve("out").toString()), Stream.of(arguments)).toArray(String[]::new));
        assertThat(answer.code).as(answer.text).isEqualTo(code);
        assertThat(folder.resolve("out")).as("nothing computed").doesNotExist();
        return answer.text;
    }

    private record Answer(int code, String text) {}

    private Answer run(String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("log.txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("GIFT_CLASSPATH", "none");
        builder.environment().remove("PEER_PYTHON");
        int code = builder.start().waitFor();
        return new Answer(code, Files.readString(log));
    }
}
