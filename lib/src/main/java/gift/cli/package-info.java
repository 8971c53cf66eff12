/**
 * The commands of {@code environment/gift}, one class each. What they do is done elsewhere.
 *
 * <p>Uses everything. Start with {@code Gift}.
 */
package gift.cli;
