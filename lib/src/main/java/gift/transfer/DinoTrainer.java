package gift.transfer;

import static gift.train.TrainingState.ADAMW;
import static gift.train.TrainingState.MEAN;
import static gift.train.TrainingState.PARAMETERS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.imagine.Collapse;
import gift.imagine.PrototypeHead;
import gift.imagine.TeacherCenter;
import gift.tensor.AdamW;
import gift.tensor.Curve;
import gift.tensor.GradientClipping;
import gift.tensor.Gradients;
import gift.tensor.HostBuffers;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.MovingAverage;
import gift.tensor.ParameterGroup;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.Trainer;
import gift.train.TrainingLoop;
import gift.train.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * DINO (Caron et al. 2021): a student learns, without labels, to give every crop of an image the probabilities over prototypes
 * that its teacher, the moving average of itself, gives the image's other global crop ({@link MultiCrop#loss}). The teacher's
 * probabilities are centered and sharpened. A tower and a {@link PrototypeHead} on its features are trained.
 *
 * <p>The log has the loss, the norms of the gradients of tower and head before clipping, and the entropy of the teacher's mean
 * output ({@link Collapse}).
 */
public final class DinoTrainer implements Trainer, AutoCloseable {
    private static final String HEAD = "head.";
    private static final String PROTOTYPES = "prototypes";
    private static final String CENTERS = "center";

    private final DinoSettings settings;
    private final IntFunction<HostImages> batches;
    private final HostBuffers buffers = new HostBuffers();
    private final NDManager manager;
    private final Parameters student;  // tower and head
    private final MovingAverage mean;  // the teacher
    private final Network studentNetwork;
    private final Network teacherNetwork;
    private final AdamW optimizer;
    private final TeacherCenter center;
    private final Collapse collapse;
    private final Curve rate;
    private final Curve prototypeRate;
    private final Curve decay;
    private final Curve temperature;

    /** Tower and head of the same tensors. */
    private record Network(ImageTower tower, PrototypeHead head) {
        static Network of(VisionConfig size, Parameters parameters) {
            return new Network(new ImageTower(size, parameters), new PrototypeHead(parameters, HEAD));
        }

        /** Images (N, 3, R, R) to cosines with the prototypes (N, K). */
        NDArray logits(NDArray images) {
            return head.forward(tower.encode(images));
        }
    }

    /**
     * @param start the tower that student and teacher begin with; it is copied and stays the caller's
     * @param seed of the head's initial weights
     * @param batches by the number of the update: {@link MultiCrop#crops} of a batch
     * @param notes is given a line when the teacher has collapsed
     */
    DinoTrainer(ImageTower start, DinoSettings settings, long seed, IntFunction<HostImages> batches, Consumer<String> notes) {
        this.settings = settings;
        this.batches = batches;
        this.manager = start.parameters().manager();
        VisionConfig size = start.config();
        Map<String, Shape> shapes = new LinkedHashMap<>(size.shapes());
        settings.head().shapes(shapes, HEAD, start.dimension());
        student = Parameters.create(manager, shapes, (name, shape) -> name.startsWith(HEAD)
                ? PrototypeHead.initial(RandomStream.of(seed, "dino initial " + name), name, shape)
                : HostCopy.floats(start.parameters().get(name)));
        student.train(name -> true);
        mean = new MovingAverage(student, settings.teacherMomentum());
        studentNetwork = Network.of(size, student);
        teacherNetwork = Network.of(size, mean.weights());
        optimizer = new AdamW(student, AdamW.Settings.DEFAULT,
                List.of(ParameterGroup.of(PROTOTYPES, name -> name.endsWith(PrototypeHead.DIRECTIONS)), ClassTraining.NO_DECAY));
        center = new TeacherCenter(manager, settings.head().prototypes());
        collapse = new Collapse(manager, settings.head().prototypes(), notes);
        rate = settings.rate();
        prototypeRate = settings.prototypeRate();
        decay = settings.decay();
        temperature = settings.teacherTemperature();
    }

    /** The teacher's tower, which is what pretraining is for; it is closed with this object. */
    ImageTower teacher() {
        return teacherNetwork.tower;
    }

    @Override
    public Map<String, Double> update(int i) {
        HostImages crops = batches.apply(i);
        int images = settings.batchSize();
        try (Gradients recording = Gradients.record()) {
            student.zeroGradients();
            NDArray all = crops.on(manager, buffers);                                               // (V B, 3, R, R)
            NDArray targets = Scopes.notRecording(() -> center.probabilities(
                    teacherNetwork.logits(all.get(":" + MultiCrop.GLOBAL * images)), temperature.at(i))); // (2 B, K)
            NDArray loss = MultiCrop.loss(studentNetwork.logits(all), targets, images);
            recording.backward(loss);
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put("loss", (double) loss.getFloat());
            losses.put("teacher_entropy", Scopes.notRecording(() -> collapse.see(targets, i)));
            GradientClipping.clip(student, settings.clipNorm(), name -> name.startsWith(HEAD) ? "head" : "tower")
                    .forEach((part, norm) -> losses.put("norm_" + part, norm));
            TrainingLoop.finite(losses, i);
            optimizer.step(student.gradients(), Map.of(PROTOTYPES, prototypeRate.at(i), ClassTraining.NO_DECAY.name(), rate.at(i),
                    ParameterGroup.REST.name(), rate.at(i)), decay.at(i));
            mean.update(i);
            return losses;
        }
    }

    @Override
    public Map<String, NDArray> state() {
        return new TrainingState().put(PARAMETERS, student.all()).put(MEAN, mean.weights().all())
                .put(ADAMW, optimizer.state()).put(CENTERS, centers()).all();
    }

    private Map<String, NDArray> centers() {
        return Map.of("images", center.values(), "outputs", collapse.values());
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        TrainingState parts = new TrainingState(state);
        parts.copy(PARAMETERS, student.all());
        parts.copy(MEAN, mean.weights().all());
        parts.copy(CENTERS, centers());
        optimizer.restore(parts.part(ADAMW), next);
    }

    @Override
    public void close() {
        optimizer.close();
        mean.close();
        centers().values().forEach(NDArray::close);
        student.close();
    }
}
