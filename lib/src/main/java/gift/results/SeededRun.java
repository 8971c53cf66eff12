package gift.results;

/** A finished run of a method with a seed, whatever was measured in it. */
public interface SeededRun {
    String method();

    long seed();
}
