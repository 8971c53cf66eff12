package gift.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.io.InputException;
import gift.io.Json;
import gift.tensor.Devices;
import gift.tensor.RandomStream;
import java.util.function.Supplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Offset<Float> CLOSE = within(1e-5f);
    private static final Supplier<NDArray> NONE = () -> {
        throw new AssertionError("a deterministic rule asks for no noise");
    };

    private static NDManager manager;

    @BeforeAll
    static void open() {
        manager = Devices.newManager(Device.cpu());
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    /** Two noising steps with beta 0.5 and 0.75: alpha_bar is 0.5, then 0.125. */
    private static final SchedulerConfig TWO_STEPS =
            config("{'_class_name': 'DDIMScheduler', 'num_train_timesteps': 2, 'beta_start': 0.5, 'beta_end': 0.75,"
                    + " 'clip_sample': false}");

    private static SchedulerConfig config(String json) {
        return SchedulerConfig.of("file.json", Json.parsePython("file.json", json.replace('\'', '"')));
    }

    private static NDArray latent(float... values) {
        return manager.create(values, new Shape(values.length, 1, 1, 1));
    }

    @Test
    void alphaBarIsTheProductOfWhatEachStepLeaves() {
        NoiseSchedule schedule = TWO_STEPS.noiseSchedule();
        assertThat(schedule.alphaBar(0)).isEqualTo(0.5);
        assertThat(schedule.alphaBar(1)).isEqualTo(0.125);
        // square roots of betas in equal steps: 0.1, 0.2, 0.3
        NoiseSchedule scaled = NoiseSchedule.scaledLinear(0.01, 0.09, 3);
        assertThat(scaled.alphaBar(2)).isEqualTo(0.99 * 0.96 * 0.91, within(1e-6));
    }

    @Test
    void addNoiseByHand() {
        NoiseSchedule schedule = TWO_STEPS.noiseSchedule();
        // 2 sqrt(0.5) + 1 sqrt(0.5) and 2 sqrt(0.125) + 1 sqrt(0.875)
        NDArray noised = schedule.addNoise(latent(2, 2), latent(1, 1), 0, 1);
        assertThat(noised.toFloatArray()).containsExactly(new float[] {2.1213203f, 1.6425211f}, CLOSE);
        NDArray same = schedule.addNoise(latent(2, 4), latent(1, -1), 1);
        assertThat(same.toFloatArray()).containsExactly(new float[] {1.6425211f, 0.4787992f}, CLOSE);
    }

    @Test
    void aDdimStepByHand() {
        Scheduler scheduler = TWO_STEPS.create(2);
        assertThat(scheduler.timesteps()).containsExactly(1, 0);
        // x_0 = (1 - sqrt(0.875) 0.4) / sqrt(0.125) = 1.7701265; x = sqrt(0.5) x_0 + sqrt(0.5) 0.4
        NDArray x = scheduler.step(latent(0.4f), 0, latent(1), NONE);
        assertThat(x.toFloatArray()[0]).isEqualTo(1.5345112f, CLOSE);
        // the last step arrives at alpha_bar 1: x_0 = (1.5345112 - sqrt(0.5) 0.4) / sqrt(0.5)
        assertThat(scheduler.step(latent(0.4f), 1, x, NONE).toFloatArray()[0]).isEqualTo(1.7701265f, CLOSE);
    }

    @Test
    void clippingLimitsThePredictedLatent() {
        SchedulerConfig clipping = config("{'_class_name': 'DDIMScheduler', 'num_train_timesteps': 2, 'beta_start': 0.5,"
                + " 'beta_end': 0.75}");
        // x_0 = 1 in place of 1.77: sqrt(0.5) + sqrt(0.5) 0.4
        NDArray x = clipping.create(2).step(latent(0.4f), 0, latent(1), NONE);
        assertThat(x.toFloatArray()[0]).isEqualTo(0.98994949f, CLOSE);
    }

    @Test
    void ancestralSamplingByHand() {
        Scheduler scheduler = TWO_STEPS.create(SchedulerKind.DDPM, 2, 2, 0);
        // alpha = 0.25, beta = 0.75, x_0 = 1.7701265: mean = sqrt(0.5) 0.75 / 0.875 x_0 + 0.5 0.5 / 0.875
        // variance = 0.75 0.5 / 0.875, noise 2
        NDArray x = scheduler.step(latent(0.4f), 0, latent(1), () -> latent(2));
        assertThat(x.toFloatArray()[0]).isEqualTo(1.0728628f + 0.2857143f + 2 * 0.6546537f, CLOSE);
    }

    @Test
    void ddimWithEtaOneIsAncestralSampling() {
        SchedulerConfig config = config("{'_class_name': 'DDIMScheduler', 'beta_start': 0.00085, 'beta_end': 0.012,"
                + " 'beta_schedule': 'scaled_linear', 'steps_offset': 1, 'clip_sample': false}");
        Scheduler ddim = config.create(SchedulerKind.DDIM, 12, 12, 1);
        Scheduler ddpm = config.create(SchedulerKind.DDPM, 12, 12, 0);
        NDArray a = latent(RandomStream.of(1, "start").normals(6, 1));
        NDArray b = a;
        for (int i = 0; i < 12; i++) {
            NDArray fresh = latent(RandomStream.of(1, "fresh", i).normals(6, 1));
            a = ddim.step(a.mul(0.5), i, a, () -> fresh);
            b = ddpm.step(b.mul(0.5), i, b, () -> fresh);
        }
        assertThat(a.toFloatArray()).containsExactly(b.toFloatArray(), within(1e-4f));
    }

    /** A model that knows the image: every rule must find it. */
    @Test
    void withAPerfectModelEveryRuleFindsTheImage() {
        for (SchedulerKind kind : SchedulerKind.values()) {
            for (int kept : new int[] {20, 1, 2, 7}) {
                NDArray clean = latent(0.3f, -1.2f, 2);
                try (Scheduler scheduler = SchedulerConfig.STABLE_DIFFUSION.create(kind, 20, kept, 0)) {
                    int[] timesteps = scheduler.timesteps();
                    NDArray x = scheduler.begin(clean, latent(1, -0.5f, 0.2f));
                    for (int i = 0; i < timesteps.length; i++) {
                        double a = kind == SchedulerKind.EULER ? shown(scheduler.time(i))
                                : scheduler.noiseSchedule().alphaBar(timesteps[i]);
                        NDArray noise = scheduler.input(x, i).sub(clean.mul(Math.sqrt(a))).div(Math.sqrt(1 - a));
                        x = scheduler.step(noise, i, x, () -> latent(-1, 1, 1));
                    }
                    // what is left is the noise of timestep 0, sqrt(1 - alpha_bar(0)) = 0.03
                    assertThat(x.toFloatArray()).as(kind + ", the last " + kept)
                            .containsExactly(clean.toFloatArray(), within(0.04f));
                }
            }
        }
    }

    /** alpha_bar of a latent that Euler shows to the model at a time between two timesteps. */
    private static double shown(float time) {
        double sigma = new Sigmas(SchedulerConfig.STABLE_DIFFUSION.noiseSchedule()).at(time);
        return 1 / (1 + sigma * sigma);
    }

    @Test
    void theLastStepsAreTheEndOfTheWholeRun() {
        SchedulerConfig config = SchedulerConfig.STABLE_DIFFUSION;
        assertThat(config.create(SchedulerKind.DDIM, 10, 4, 0).timesteps()).containsExactly(301, 201, 101, 1);
        assertThat(config.create(SchedulerKind.PNDM, 10, 4, 0).timesteps()).containsExactly(301, 201, 201, 101, 1);
        assertThat(config.create(SchedulerKind.PNDM, 10, 1, 0).timesteps()).containsExactly(1);
        assertThat(config.create(SchedulerKind.DPMSOLVER, 7, 3, 0).timesteps()).containsExactly(428, 285, 143);
    }

    @Test
    void noStateIsLeftBehind() {
        int before = manager.getManagedArrays().size();
        try (NDManager own = manager.newSubManager()) {
            Scheduler scheduler = SchedulerConfig.STABLE_DIFFUSION.create(8);
            for (int i = 0; i < 9; i++) {
                try (ai.djl.ndarray.NDScope scope = new ai.djl.ndarray.NDScope()) {
                    scope.suppressNotUsedWarning();
                    NDArray x = own.create(new float[] {1, 2}, new Shape(1, 2, 1, 1));
                    scheduler.step(x.mul(0.5), i, x, NONE);
                }
                assertThat(own.getManagedArrays().size()).as("after call " + i).isLessThanOrEqualTo(5);
            }
            scheduler.close();
            assertThat(own.getManagedArrays()).isEmpty();
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    private static void refused(String message, String json) {
        assertThatThrownBy(() -> config(json)).isInstanceOf(InputException.class).hasMessageContaining(message);
    }

    @Test
    void aNoiseThatIsNotSupportedIsRefusedByName() {
        refused("trained_betas [0.1] is not supported, only null", "{'trained_betas': [0.1]}");
        refused("beta_schedule 'squaredcos_cap_v2'", "{'beta_schedule': 'squaredcos_cap_v2'}");
        refused("prediction_type 'flow_prediction' is not supported", "{'prediction_type': 'flow_prediction'}");
        refused("use_flow_sigmas true", "{'use_flow_sigmas': true}");
        refused("unknown key 'beta_begin' (did you mean 'beta_", "{'beta_begin': 1}");
        refused("scheduler 'FlowMatchEulerDiscreteScheduler' is not supported, and without beta_start its noise is not known",
                "{'_class_name': 'FlowMatchEulerDiscreteScheduler', 'num_train_timesteps': 1000, 'shift': 3.0}");
    }

    /** What the model's own rule cannot do is refused when it is used; another rule needs only the noise. */
    private static void refusedAsOwn(String message, String json) {
        SchedulerConfig config = config(json);
        assertThatThrownBy(() -> config.create(10)).isInstanceOf(InputException.class)
                .hasMessage("file.json: " + message + ": let the sampling name another scheduler");
        for (SchedulerKind kind : SchedulerKind.values()) {
            if (kind != config.kind() && kind != SchedulerKind.PNDM) {
                assertThat(config.create(kind, 10, 10, 0).noiseSchedule().alphaBar(999)).isEqualTo(4.0358e-5, within(1e-8));
            }
        }
    }

    @Test
    void optionsOfTheOwnRuleThatAreNotSupportedAreRefusedByName() {
        refusedAsOwn("solver_order 3 is not supported, only 2", "{'_class_name': 'DPMSolverMultistepScheduler', 'solver_order': 3}");
        refusedAsOwn("lambda_min_clipped -5.1 is not supported, only -Infinity",
                "{'_class_name': 'DPMSolverMultistepScheduler', 'lambda_min_clipped': -5.1}");
        refusedAsOwn("use_lu_lambdas true is not supported, only false", "{'use_lu_lambdas': true}");
        refusedAsOwn("scheduler 'UniPCMultistepScheduler' is not supported", "{'_class_name': 'UniPCMultistepScheduler',"
                + " 'num_train_timesteps': 1000, 'beta_start': 0.0001, 'beta_end': 0.02, 'beta_schedule': 'linear',"
                + " 'predict_x0': true, 'solver_p': null, 'disable_corrector': [], 'lambda_min_clipped': NaN}");
        SchedulerConfig own = config("{'skip_prk_steps': true, 'my_own_key': 3}");
        assertThatThrownBy(() -> own.create(10)).hasMessageContaining("unknown key 'my_own_key'");
        own.create(SchedulerKind.DDIM, 10, 10, 0);
        SchedulerConfig spaced = config("{'skip_prk_steps': true, 'timestep_spacing': 'custom', 'steps_offset': 1}");
        assertThatThrownBy(() -> spaced.create(10)).hasMessageContaining("timestep_spacing 'custom' is not supported");
        assertThat(spaced.create(SchedulerKind.DDIM, 10, 1, 0).timesteps()).containsExactly(1);
        SchedulerConfig runge = config("{'skip_prk_steps': false}");
        assertThatThrownBy(() -> runge.create(10)).isInstanceOf(InputException.class).hasMessageContaining("skip_prk_steps");
        SchedulerConfig sample = config("{'skip_prk_steps': true, 'prediction_type': 'sample'}");
        assertThatThrownBy(() -> sample.create(10)).hasMessageContaining("pndm does not support models with prediction_type sample");
    }

    @Test
    void fromNoiseAloneTheNoiseTellsNoImage() {
        SchedulerConfig config = config("{'_class_name': 'DDIMScheduler', 'rescale_betas_zero_snr': true,"
                + " 'timestep_spacing': 'trailing'}");
        assertThat(config.noiseSchedule().alphaBar(999)).isZero();
        assertThatThrownBy(() -> config.create(10)).isInstanceOf(InputException.class)
                .hasMessageContaining("at timestep 999 nothing of the image is left (rescale_betas_zero_snr)");
        assertThat(config.create(SchedulerKind.DPMSOLVER, 10, 10, 0).noiseSchedule().alphaBar(999)).isEqualTo(0x1p-24);
    }

    /** Trailing timesteps are what a model was tuned for; other ways of spacing are a rule's habit. */
    @Test
    void anotherRuleTakesOverTrailingTimestepsAlone() {
        String dpm = "{'_class_name': 'DPMSolverMultistepScheduler', 'use_karras_sigmas': true, 'timestep_spacing': '%s'}";
        assertThat(config(dpm.formatted("trailing")).create(SchedulerKind.DDIM, 4, 4, 0).timesteps())
                .containsExactly(999, 749, 499, 249);
        assertThat(config(dpm.formatted("linspace")).create(SchedulerKind.DDIM, 4, 4, 0).timesteps())
                .containsExactly(750, 500, 250, 0);
    }

    /** As numpy.arange(1000, 0, -1000 / n) gives them, with its halves: 48 steps of 20.8333. */
    @Test
    void trailingTimestepsAreThoseOfNumpy() {
        assertThat(TimestepSpacing.TRAILING.rounded(1000, 48, 0)).startsWith(999, 978, 957, 936, 916).endsWith(41, 20).hasSize(48);
        assertThat(TimestepSpacing.TRAILING.rounded(1000, 61, 0)).hasSize(61).endsWith(15);
        assertThatThrownBy(() -> TimestepSpacing.LEADING.timesteps(1000, 500, 3)).isInstanceOf(InputException.class)
                .hasMessageContaining("lead beyond timestep 999");
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        SchedulerConfig config = SchedulerConfig.STABLE_DIFFUSION;
        assertThatThrownBy(() -> config.create(0)).isInstanceOf(InputException.class).hasMessageContaining("steps 0");
        assertThatThrownBy(() -> config.create(1000)).isInstanceOf(InputException.class).hasMessageContaining("999");
        assertThatThrownBy(() -> config.create(SchedulerKind.PNDM, 10, 10, 0.5)).isInstanceOf(InputException.class);
    }

    @Test
    void aConfigurationIsWrittenAsDiffusersReadsIt() {
        SchedulerConfig config = SchedulerConfig.STABLE_DIFFUSION;
        assertThat(config(config.json())).isEqualTo(config);
        assertThat(config.json()).contains("\"_class_name\" : \"PNDMScheduler\"");
    }
}
