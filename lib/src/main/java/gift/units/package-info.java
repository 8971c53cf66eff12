/**
 * Work in numbered units that any scheduler can drive: {@code gift units}, {@code unit}, {@code status}, {@code submit}.
 *
 * <p>Uses {@code job}, {@code generate} and {@code doctor}. Start with {@code Units}, then {@code Session}.
 */
package gift.units;
