#!/usr/bin/env python3
"""A batch of images of Stable Diffusion 1.5 by diffusers with random weights: the peer of `gift bench generate`.

Needs diffusers beside torch; without it this says so and ends with 3. The loop is the same as in `gift bench generate`: PNDM
with guidance, random states in place of texts, decoding, JPEG.
"""
import io
import sys

import torch

import bench

STATES, WIDTH, FACTOR, GUIDANCE = 77, 768, 8, 7.5


def main():
    parser = bench.arguments(__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512, help="height and width in pixels (default 512)")
    parser.add_argument("--batch", type=int, default=1, help="images computed together (default 1)")
    parser.add_argument("--sampling-steps", type=int, default=50, help="of PNDM (default 50)")
    options = parser.parse_args()
    try:
        from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
        from PIL import Image
    except ImportError as e:
        print("generate.py: not measured, %s; pip install diffusers pillow" % e, file=sys.stderr)
        sys.exit(3)
    device = bench.device_of(options.device)
    bench.tf32(options.compute == "tf32")
    dtype = bench.DTYPES[options.compute]
    floor = bench.floor_of(device, options.compute)
    print("floor: %.1f GFLOP/s" % floor["gflops"])
    unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=WIDTH, attention_head_dim=8).to(device, dtype).eval()
    vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4,
                        up_block_types=("UpDecoderBlock2D",) * 4).to(device, dtype).eval()
    side, b = options.size // FACTOR, options.batch
    denoise, decode, jpeg = (bench.Samples(options, device) for _ in range(3))

    def denoised():
        scheduler = PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True,
                                  set_alpha_to_one=False, steps_offset=1)
        scheduler.set_timesteps(options.sampling_steps)
        x, context = torch.randn(b, 4, side, side, device=device), torch.randn(2 * b, STATES, WIDTH, device=device, dtype=dtype)
        for t in scheduler.timesteps:
            without, led = unet(torch.cat([x, x]).to(dtype), t, context).sample.float().chunk(2)
            x = scheduler.step(without + GUIDANCE * (led - without), t, x).prev_sample
        return x

    def decoded(x):
        images = torch.cat([vae.decode(z[None].to(dtype) / 0.18215).sample for z in x]).float()
        return (images / 2 + 0.5).clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()

    with torch.no_grad():
        for _ in range(options.warmup + options.repeats):
            latents = denoise.take(denoised)
            images = decode.take(lambda: decoded(latents))
            jpeg.take(lambda: [Image.fromarray(i).save(io.BytesIO(), "JPEG", quality=95) for i in images])
    work = "%d images of %d x %d, %d PNDM steps, guidance %s" % (b, options.size, options.size, options.sampling_steps, GUIDANCE)
    bench.report(options, device, "generate", work, floor,
                 [denoise.timing("denoise", 0, floor), decode.timing("decode", 0, floor), jpeg.timing("JPEG", 0, floor)])


if __name__ == "__main__":
    main()
