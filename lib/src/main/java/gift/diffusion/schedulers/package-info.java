/**
 * From noise to image in steps: noise schedules and the rules of a step (DDPM, DDIM, PNDM, DPM-Solver++, Euler), read from
 * the files that diffusers saves.
 *
 * <p>Uses io and tensor. Start with {@link gift.diffusion.schedulers.Scheduler}.
 */
package gift.diffusion.schedulers;
