/**
 * What the engine lacks: named parameters, native operations, gradients and their clipping, AdamW with groups of
 * parameters, mixed precision, schedules, an EMA of weights, random streams.
 *
 * <p>Uses {@code image}, {@code io}, {@code tensor.plain} and {@code tensor.machine}. Start with {@code Parameters};
 * {@code Scopes} says who frees arrays, and is the only class that switches the recording of gradients.
 */
package gift.tensor;
