package gift.sentences;

import gift.io.InputException;
import gift.tensor.RandomStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Captions of drawn factors, after ImagineFSL (Yang et al. 2025, section 3.1). What a caption is to show is drawn as published;
 * here a frame makes a sentence of it, in place of a language model: these are template captions, and are called so. The same
 * draws become questions to a language model by {@link #question}.
 *
 * <p>A draw depends on seed, class and the caption's number alone. Of a class whose frames repeat themselves captions are
 * drawn anew; where no more come, it has fewer than asked for.
 */
public final class FactorCaptions implements SentenceSource {
    /** Published number of captions a class. */
    public static final int PUBLISHED = 300;

    private static final int MOST_WORDS = 36;
    private static final int EXAMPLES = 3; // beside a question
    private static final int TRIES = 60;   // draws for a caption wanted
    private static final double FREQUENT_PART = 0.6;
    private static final double FREQUENT = 4;
    private static final double RARE = 1.5;
    private static final double TEMPERATURE = 0.8; // of the language model
    private static final double TOP_P = 0.9;

    private final Factors factors;
    private final long seed;

    /**
     * What a caption is to show.
     *
     * @param extra background, lighting condition or quality; empty for {@link CaptionMode#BASE}
     */
    public record Request(CaptionMode mode, String attribute, String viewpoint, String extra) {
        /** Empty for captions without one. */
        public String background() {
            return mode == CaptionMode.BACKGROUND ? extra : "";
        }
    }

    public FactorCaptions(Factors factors, long seed) {
        this.factors = factors;
        this.seed = seed;
    }

    @Override
    public String name() {
        return "template captions of factors";
    }

    /** Draws what caption {@code number} of a class, from 0, is to show. */
    public Request request(String label, int number) {
        List<String> attributes = factors.attributes(label);
        RandomStream random = RandomStream.of(seed, "factors of " + label, number);
        CaptionMode mode = mode(CaptionMode.shares(factors.modesOf()), random.nextDouble());
        String attribute = attributes.get(random.nextInt(attributes.size()));
        String viewpoint = factors.viewpoints().get(random.nextInt(factors.viewpoints().size()));
        return new Request(mode, attribute, viewpoint, switch (mode) {
            case BASE -> "";
            case BACKGROUND -> background(factors.backgrounds(label), random.nextDouble());
            case LIGHTING -> factors.lighting().get(random.nextInt(factors.lighting().size()));
            case DEGRADATION -> factors.quality().get(random.nextInt(factors.quality().size()));
        });
    }

    /** The mode at a place in [0, 1) of the shares in their order. */
    static CaptionMode mode(Map<CaptionMode, Double> shares, double place) {
        CaptionMode last = null;
        double sum = 0;
        for (Map.Entry<CaptionMode, Double> share : shares.entrySet()) {
            last = share.getKey();
            sum += share.getValue();
            if (place < sum) {
                return last;
            }
        }
        return last; // the shares, added up, may be a little less than 1
    }

    /** How often each of n backgrounds is drawn, the most frequent first: int(0.6 n) have weight 4, the rest 1.5. */
    public static double[] backgroundWeights(int n) {
        int frequent = (int) (FREQUENT_PART * n);
        return IntStream.range(0, n).mapToDouble(i -> i < frequent ? FREQUENT : RARE).toArray();
    }

    /** The background at a place in [0, 1) of the weights. */
    static String background(List<String> byFrequency, double place) {
        double[] weights = backgroundWeights(byFrequency.size());
        double rest = place * DoubleStream.of(weights).sum();
        for (int i = 0; i < byFrequency.size(); i++) {
            rest -= weights[i];
            if (rest < 0) {
                return byFrequency.get(i);
            }
        }
        return byFrequency.get(byFrequency.size() - 1);
    }

    /** A request as a sentence. */
    public String caption(String label, Request request) {
        Map<String, String> phrases = new LinkedHashMap<>();
        phrases.put("label", label);
        phrases.put("attribute", request.attribute());
        phrases.put("viewpoint", request.viewpoint());
        phrases.put("background", request.extra());
        phrases.put("lighting", request.extra());
        phrases.put("quality", request.extra());
        String text = factors.frame(request.mode());
        for (Map.Entry<String, String> phrase : phrases.entrySet()) {
            text = text.replace("{a " + phrase.getKey() + "}", TemplateGrammar.withArticle(phrase.getValue()))
                    .replace("{" + phrase.getKey() + "}", phrase.getValue());
        }
        int words = text.split("\\s+").length;
        InputException.require(words <= MOST_WORDS, "the caption \"" + text + "\" has " + words + " words, more than "
                + MOST_WORDS + ": shorten a phrase of its factors");
        return text;
    }

    @Override
    public List<Sentence> sentences(String label, int wanted) {
        return distinct(label, wanted, request -> true);
    }

    private List<Sentence> distinct(String label, int wanted, Predicate<Request> fits) {
        Set<String> texts = new HashSet<>();
        List<Sentence> all = new ArrayList<>();
        for (int number = 0; all.size() < wanted && number < TRIES * wanted; number++) {
            Request request = request(label, number);
            if (fits.test(request) && texts.add(caption(label, request))) {
                all.add(new Sentence(label, caption(label, request), name()));
            }
        }
        return all;
    }

    /** Three captions of a class and mode, of other draws: the examples beside a question. */
    public List<String> examples(String label, int number) {
        CaptionMode mode = request(label, number).mode();
        FactorCaptions others = new FactorCaptions(factors, seed + 1 + number);
        return others.distinct(label, EXAMPLES, request -> request.mode() == mode).stream().map(Sentence::text).toList();
    }

    /** A language model asked as published: temperature 0.8, top-p 0.9. */
    public static ChatSettings asked(ChatSettings settings) {
        return settings.withSampling(TEMPERATURE, TOP_P);
    }

    /** Caption {@code number} of a class as a question to a language model, with three examples; it answers with one line. */
    public String question(String label, int number) {
        Request request = request(label, number);
        String extra = switch (request.mode()) {
            case BASE -> "";
            case BACKGROUND -> "; background: " + request.extra();
            case LIGHTING -> "; lighting: " + request.extra();
            case DEGRADATION -> "; quality of the image: " + request.extra();
        };
        StringBuilder question = new StringBuilder("Write one caption of an image, of at most " + MOST_WORDS
                + " words, from the words given. Answer with the caption alone, on one line.\n");
        examples(label, number).forEach(example -> question.append("Example: ").append(example).append('\n'));
        return question + "Object: " + label + "; attribute: " + request.attribute() + "; view: " + request.viewpoint() + extra;
    }

    /**
     * The first n captions of every class, in the order given.
     *
     * @throws InputException if a class has fewer
     */
    public static Map<String, List<Sentence>> first(SentenceSource source, List<String> labels, int n) {
        InputException.require(n > 0, "captions: " + n + " a class must be at least 1");
        Map<String, List<Sentence>> first = new LinkedHashMap<>();
        for (String label : labels) {
            List<Sentence> own = source.sentences(label, n);
            InputException.require(own.size() >= n, "the class '" + label + "' has " + own.size() + " captions from "
                    + source.name() + ", not the " + n + " that are asked for; take fewer, or a source that knows more");
            first.put(label, List.copyOf(own.subList(0, n)));
        }
        return first;
    }
}
