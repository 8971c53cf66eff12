package gift.continual;

import gift.continual.LossTerm.Loss;
import gift.continual.Method.Directions;
import gift.continual.Method.Texts;
import gift.io.InputException;
import gift.io.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The terms of a method's loss, and the losses that a method can add to them by name ({@code "terms": {"confidence": 0.1}}
 * in a study's file).
 */
public final class LossTerms {
    private static final Map<String, Loss> BY_NAME = new ConcurrentSkipListMap<>();

    static {
        add("confidence", seen -> Losses.confidence(seen.logits()));
    }

    private LossTerms() {}

    /** Makes a loss on the task's own images known by a name, which is also its name in the logs. */
    public static void add(String name, TaskLoss loss) {
        put(name, loss);
    }

    /** Makes a loss on reference pairs known by a name, which is also its name in the logs. */
    public static void add(String name, ReferenceLoss loss) {
        put(name, loss);
    }

    private static void put(String name, Loss loss) {
        if (BY_NAME.putIfAbsent(name, loss) != null) {
            throw new IllegalArgumentException("there is a loss term '" + name + "' already");
        }
    }

    /** @throws InputException if there is none of that name, naming the nearest */
    static LossTerm named(String name, double weight) {
        Loss loss = BY_NAME.get(name);
        if (loss == null) {
            throw new InputException("unknown loss term '" + name + "'" + Json.nearest(name, BY_NAME.keySet()));
        }
        return new LossTerm(name, weight, loss);
    }

    /**
     * All terms of a method in the order in which they are added up: those on reference pairs (equations 3 and 4 and
     * their variants), the cross-entropy (equation 2), own ones.
     *
     * @param smoothing of the labels in cross-entropy and alignment
     * @throws InputException if two of them have one name, or one has that of something else in the logs
     */
    static List<LossTerm> of(Method method, double smoothing) {
        List<LossTerm> terms = new ArrayList<>();
        distillation(method, terms);
        if (method.alignment() > 0) {
            onPairs(terms, "alignment_image", method.alignment(),
                    (student, teacher) -> Losses.alignment(student.similarity(), smoothing));
            onPairs(terms, "alignment_text", method.alignment(),
                    (student, teacher) -> Losses.alignment(student.similarity().transpose(), smoothing));
        }
        TaskLoss crossEntropy = seen -> Losses.crossEntropy(seen.logits(), seen.labels(), smoothing);
        terms.add(new LossTerm("cross_entropy", 1, crossEntropy));
        terms.addAll(method.ownTerms());
        Set<String> names = new HashSet<>(Set.of("penalty", "loss"));
        for (LossTerm term : terms) {
            if (!names.add(term.name())) {
                throw new InputException("the name '" + term.name() + "' of a loss term is taken: give it another");
            }
        }
        return terms;
    }

    private static void distillation(Method method, List<LossTerm> terms) {
        double alpha = method.distillation();
        double t = method.temperature();
        if (alpha > 0 && method.directions() != Directions.TEXT) {
            onPairs(terms, "distillation_image", alpha, (student, teacher) -> method.reversed()
                    ? Losses.reverseKl(student.similarity(), teacher.similarity(), t)
                    : Losses.distillation(student.similarity(), teacher.similarity(), t));
        }
        if (alpha > 0 && method.directions() != Directions.IMAGE) {
            onPairs(terms, "distillation_text", alpha, (student, teacher) -> method.reversed()
                    ? Losses.reverseKl(student.similarity().transpose(), teacher.similarity().transpose(), t)
                    : Losses.distillation(student.similarity().transpose(), teacher.similarity().transpose(), t));
        }
        if (method.featureError() > 0) {
            onPairs(terms, "feature_error_image", method.featureError(),
                    (student, teacher) -> Losses.featureMse(student.images(), teacher.images()));
        }
        if (method.featureError() > 0 && method.texts() == Texts.PAIRED) {
            onPairs(terms, "feature_error_text", method.featureError(),
                    (student, teacher) -> Losses.featureMse(student.texts(), teacher.texts()));
        }
        if (method.imageSimilarity() > 0) {
            onPairs(terms, "image_similarity", method.imageSimilarity(), (student, teacher) ->
                    Losses.imageDistillation(student.images(), teacher.images(), student.scale(), t));
        }
    }

    private static void onPairs(List<LossTerm> terms, String name, double weight, ReferenceLoss loss) {
        terms.add(new LossTerm(name, weight, loss));
    }
}
