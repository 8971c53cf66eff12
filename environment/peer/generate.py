#!/usr/bin/env python3
"""A batch of images of Stable Diffusion 1.5 in eager PyTorch with random weights: the peer of `gift bench generate`.

The models are those of diffusers; where it is absent, or with --plain, those of sd.py, which do the same operations. The loop
is that of `gift bench generate`: PNDM with guidance, random states in place of texts, decoding, JPEG.

  environment/peer/run.sh generate.py --json peer.json     the same allocator as gift's
  environment/gift bench generate --against peer.json
"""
import io
import sys

import torch

import bench
import sd

STATES, WIDTH, FACTOR, GUIDANCE, SCALING = 77, 768, 8, 7.5, 0.18215


def plain_models():
    """What draws: its name, the noise of (latents, timestep, states), the images of latents, a new sampler of so many steps."""
    return "plain models", sd.UNet(context=WIDTH), sd.Decoder(), sd.Pndm


class Adapted(torch.nn.Module):
    """A model of diffusers that is called as those of sd.py are."""

    def __init__(self, model, call):
        super().__init__()
        self.model, self.call = model, call

    def forward(self, *arguments):
        return self.call(self.model, *arguments)


def diffusers_models():
    import diffusers
    from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel

    class Pndm:
        def __init__(self, steps):
            self.scheduler = PNDMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
                                           skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1)
            self.scheduler.set_timesteps(steps)
            self.timesteps = self.scheduler.timesteps

        def step(self, noise, t, x):
            return self.scheduler.step(noise, t, x).prev_sample

    unet = UNet2DConditionModel(sample_size=64, cross_attention_dim=WIDTH, attention_head_dim=8)
    vae = AutoencoderKL(block_out_channels=(128, 256, 512, 512), layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4,
                        up_block_types=("UpDecoderBlock2D",) * 4)
    return ("diffusers " + diffusers.__version__, Adapted(unet, lambda model, x, t, context: model(x, t, context).sample),
            Adapted(vae, lambda model, z: model.decode(z).sample), Pndm)


def models(plain):
    if plain:
        return plain_models()
    try:
        return diffusers_models()
    except ImportError as e:
        print("%s: the models are those of sd.py" % e, flush=True)
        return plain_models()


def main():
    parser = bench.arguments(__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512, help="height and width in pixels (default 512)")
    parser.add_argument("--batch", type=int, default=1, help="images computed together (default 1)")
    parser.add_argument("--sampling-steps", type=int, default=50, help="of PNDM (default 50)")
    parser.add_argument("--plain", action="store_true", help="the models of sd.py, though diffusers is there")
    options = parser.parse_args()
    try:
        from PIL import Image
    except ImportError as e:
        print("generate.py: not measured, %s; pip install pillow" % e, file=sys.stderr)
        sys.exit(3)
    device = bench.device_of(options.device)
    bench.tf32(options.compute == "tf32")
    torch.manual_seed(1)
    dtype = bench.DTYPES[options.compute]
    floor = bench.floor_of(device, options.compute)
    name, unet, decoder, sampler = models(options.plain)
    unet, decoder = unet.to(device, dtype).eval(), decoder.to(device, dtype).eval()
    side, b = options.size // FACTOR, options.batch
    denoise, decode, jpeg = (bench.Samples(options, device) for _ in range(3))

    def denoised():
        scheduler = sampler(options.sampling_steps)
        x, context = torch.randn(b, 4, side, side, device=device), torch.randn(2 * b, STATES, WIDTH, device=device, dtype=dtype)
        for t in scheduler.timesteps:
            without, led = unet(torch.cat([x, x]).to(dtype), t, context).float().chunk(2)
            x = scheduler.step(without + GUIDANCE * (led - without), t, x)
        return x

    def decoded(x):
        images = torch.cat([decoder(z[None].to(dtype) / SCALING) for z in x]).float()
        return (images / 2 + 0.5).clamp(0, 1).mul(255).round().byte().permute(0, 2, 3, 1).cpu().numpy()

    with torch.no_grad():
        for _ in range(options.warmup + options.repeats):
            latents = denoise.take(denoised)
            images = decode.take(lambda: decoded(latents))
            jpeg.take(lambda: [Image.fromarray(i).save(io.BytesIO(), "JPEG", quality=95) for i in images])
    work = "%d images of %d x %d, %d PNDM steps, guidance %s" % (b, options.size, options.size, options.sampling_steps, GUIDANCE)
    bench.report(options, device, "generate", work, floor,
                 [denoise.timing("denoise", 0, floor), decode.timing("decode", 0, floor), jpeg.timing("JPEG", 0, floor)], name)


if __name__ == "__main__":
    main()
