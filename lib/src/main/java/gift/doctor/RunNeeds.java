package gift.doctor;

/**
 * What a piece of work takes, estimated.
 *
 * @param seconds on this machine with nothing else to do
 * @param memory bytes of the machine's memory
 * @param deviceMemory bytes of the GPU's; 0 without one
 */
public record RunNeeds(double seconds, long memory, long deviceMemory) {}
