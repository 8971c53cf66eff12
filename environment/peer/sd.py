"""Denoiser, decoder and sampler of Stable Diffusion 1.5 in plain PyTorch: what generate.py draws with where diffusers is absent.

The operations are those of diffusers, whose tensor names the models keep, so that the state_dict of one fits the other.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def conv(c_in, c_out, kernel=3, stride=1):
    return nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2)


class Resnet(nn.Module):
    def __init__(self, c_in, c_out, groups, eps, time=None):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(groups, c_in, eps), conv(c_in, c_out)
        self.norm2, self.conv2 = nn.GroupNorm(groups, c_out, eps), conv(c_out, c_out)
        self.time_emb_proj = nn.Linear(time, c_out) if time else None
        self.conv_shortcut = conv(c_in, c_out, 1) if c_in != c_out else None

    def forward(self, x, time=None):
        y = self.conv1(F.silu(self.norm1(x)))
        if self.time_emb_proj is not None:
            y = y + self.time_emb_proj(F.silu(time))[:, :, None, None]
        y = self.conv2(F.silu(self.norm2(y)))
        return y + (x if self.conv_shortcut is None else self.conv_shortcut(x))


class Attention(nn.Module):
    def __init__(self, width, context, heads, bias=False):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(w, width, bias) for w in (width, context, context))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x, context=None):
        context = x if context is None else context
        q, k, v = (y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
                   for y in (self.to_q(x), self.to_k(context), self.to_v(context)))
        return self.to_out[0](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class ImageAttention(Attention):
    """Of the decoder: every position with every other."""

    def __init__(self, width, groups, eps):
        super().__init__(width, width, 1, bias=True)
        self.group_norm = nn.GroupNorm(groups, width, eps)

    def forward(self, x, context=None):
        tokens = self.group_norm(x).flatten(2).transpose(1, 2)
        return x + super().forward(tokens).transpose(1, 2).reshape(x.shape)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        gated = nn.ModuleDict({"proj": nn.Linear(width, 8 * width)})
        self.net = nn.ModuleList([gated, nn.Identity(), nn.Linear(4 * width, width)])

    def forward(self, x):
        value, gate = self.net[0]["proj"](x).chunk(2, dim=-1)
        return self.net[2](value * F.gelu(gate))


class TransformerBlock(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.attn1, self.attn2 = Attention(width, width, heads), Attention(width, context, heads)
        self.ff = FeedForward(width)

    def forward(self, x, context):
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    def __init__(self, width, context, heads, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, 1e-6)
        self.proj_in, self.proj_out = conv(width, width, 1), conv(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width, context, heads)])

    def forward(self, x, context):
        tokens = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        return x + self.proj_out(self.transformer_blocks[0](tokens, context).transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    """ResNet blocks at one resolution, attention after each or after none; then a change to the next resolution, or none."""

    def __init__(self, resnets, attentions=(), down=None, up=None):
        super().__init__()
        self.resnets, self.attentions = nn.ModuleList(resnets), nn.ModuleList(attentions)
        self.downsamplers = nn.ModuleList([nn.ModuleDict({"conv": conv(down, down, stride=2)})] if down else [])
        self.upsamplers = nn.ModuleList([nn.ModuleDict({"conv": conv(up, up)})] if up else [])

    def at(self, i, x, time=None, context=None):
        """The i-th ResNet block, and its attention."""
        x = self.resnets[i](x, time)
        return self.attentions[i](x, context) if i < len(self.attentions) else x

    def resized(self, x):
        for down in self.downsamplers:
            x = down["conv"](x)
        for up in self.upsamplers:
            x = up["conv"](F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return x


class UNet(nn.Module):
    """The noise in a latent (B, 4, h, w) at timestep t, given the states (B, S, context) of a text."""

    def __init__(self, channels=(320, 640, 1280, 1280), context=768, heads=8, groups=32, layers=2):
        super().__init__()
        self.width, last, eps = channels[0], len(channels) - 1, 1e-5
        time = 4 * self.width
        self.time_embedding = nn.ModuleDict({"linear_1": nn.Linear(self.width, time), "linear_2": nn.Linear(time, time)})
        self.conv_in = conv(4, self.width)
        self.down_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        skips, before = [self.width], self.width
        for level, c in enumerate(channels):
            resnets = [Resnet(before if i == 0 else c, c, groups, eps, time) for i in range(layers)]
            attentions = [SpatialTransformer(c, context, heads, groups) for _ in range(layers if level < last else 0)]
            self.down_blocks.append(Block(resnets, attentions, down=c if level < last else None))
            skips += [c] * (layers + (level < last))
            before = c
        self.mid_block = Block([Resnet(before, before, groups, eps, time) for _ in range(2)],
                               [SpatialTransformer(before, context, heads, groups)])
        for level, c in reversed(list(enumerate(channels))):
            resnets = [Resnet((before if i == 0 else c) + skips.pop(), c, groups, eps, time) for i in range(layers + 1)]
            attentions = [SpatialTransformer(c, context, heads, groups) for _ in range(layers + 1 if level < last else 0)]
            self.up_blocks.append(Block(resnets, attentions, up=c if level > 0 else None))
            before = c
        self.conv_norm_out, self.conv_out = nn.GroupNorm(groups, before, eps), conv(before, 4)

    def embedded(self, t, x):
        half = self.width // 2
        angles = t * torch.exp(-math.log(10000) / half * torch.arange(half, device=x.device, dtype=torch.float32))
        time = torch.cat([angles.cos(), angles.sin()]).to(x.dtype).expand(len(x), -1)
        return self.time_embedding["linear_2"](F.silu(self.time_embedding["linear_1"](time)))

    def forward(self, x, t, context):
        time = self.embedded(t, x)
        x = self.conv_in(x)
        skips = [x]
        for block in self.down_blocks:
            for i in range(len(block.resnets)):
                x = block.at(i, x, time, context)
                skips.append(x)
            if len(block.downsamplers):
                x = block.resized(x)
                skips.append(x)
        x = self.mid_block.at(1, self.mid_block.at(0, x, time, context), time)
        for block in self.up_blocks:
            for i in range(len(block.resnets)):
                x = block.at(i, torch.cat([x, skips.pop()], dim=1), time, context)
            x = block.resized(x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


class Decoder(nn.Module):
    """Images (B, 3, 8 h, 8 w) of unscaled latents (B, 4, h, w)."""

    def __init__(self, channels=(128, 256, 512, 512), groups=32, layers=2):
        super().__init__()
        eps, before = 1e-6, channels[-1]
        self.post_quant_conv, self.decoder = conv(4, 4, 1), nn.Module()
        self.decoder.conv_in = conv(4, before)
        self.decoder.mid_block = Block([Resnet(before, before, groups, eps) for _ in range(2)],
                                       [ImageAttention(before, groups, eps)])
        self.decoder.up_blocks = nn.ModuleList()
        for level, c in reversed(list(enumerate(channels))):
            resnets = [Resnet(before if i == 0 else c, c, groups, eps) for i in range(layers + 1)]
            self.decoder.up_blocks.append(Block(resnets, up=c if level > 0 else None))
            before = c
        self.decoder.conv_norm_out, self.decoder.conv_out = nn.GroupNorm(groups, before, eps), conv(before, 3)

    def forward(self, z):
        d = self.decoder
        x = d.conv_in(self.post_quant_conv(z))
        x = d.mid_block.at(1, d.mid_block.at(0, x))
        for block in d.up_blocks:
            for i in range(len(block.resnets)):
                x = block.at(i, x)
            x = block.resized(x)
        return d.conv_out(F.silu(d.conv_norm_out(x)))


class Pndm:
    """PNDM without Runge-Kutta steps (Liu et al. 2022, equations 11 and 12), with the noise of Stable Diffusion 1.5."""

    FACTORS = {1: (1,), 2: (3 / 2, -1 / 2), 3: (23 / 12, -16 / 12, 5 / 12), 4: (55 / 24, -59 / 24, 37 / 24, -9 / 24)}

    def __init__(self, steps, trained=1000, start=0.00085, end=0.012, offset=1):
        self.alpha_bar = torch.cumprod(1 - torch.linspace(start**0.5, end**0.5, trained) ** 2, 0).tolist()
        self.stride = trained // steps
        times = [i * self.stride + offset for i in reversed(range(steps))]
        self.timesteps = times[:2] + times[1:]  # the second one is called twice
        self.call, self.noises, self.first = 0, [], None

    def step(self, noise, t, x):
        """x at the timestep after t, of the noise in x at t."""
        call, self.call = self.call, self.call + 1
        if call == 1:  # the first step over again, with the mean of the predictions at both its ends
            return self.moved((noise + self.noises[0]) / 2, self.first, t + self.stride, t)
        if call == 0:
            self.first = x
        self.noises = [noise, *self.noises[:3]]
        combined = sum(f * e for f, e in zip(self.FACTORS[len(self.noises)], self.noises))
        return self.moved(combined, x, t, t - self.stride)

    def moved(self, noise, x, t, s):
        a, b = self.alpha_bar[t], self.alpha_bar[max(s, 0)]
        divisor = a * (1 - b) ** 0.5 + (a * (1 - a) * b) ** 0.5
        return (b / a) ** 0.5 * x - (b - a) / divisor * noise
