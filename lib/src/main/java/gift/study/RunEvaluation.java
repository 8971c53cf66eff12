package gift.study;

import gift.clip.Clip;
import gift.continual.Method;
import gift.eval.ConfusionMatrix;
import gift.eval.Evaluation;
import gift.eval.FeatureCache;
import gift.incremental.LabelSpaceEvaluation;
import gift.nn.LinearProbe;
import gift.tensor.Precision;
import gift.train.Phases;
import gift.train.Stop;
import java.nio.file.Files;
import java.util.List;
import java.util.function.BiFunction;

/** The evaluations of one run: of its model as it is, or as its method says. */
final class RunEvaluation {
    private final SequenceRun.Shared shared;
    private final SequenceRun.Settings settings;
    private final Method method;
    private final RunFolder folder;
    private final LabelSpaceEvaluation grown; // null unless class-incremental
    private boolean trained; // else the model is the initial one, whose features may be known

    RunEvaluation(SequenceRun.Shared shared, SequenceRun.Settings settings, RunFolder folder, LabelSpaceEvaluation grown) {
        this.shared = shared;
        this.settings = settings;
        this.method = settings.method();
        this.folder = folder;
        this.grown = grown;
    }

    /** Whether the models to come are trained; before it is said, they are the initial one. */
    void trained(boolean yes) {
        trained = yes;
    }

    /** Of every task one; in a class-incremental run one of all classes, after step {@code after}. */
    List<ConfusionMatrix> evaluate(Clip model, int after) {
        return grown == null ? confusions(model, shared.evaluations())
                : evaluated(model, (seen, known) -> List.of(grown.confusion(seen, shared.tokenizer(), after, Stop::check, known)));
    }

    List<ConfusionMatrix> confusions(Clip model, List<Evaluation> evaluations) {
        return evaluated(model, (seen, known) ->
                evaluations.stream().map(e -> confusion(e, seen, known)).toList());
    }

    /** What is evaluated of a model, whose features may be known. */
    private interface Question extends BiFunction<Clip, FeatureCache, List<ConfusionMatrix>> {}

    /** Of the model, or of the one between it and the initial model where the method says so. */
    private List<ConfusionMatrix> evaluated(Clip model, Question question) {
        shared.phases().begin(Phases.EVALUATION);
        if (method.evaluationShare() == 1) {
            return rounded(model, question);
        }
        try (Clip between = model.copy()) {
            between.parameters().lerp(shared.initial().parameters(), 1 - method.evaluationShare());
            return rounded(between, question);
        }
    }

    /** In the precision of the training, which is the same for all tasks. */
    private List<ConfusionMatrix> rounded(Clip model, Question question) {
        Precision precision = settings.training().get(0).precision();
        if (precision == Precision.FP32) {
            return question.apply(model, trained ? FeatureCache.NONE : shared.features());
        }
        try (Clip frozen = model.in(precision)) {
            return question.apply(frozen, FeatureCache.NONE);
        }
    }

    /** By the class prompts, or by the task's own linear classifier if it has one. */
    private ConfusionMatrix confusion(Evaluation evaluation, Clip model, FeatureCache known) {
        int task = shared.evaluations().indexOf(evaluation);
        if (task < 0 || !Files.exists(folder.probe(task))) {
            return evaluation.confusion(model, shared.tokenizer(), Stop::check, known);
        }
        try (LinearProbe classifier = LinearProbe.read(folder.probe(task), model.manager())) {
            return evaluation.confusion(model, classifier, Stop::check);
        }
    }

    double[] accuracies(List<ConfusionMatrix> confusions) {
        return grown != null ? grown.space().accuracies(confusions.get(0)) : each(confusions);
    }

    static double[] each(List<ConfusionMatrix> confusions) {
        return confusions.stream().mapToDouble(ConfusionMatrix::accuracy).toArray();
    }
}
