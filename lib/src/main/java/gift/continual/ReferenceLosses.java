package gift.continual;

import ai.djl.ndarray.NDArray;
import gift.continual.Method.Directions;
import gift.continual.Method.Texts;
import gift.continual.ReferenceLoss.Features;
import gift.tensor.NativeOps;
import java.util.LinkedHashMap;
import java.util.Map;

/** The losses on reference pictures that a method asks for, weighted, by their names in the logs. */
final class ReferenceLosses {
    private final Method method;
    private final double smoothing;
    private final Map<String, NDArray> losses = new LinkedHashMap<>();

    private ReferenceLosses(Method method, double smoothing) {
        this.method = method;
        this.smoothing = smoothing;
    }

    /** @param teacher null for a method without teacher */
    static Map<String, NDArray> of(Method method, double smoothing, Features student, Features teacher) {
        ReferenceLosses all = new ReferenceLosses(method, smoothing);
        if (teacher != null) {
            all.distil(student, teacher);
        }
        all.align(student.similarity());
        for (Method.Extra extra : method.extra()) {
            all.add(extra.name(), extra.weight(), extra.loss().of(student, teacher));
        }
        return all.losses;
    }

    private void add(String name, double weight, NDArray loss) {
        losses.put(name, NativeOps.scale(loss, weight));
    }

    private void distil(Features student, Features teacher) {
        double alpha = method.distillation();
        NDArray m = student.similarity();
        NDArray target = teacher.similarity();
        if (alpha > 0 && method.directions() != Directions.TEXT) {
            add("distillation_image", alpha, distillation(m, target));
        }
        if (alpha > 0 && method.directions() != Directions.IMAGE) {
            add("distillation_text", alpha, distillation(m.transpose(), target.transpose()));
        }
        if (method.featureError() > 0) {
            add("feature_error_image", method.featureError(), Losses.featureError(student.images(), teacher.images()));
        }
        if (method.featureError() > 0 && method.texts() == Texts.PAIRED) {
            add("feature_error_text", method.featureError(), Losses.featureError(student.texts(), teacher.texts()));
        }
        if (method.imageSimilarity() > 0) {
            add("image_similarity", method.imageSimilarity(), Losses.imageDistillation(
                    student.images(), teacher.images(), student.scale(), method.temperature()));
        }
    }

    private NDArray distillation(NDArray m, NDArray target) {
        return method.reversed() ? Losses.reversedDistillation(m, target, method.temperature())
                : Losses.distillation(m, target, method.temperature());
    }

    private void align(NDArray m) {
        if (method.alignment() > 0) {
            add("alignment_image", method.alignment(), Losses.alignment(m, smoothing));
            add("alignment_text", method.alignment(), Losses.alignment(m.transpose(), smoothing));
        }
    }
}
