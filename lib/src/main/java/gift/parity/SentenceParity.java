package gift.parity;

import com.fasterxml.jackson.databind.JsonNode;
import gift.io.InputException;
import gift.recognition.RecognitionConfig;
import gift.sentences.CaptionMode;
import gift.sentences.ChatSettings;
import gift.sentences.FactorCaptions;
import gift.sentences.Factors;
import gift.sentences.Sentence;
import gift.sentences.SentenceRules;
import gift.sentences.SentenceSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The published rules by which sentences and captions are asked for and chosen: those of ImagineFSL and of He et al. 2023. A
 * rule of numbers is compared exactly, a rule of chance by the frequencies of many draws.
 */
final class SentenceParity {
    private static final int DRAWS = 20_000;
    private static final double FREQUENCY = 0.02; // over four deviations of the difference of two frequencies of 20,000 draws
    private static final double ROUNDING = 1e-12;
    private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");

    private final String folder;
    private final Consumer<ParityCase> report;

    SentenceParity(String folder, Consumer<ParityCase> report) {
        this.folder = folder;
        this.report = report;
    }

    private void add(String name, double error, double tolerance, String detail) {
        report.accept(new ParityCase(folder + "/" + name, error, tolerance, detail));
    }

    private void same(String name, boolean same, String detail) {
        add(name, same ? 0 : 1, 0, detail);
    }

    /** The numbers in a rule, in the order of its words. */
    private static double[] numbers(JsonNode rule) {
        return NUMBER.matcher(rule.asText()).results().mapToDouble(found -> Double.parseDouble(found.group())).toArray();
    }

    // ---- ImagineFSL

    /** How a request for a caption is composed: {@code caption_rules}. */
    void captions(JsonNode rules) {
        rules.get("modes").properties().forEach(entry -> {
            for (String set : entry.getKey().split(" and ")) {
                shares("caption_rules/modes/" + set, CaptionMode.shares(set), entry.getValue());
            }
        });
        rules.get("observed_frequencies_of_20000").properties().forEach(entry -> observed(entry.getKey(), entry.getValue()));
        JsonNode factors = rules.get("factors");
        Map<String, Function<FactorCaptions.Request, String>> uniform = Map.of(
                "attribute", FactorCaptions.Request::attribute, "viewpoint", FactorCaptions.Request::viewpoint);
        uniform.forEach((name, of) -> same("caption_rules/" + name + "/rule", factors.get(name).asText().startsWith("uniform"),
                factors.get(name).asText()));
        add("caption_rules/attribute", unevenness(of(""), FactorCaptions.Request::attribute), FREQUENCY, "of 20000 draws");
        add("caption_rules/viewpoint", unevenness(of(""), FactorCaptions.Request::viewpoint), FREQUENCY, "of 20000 draws");
        backgrounds(numbers(factors.get("BG")), factors.get("BG").asText());
        examples((int) numbers(factors.get("examples"))[0], factors.get("examples").asText());
        same("caption_rules/post_processing", SentenceRules.firstLine("  a cat on a mat. \nmore\n").equals("a cat on a mat."),
                rules.get("post_processing").asText().split(";")[0]);
        JsonNode calls = rules.get("model_calls");
        same("caption_rules/captions_per_class", FactorCaptions.PUBLISHED == calls.get("captions_per_class_readme").asInt(), "");
        ChatSettings asked = FactorCaptions.asked(ChatSettings.of("http://localhost", "", "model"));
        add("caption_rules/temperature", Math.abs(asked.temperature() - calls.get("temperature").asDouble()), 0, "");
        add("caption_rules/top_p", Math.abs(asked.topP() - calls.get("top_p").asDouble()), 0, "");
    }

    private void shares(String name, Map<CaptionMode, Double> ours, JsonNode theirs) {
        Map<String, Double> published = new TreeMap<>();
        theirs.properties().forEach(share -> published.put(share.getKey(), share.getValue().asDouble()));
        double worst = ours.size() == published.size() ? 0 : 1;
        for (Map.Entry<CaptionMode, Double> share : ours.entrySet()) {
            worst = Math.max(worst, Math.abs(share.getValue() - published.getOrDefault(share.getKey().toString(), -1.0)));
        }
        add(name, worst, ROUNDING, published.toString());
    }

    private void observed(String set, JsonNode theirs) {
        Map<String, Double> ours = frequencies(of(set), request -> request.mode().toString());
        double worst = ours.size() == theirs.size() ? 0 : 1;
        for (Map.Entry<String, Double> one : ours.entrySet()) {
            worst = Math.max(worst, Math.abs(one.getValue() - theirs.path(one.getKey()).asDouble()));
        }
        add("caption_rules/frequencies/" + set, worst, FREQUENCY, "of 20000 draws each");
    }

    /** Captions of one class, "thing", as a data set's exceptions say. */
    private static FactorCaptions of(String set) {
        List<String> five = List.of("first", "second", "third", "fourth", "fifth");
        return new FactorCaptions(new Factors("", Map.of("thing", five), Map.of("thing", five), List.of("a photo of",
                "a side view of", "a view from above of", "a close-up of"), five, five, set, Map.of()), 1);
    }

    private static Map<String, Double> frequencies(FactorCaptions captions, Function<FactorCaptions.Request, String> what) {
        Map<String, Double> all = new TreeMap<>();
        IntStream.range(0, DRAWS).forEach(i -> all.merge(what.apply(captions.request("thing", i)), 1.0 / DRAWS, Double::sum));
        return all;
    }

    /** The largest difference of a frequency from that of equal ones. */
    private static double unevenness(FactorCaptions captions, Function<FactorCaptions.Request, String> what) {
        Map<String, Double> all = frequencies(captions, what);
        return all.values().stream().mapToDouble(share -> Math.abs(share - 1.0 / all.size())).max().orElseThrow();
    }

    /** @param rule the frequent part, the weight of frequent ones, that of the rest */
    private void backgrounds(double[] rule, String words) {
        double worst = 0;
        for (int n = 1; n <= 20; n++) {
            double[] weights = FactorCaptions.backgroundWeights(n);
            for (int i = 0; i < n; i++) {
                worst = Math.max(worst, Math.abs(weights[i] - (i < (int) (rule[0] * n) ? rule[1] : rule[2])));
            }
        }
        add("caption_rules/backgrounds/weights", worst, 0, words);
        double[] weights = FactorCaptions.backgroundWeights(5);
        List<String> names = List.of("first", "second", "third", "fourth", "fifth");
        Map<String, Double> drawn = frequencies(of(""), FactorCaptions.Request::background);
        double backgrounds = names.stream().mapToDouble(name -> drawn.getOrDefault(name, 0.0)).sum();
        double total = IntStream.range(0, 5).mapToDouble(i -> weights[i]).sum();
        double unlike = IntStream.range(0, 5).mapToDouble(i ->
                Math.abs(drawn.getOrDefault(names.get(i), 0.0) / backgrounds - weights[i] / total)).max().orElseThrow();
        add("caption_rules/backgrounds/frequencies", unlike, 2 * FREQUENCY, "of the 30 % of 20000 draws with one");
    }

    private void examples(int wanted, String words) {
        long wrong = 0;
        FactorCaptions captions = of("");
        for (int i = 0; i < 50; i++) {
            wrong += captions.examples("thing", i).stream().distinct().count() == wanted ? 0 : 1;
        }
        add("caption_rules/examples", wrong, 0, words);
    }

    // ---- He et al. 2023

    /** How sentences of a class are asked for and chosen: {@code language_enhancement_rules}. */
    void languageEnhancement(JsonNode rules) {
        JsonNode published = rules.get("published");
        RecognitionConfig.Synthetic defaults = RecognitionConfig.DEFAULT.synthetic();
        String where = "language_enhancement_rules/";
        same(where + "sentences_per_label", SentenceRules.PUBLISHED == published.get("sentences_per_label").asInt()
                && defaults.count() == SentenceRules.PUBLISHED, "");
        same(where + "extra_calls", SentenceRules.EXTRA == published.get("extra_calls").asInt(), "");
        same(where + "images_per_sentence", defaults.perSentence() == published.get("images_per_sentence").asInt(), "");
        String prompt = published.get("prompt_in_glide_zsl").asText().replace("'", "").replace(" + sentence", "{}");
        same(where + "prompt", prompt.equals(defaults.wrappers().get("EuroSAT")), prompt);

        JsonNode observed = rules.get("observed");
        int num = observed.get("num").asInt();
        List<String> labels = new ArrayList<>();
        observed.get("kept_and_distinct_per_label").fieldNames().forEachRemaining(labels::add);
        Asked source = new Asked(Integer.MAX_VALUE);
        Map<String, List<Sentence>> kept = SentenceRules.choose(source, labels, num, 1);
        same(where + "calls", source.calls == observed.get("calls").asInt() && labels.size() == observed.get("labels").asInt(),
                source.calls + " sentences asked for");
        same(where + "first_call", source.first.equals(observed.get("first_call_words").get(0).asText()), source.first);
        observed.get("kept_and_distinct_per_label").properties().forEach(label -> {
            List<String> own = kept.get(label.getKey()).stream().map(Sentence::text).toList();
            same(where + "kept/" + label.getKey(), own.size() == label.getValue().get(0).asInt()
                    && own.stream().distinct().count() == label.getValue().get(1).asInt(), own.size() + " sentences");
        });
        same(where + "too_few", observed.get("with_only_15_distinct_sentences").asText().startsWith("ValueError")
                && refuses(new Asked(15), labels, num), "an error, not a smaller set");
    }

    private static boolean refuses(SentenceSource source, List<String> labels, int num) {
        try {
            SentenceRules.choose(source, labels, num, 1);
            return false;
        } catch (InputException e) {
            return true;
        }
    }

    /** Counts what it is asked for; gives so many distinct sentences of a class over and over. */
    private static final class Asked implements SentenceSource {
        private final int distinct;
        private final Map<String, Integer> given = new HashMap<>();
        private int calls;
        private String first;

        Asked(int distinct) {
            this.distinct = distinct;
        }

        @Override
        public String name() {
            return "counter";
        }

        @Override
        public List<Sentence> sentences(String label, int wanted) {
            first = first == null ? label : first;
            calls += wanted;
            return IntStream.range(0, wanted).mapToObj(i -> new Sentence(label,
                    label + " " + given.merge(label, 1, Integer::sum) % distinct, name())).toList();
        }
    }
}
