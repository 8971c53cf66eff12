/**
 * Compares models and training steps with values that the published implementations computed: {@code gift parity}.
 *
 * <p>Uses the models, {@code image} and {@code continual}. Start with {@code Parity}.
 */
package gift.parity;
