package gift.continual;

import java.util.List;

/** The parts of a method that are code: own loss terms and weight policies. A file cannot hold them. */
public record Extra(List<LossTerm> terms, List<WeightPolicy.Maker> policies) {
    public static final Extra NONE = new Extra(List.of(), List.of());

    public Extra {
        terms = List.copyOf(terms);
        policies = List.copyOf(policies);
    }
}
