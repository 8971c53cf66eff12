package gift.continual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.continual.Method.Averaging;
import gift.continual.Method.Penalty;
import gift.continual.Method.Teacher;
import gift.continual.Method.Towers;
import gift.io.InputException;
import gift.io.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
    private static void assertRefused(Runnable maker, String message) {
        assertThatThrownBy(maker::run).isInstanceOf(InputException.class).hasMessage(message);
    }

    @Test
    void aVariantDiffersInWhatItNamesAndInNothingElse() {
        Method variant = Methods.GIFT.with(Map.of("distillation", 2, "teacher", "merge:0.3", "towers", "image"));
        assertThat(variant.distillation()).isEqualTo(2);
        assertThat(variant.teacher()).isEqualTo(new Teacher(0.3));
        assertThat(variant.towers()).isEqualTo(Towers.IMAGE);
        assertThat(variant.with(Map.of("distillation", 1, "teacher", "previous", "towers", "both")))
                .isEqualTo(Methods.GIFT);
    }

    @Test
    void aSettingThatDoesNotExistNamesTheNearest() {
        assertThatThrownBy(() -> Methods.GIFT.with(Map.of("temprature", 3))).isInstanceOf(InputException.class)
                .hasMessageStartingWith("method: unknown key 'temprature' (did you mean 'temperature'?");
        assertThatThrownBy(() -> Methods.GIFT.with(Map.of("extra", 3))).isInstanceOf(InputException.class);
    }

    @Test
    void settersSayWhatTheKeysOfAFileSay() {
        assertThat(Methods.GIFT.withTeacher(Teacher.INITIAL).withAlignment(0)
                .withAveraging(Averaging.ENSEMBLE).withAverageEvery(7))
                .isEqualTo(Methods.GIFT.with(Map.of("teacher", "initial", "alignment", 0,
                        "averaging", "ensemble", "average_every", 7)));
    }

    /** A method without distillation may have a teacher, or none; none is written as null. */
    @Test
    void aTeacherOfNull() {
        Method taught = Methods.GIFT.withDistillation(0);
        assertThat(taught.withTeacher(null).teacher()).isNull();
        assertThat(Json.with("x", Json.parse("x", "{\"teacher\": null}"), Method.class, taught))
                .isEqualTo(taught.withTeacher(null));
        assertThat(Methods.FINETUNE.withTeacher(Teacher.PREVIOUS).withTeacher(null)).isEqualTo(Methods.FINETUNE);
        assertThatThrownBy(() -> Json.with("x", Json.parse("x", "{\"penalty\": null}"), Method.class, taught))
                .isInstanceOf(InputException.class).hasMessageContaining("penalty is null; give it a value");
    }

    /** Hashes of runs are made of it: a new key appears where it is used and nowhere else. */
    @Test
    void theKeysOfAMethodAndTheirOrder() {
        assertThat(Json.line(Methods.GIFT)).isEqualTo("{\"learns\":\"TASKS\",\"teacher\":\"previous\","
                + "\"reference\":\"synthetic\",\"texts\":\"PAIRED\",\"distillation\":1.0,\"reversed\":false,"
                + "\"directions\":\"BOTH\",\"towers\":\"BOTH\",\"alignment\":0.25,\"feature_error\":0.0,"
                + "\"image_similarity\":0.0,\"temperature\":2.0,\"penalty\":\"FISHER\",\"penalty_weight\":1.0,"
                + "\"fisher_updates\":0,\"averaging\":\"NONE\",\"average_every\":100,\"average_decay\":0.9,"
                + "\"evaluation_share\":1.0,\"memory\":10000}");
    }

    /** Switches that came later stand in files and hashes only where they are used. */
    @Test
    void rareKeys() {
        Method rare = Methods.LWF.with(Map.of("trains", "image", "averaging", "moving", "average_towards", "last",
                "reference", "exemplars", "herding", "after_task_as_published", "template", "an image of {}.", "teacher", "weights:a/b.pth"));
        assertThat(Json.line(rare)).contains("\"teacher\":\"weights:a/b.pth\"").endsWith("\"memory\":10000,\"herding\":"
                + "\"AFTER_TASK_AS_PUBLISHED\",\"trains\":\"IMAGE\",\"average_towards\":\"LAST\",\"template\":\"an image of {}.\"}");
        assertThat(Json.convert("x", Json.toTree(rare), Method.class)).isEqualTo(rare);
        assertThat(rare.withTemperature(3).trains()).isEqualTo(Method.Trains.IMAGE);
        assertThat(GivenWeights.named(rare).teacher()).hasToString("weights:b.pth");
    }

    @Test
    void switchesThatExcludeEachOther() {
        refused(Methods.GIFT, Map.of("trains", "none"), "do not reach what it trains, trains none");
        refused(Methods.LWF, Map.of("trains", "text"), "do not reach what it trains, trains text");
        refused(Methods.FINETUNE, Map.of("trains", "none"), "leaves nothing to train but a probe");
        refused(Methods.FINETUNE, Map.of("probe", "texts"), "a probe goes with learns tasks and trains image");
        refused(Methods.WE, Map.of("average_towards", "initial"), "does not go with averaging ensemble");
        refused(Methods.WISE_FT, Map.of("average_towards", "last"), "average_towards last does not go with averaging merge");
        refused(Methods.FINETUNE, Map.of("template", "a photo."), "has no {}");
        refused(Methods.FINETUNE, Map.of("learns", "given"), "learns given and weights, a folder, go together");
        refused(Methods.FINETUNE, Map.of("weights", "x"), "learns given and weights, a folder, go together");
    }

    private static void refused(Method method, Map<String, ?> changes, String message) {
        assertThatThrownBy(() -> method.with(changes)).isInstanceOf(InputException.class).hasMessageContaining(message);
    }

    /** --train-mode of ZSCL's code. */
    @Test
    void trainModes() {
        assertThat(PublishedSwitches.trainMode(Methods.WC, "whole", true)).isEqualTo(Methods.WC);
        assertThat(PublishedSwitches.trainMode(Methods.WC, "image-fc-fixed", true)).isEqualTo(Methods.WC.withTrains(Method.Trains.IMAGE));
        assertThat(PublishedSwitches.trainMode(Methods.FINETUNE, "fc", false).probe()).isEqualTo(Method.Probe.ZEROS);
        assertThatThrownBy(() -> PublishedSwitches.trainMode(Methods.WC, "head", true)).isInstanceOf(InputException.class);
        assertThat(PublishedSwitches.towards("t")).isEqualTo(Method.Towards.LAST);
    }

    @Test
    void ownLossesStayWithVariants() {
        Method mine = Methods.FINETUNE.plus("mine", 0.5, (student, teacher) -> student.similarity().mean());
        assertThat(mine.usesReference()).isTrue();
        assertThat(mine.withTemperature(3).extra()).isEqualTo(mine.extra());
        assertThat(Methods.FINETUNE.plus("mine", 0.5, seen -> seen.logits().mean()).usesReference()).isFalse();
    }

    @Test
    void termsByName() {
        Method mine = Methods.GIFT.withTerm("confidence", 0.1);
        assertThat(Json.convert("x", Json.toTree(mine), Method.class)).isEqualTo(mine);
        assertThat(mine.withTerm("confidence", 0.2).terms()).containsExactly(Map.entry("confidence", 0.2));
        LossTerms.add("method_test", seen -> seen.logits().mean());
        assertThat(mine.withTerm("method_test", 0.2).terms())
                .containsExactly(Map.entry("confidence", 0.1), Map.entry("method_test", 0.2));
        assertRefused(() -> Methods.GIFT.withTerm("confidence", -1), "terms: the weight of confidence must be a number that"
                + " is not negative");
        assertThatThrownBy(() -> Methods.GIFT.withTerm("confidnce", 1)).isInstanceOf(InputException.class)
                .hasMessageContaining("unknown loss term 'confidnce' (did you mean 'confidence'?");
    }

    /** Else one of the two would be left out of the loss. */
    @Test
    void everyTermHasANameOfItsOwn() {
        for (String taken : new String[] {"cross_entropy", "alignment_text", "penalty"}) {
            Method mine = Methods.GIFT.plus(taken, 1, seen -> seen.logits().mean());
            assertRefused(() -> LossTerms.of(mine, 0), "the name '" + taken + "' of a loss term is taken: give it another");
        }
        assertThatThrownBy(() -> LossTerms.add("confidence", seen -> seen.logits().mean()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("there is a loss term 'confidence' already");
    }

    @Test
    void termsStandInTheOrderInWhichTheyAreAddedUp() {
        assertThat(LossTerms.of(Methods.GIFT.withImageSimilarity(1).withTerm("confidence", 1), 0)).extracting(LossTerm::name)
                .containsExactly("distillation_image", "distillation_text", "image_similarity", "alignment_image",
                        "alignment_text", "cross_entropy", "confidence");
    }

    @Test
    void ewcNeedsImages() {
        assertRefused(() -> Methods.EWC.withFisherUpdates(0),
                "penalty ewc needs fisher_updates of at least 1: the images that its Fisher is taken from");
    }

    @Test
    void publishedDefaults() {
        assertThat(Methods.GIFT.distillation()).isEqualTo(1);
        assertThat(Methods.GIFT.alignment()).isEqualTo(0.25);
        assertThat(Methods.GIFT.penaltyWeight()).isEqualTo(1);
        assertThat(Methods.GIFT.temperature()).isEqualTo(2);
        assertThat(Methods.GIFT.usesReference()).isTrue();
        assertThat(Methods.FINETUNE.usesReference()).isFalse();
    }

    @Test
    void alignmentNeedsReferencePairsButNoTeacher() {
        assertThat(Methods.FINETUNE.withAlignment(0.25).usesReference()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN})
    void weightsAreNotNegative(double weight) {
        String message = "loss weights must not be negative";
        assertRefused(() -> Methods.GIFT.withDistillation(weight), message);
        assertRefused(() -> Methods.GIFT.withAlignment(weight), message);
        assertRefused(() -> Methods.WC.withPenaltyWeight(weight), message);
    }

    @Test
    void distillationNeedsATeacher() {
        String message = "a method that distils needs a teacher: previous, initial or merge:r";
        assertRefused(() -> Methods.FINETUNE.withDistillation(1), message);
        assertRefused(() -> Methods.FINETUNE.withAlignment(0.25).withTowers(Towers.IMAGE), message);
    }

    @Test
    void aFisherNeedsGradientsAndAStaticOneUpdates() {
        assertRefused(() -> Methods.FINETUNE.withTeacher(Teacher.PREVIOUS).withPenalty(Penalty.FISHER),
                "a Fisher penalty needs distillation or alignment, whose gradients it is made of");
        for (Penalty penalty : List.of(Penalty.STATIC_FISHER, Penalty.STATIC_FISHER_AS_PUBLISHED)) {
            assertRefused(() -> Methods.GIFT.withPenalty(penalty), "a static Fisher needs fisher_updates of at least 1");
        }
    }

    @Test
    void temperatureAndAveraging() {
        assertRefused(() -> Methods.GIFT.withTemperature(0), "temperature 0.0 must be positive");
        assertRefused(() -> Methods.GIFT.withTemperature(Double.NaN), "temperature NaN must be positive");
        assertRefused(() -> Methods.EMA.withAverageEvery(0), "average_every 0 must be at least 1");
        assertRefused(() -> Methods.EMA.withAverageDecay(1.5), "average_decay 1.5 must be between 0 and 1");
        assertRefused(() -> Methods.EMA.withAverageDecay(Double.NaN), "average_decay NaN must be between 0 and 1");
    }

    // ---- teachers

    @ParameterizedTest
    @CsvSource({"previous, 0", "initial, 1", "merge:0.3, 0.3", "merge:.25, 0.25", "merge:0, 0", "merge:1, 1"})
    void teachersByName(String name, double share) {
        assertThat(Teacher.parse(name)).isEqualTo(new Teacher(share));
    }

    @ParameterizedTest
    @CsvSource({"previous", "initial", "merge:0.3"})
    void teachersAreWrittenAsTheyAreRead(String name) {
        assertThat(Teacher.parse(name)).hasToString(name);
        String json = Json.write(Teacher.parse(name)).strip();
        assertThat(json).isEqualTo('"' + name + '"');
        assertThat(Json.convert("x", Json.parse("x", json), Teacher.class)).isEqualTo(Teacher.parse(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Previous", "merge:", "merge:x", "merge:-0.1", "merge:0.5x"})
    void otherTeachersAreRefused(String name) {
        assertRefused(() -> Teacher.parse(name),
                "unknown teacher '" + name + "': use previous, initial, merge:r or weights:FILE");
    }

    @Test
    void sharesLieBetweenZeroAndOne() {
        assertRefused(() -> Teacher.parse("merge:1.5"), "teacher merge:1.5: the share must be between 0 and 1");
        assertRefused(() -> new Teacher(Double.NaN), "teacher merge:NaN: the share must be between 0 and 1");
    }
}
