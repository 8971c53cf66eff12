/**
 * Sentences for class names, from which images are generated: recorded ones, a grammar of templates, or a language model
 * behind a server; and the published rules by which they are chosen ("language enhancement", He et al. 2023).
 *
 * <p>Uses {@code tensor} (random draws) and {@code io}. Start with {@code SentenceSource} and {@code SentenceRules}.
 */
package gift.sentences;
