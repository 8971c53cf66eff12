package gift.transfer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import gift.clip.ImageTower;
import gift.clip.VisionConfig;
import gift.imagine.Collapse;
import gift.imagine.PrototypeHead;
import gift.imagine.StudentAndTeacher;
import gift.imagine.TeacherCenter;
import gift.tensor.HostBuffers;
import gift.tensor.HostCopy;
import gift.tensor.HostImages;
import gift.tensor.Parameters;
import gift.tensor.RandomStream;
import gift.tensor.Scopes;
import gift.train.Trainer;
import gift.train.UpdateLosses;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * DINO (Caron et al. 2021): a student learns, without labels, to give every crop of an image the probabilities over prototypes
 * that its teacher, the moving average of itself, gives the image's other global crop ({@link MultiCrop#loss}). The teacher's
 * probabilities are centered and sharpened. A tower and a {@link PrototypeHead} on its features are trained.
 *
 * <p>The log has the loss, the entropy of the teacher's mean output ({@link Collapse}), and the norms of the gradients of tower
 * and head before clipping.
 */
public final class DinoTrainer implements Trainer, AutoCloseable {
    private static final String HEAD = "head.";

    private final DinoSettings settings;
    private final IntFunction<HostImages> batches;
    private final HostBuffers buffers = new HostBuffers();
    private final NDManager manager;
    private final Parameters student;  // tower and head
    private final TeacherCenter center;
    private final StudentAndTeacher both;
    private final Network studentNetwork;
    private final Network teacherNetwork;

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
        center = new TeacherCenter(manager, settings.head().prototypes());
        both = new StudentAndTeacher(student, settings.curves(), ClassTraining.NO_DECAY,
                name -> name.startsWith(HEAD) ? "head" : "tower", Map.of("images", center), settings.head().prototypes(), notes);
        studentNetwork = Network.of(size, student);
        teacherNetwork = Network.of(size, both.teacher());
    }

    /** The teacher's tower, which is what pretraining is for; it is closed with this object. */
    ImageTower teacher() {
        return teacherNetwork.tower;
    }

    @Override
    public Map<String, Double> update(int i) {
        return make(i, false).read();
    }

    @Override
    public UpdateLosses begin(int i) {
        return make(i, true);
    }

    private UpdateLosses make(int i, boolean late) {
        HostImages crops = batches.apply(i);
        int images = settings.batchSize();
        return both.update(i, late, values -> values, (recording, values) -> {
            NDArray all = crops.on(manager, buffers);                                               // (V B, 3, R, R)
            NDArray targets = Scopes.notRecording(() -> center.probabilities(
                    teacherNetwork.logits(all.get(":" + MultiCrop.GLOBAL * images)), both.temperature(i))); // (2 B, K)
            NDArray loss = MultiCrop.loss(studentNetwork.logits(all), targets, images);
            recording.backward(loss);
            values.add("loss", loss);
            return targets;
        });
    }

    @Override
    public Map<String, NDArray> state() {
        return both.state();
    }

    @Override
    public void restore(Map<String, NDArray> state, int next) {
        both.restore(state, next);
    }

    @Override
    public void close() {
        both.close();
        student.close();
    }
}
