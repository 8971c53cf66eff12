# The operators that DJL 0.35 does not offer, as TorchScript. NativeOps packs this text into an archive that libtorch
# loads; every operator below has its gradient. An integer or real argument arrives as a 0-dim tensor.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # q, k, v (B, H, T, d) -> (B, H, T, d); never holds the (T, T) scores where a fused kernel serves
  def attention(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, None, 0., False)

  def causal_attention(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, None, 0., True)

  # qkv (B, T, 3 H d), the three projections side by side -> (B, T, H d)
  def self_attention(self: __torch__.M, qkv: Tensor, heads: Tensor, causal: Tensor) -> Tensor:
    b = torch.size(qkv, 0)
    t = torch.size(qkv, 1)
    w = torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    x = torch.permute(torch.reshape(qkv, [b, t, 3, h, torch.floordiv(w, h)]), [2, 0, 3, 1, 4])
    y = torch.scaled_dot_product_attention(torch.select(x, 0, 0), torch.select(x, 0, 1), torch.select(x, 0, 2), None, 0., bool(causal))
    return torch.reshape(torch.transpose(y, 1, 2), [b, t, w])

  # the same, whose backward joins the three gradients without adding zeros to each
  def self_attention_unbind(self: __torch__.M, qkv: Tensor, heads: Tensor, causal: Tensor) -> Tensor:
    b = torch.size(qkv, 0)
    t = torch.size(qkv, 1)
    w = torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    x = torch.unbind(torch.permute(torch.reshape(qkv, [b, t, 3, h, torch.floordiv(w, h)]), [2, 0, 3, 1, 4]), 0)
    y = torch.scaled_dot_product_attention(x[0], x[1], x[2], None, 0., bool(causal))
    return torch.reshape(torch.transpose(y, 1, 2), [b, t, w])

  # qkv (M, 3 H d), the three projections side by side, of M tokens in N sequences of at most T; rows (N, T) which token of M
  # stands where, first (M) where a token stands first, counted through -> (M, H d)
  def packed_attention(self: __torch__.M, qkv: Tensor, rows: Tensor, first: Tensor, heads: Tensor) -> Tensor:
    n = torch.size(rows, 0)
    t = torch.size(rows, 1)
    w = torch.floordiv(torch.size(qkv, 1), 3)
    h = int(heads)
    x = torch.reshape(torch.embedding(qkv, rows, -1, False, False), [n, t, 3, h, torch.floordiv(w, h)])
    x = torch.unbind(torch.permute(x, [2, 0, 3, 1, 4]), 0)
    y = torch.reshape(torch.transpose(torch.scaled_dot_product_attention(x[0], x[1], x[2], None, 0., True), 1, 2), [n * t, w])
    return torch.embedding(y, first, -1, False, False)

  # q (N, H d) of one token of each sequence, kv (M, 2 H d), rows as above, seen (N, T) 1 where the token sees, else 0
  # -> (N, H d)
  def packed_attention_of_one(self: __torch__.M, q: Tensor, kv: Tensor, rows: Tensor, seen: Tensor, heads: Tensor) -> Tensor:
    n = torch.size(rows, 0)
    t = torch.size(rows, 1)
    w = torch.size(q, 1)
    h = int(heads)
    d = torch.floordiv(w, h)
    x = torch.reshape(torch.embedding(kv, rows, -1, False, False), [n, t, 2, h, d])
    x = torch.unbind(torch.permute(x, [2, 0, 3, 1, 4]), 0)
    m = torch.to(torch.reshape(seen, [n, 1, 1, t]), 11)
    y = torch.scaled_dot_product_attention(torch.reshape(q, [n, h, 1, d]), x[0], x[1], m, 0., False)
    return torch.reshape(y, [n, w])

  # q (B, H d) of one token of each sequence, kv (B, T, 2 H d) of all -> (B, H d)
  def attention_of_one(self: __torch__.M, q: Tensor, kv: Tensor, heads: Tensor) -> Tensor:
    b = torch.size(kv, 0)
    t = torch.size(kv, 1)
    w = torch.size(q, 1)
    h = int(heads)
    d = torch.floordiv(w, h)
    x = torch.unbind(torch.permute(torch.reshape(kv, [b, t, 2, h, d]), [2, 0, 3, 1, 4]), 0)
    y = torch.scaled_dot_product_attention(torch.reshape(q, [b, h, 1, d]), x[0], x[1], None, 0., False)
    return torch.reshape(y, [b, w])

  # q (B, T, H d), k and v (B, S, H d), the heads side by side -> (B, T, H d)
  def heads_attention(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, heads: Tensor, causal: Tensor) -> Tensor:
    b = torch.size(q, 0)
    t = torch.size(q, 1)
    s = torch.size(k, 1)
    w = torch.size(q, 2)
    h = int(heads)
    d = torch.floordiv(w, h)
    qh = torch.transpose(torch.reshape(q, [b, t, h, d]), 1, 2)
    kh = torch.transpose(torch.reshape(k, [b, s, h, d]), 1, 2)
    vh = torch.transpose(torch.reshape(v, [b, s, h, d]), 1, 2)
    y = torch.scaled_dot_product_attention(qh, kh, vh, None, 0., bool(causal))
    return torch.reshape(torch.transpose(y, 1, 2), [b, t, w])

  # qkv (B, T, H 3 d): for each head its queries, keys and values -> (B, T, H d)
  def attention_by_head(self: __torch__.M, qkv: Tensor, heads: Tensor) -> Tensor:
    b = torch.size(qkv, 0)
    t = torch.size(qkv, 1)
    w = torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    x = torch.permute(torch.reshape(qkv, [b, t, h, 3, torch.floordiv(w, h)]), [3, 0, 2, 1, 4])
    y = torch.scaled_dot_product_attention(torch.select(x, 0, 0), torch.select(x, 0, 1), torch.select(x, 0, 2), None, 0., False)
    return torch.reshape(torch.transpose(y, 1, 2), [b, t, w])

  # the same, where every position also sees those of kv (B, S, H 2 d), which come first
  def attention_by_head_with(self: __torch__.M, qkv: Tensor, kv: Tensor, heads: Tensor) -> Tensor:
    b = torch.size(qkv, 0)
    t = torch.size(qkv, 1)
    w = torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    d = torch.floordiv(w, h)
    x = torch.permute(torch.reshape(qkv, [b, t, h, 3, d]), [3, 0, 2, 1, 4])
    z = torch.permute(torch.reshape(kv, [b, torch.size(kv, 1), h, 2, d]), [3, 0, 2, 1, 4])
    k = torch.cat([torch.select(z, 0, 0), torch.select(x, 0, 1)], 2)
    v = torch.cat([torch.select(z, 0, 1), torch.select(x, 0, 2)], 2)
    y = torch.scaled_dot_product_attention(torch.select(x, 0, 0), k, v, None, 0., False)
    return torch.reshape(torch.transpose(y, 1, 2), [b, t, w])

  # x (..., in), weight (out, in) in the precision to which all else is rounded
  def linear(self: __torch__.M, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(torch.type_as(x, weight), weight, None)

  def linear_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear(torch.type_as(x, weight), weight, torch.type_as(bias, weight))

  # x (..., in), M rows, as (16, in, ceil(M / 16), 1), channels last; rows of zeros are added where 16 does not divide M. With
  # several images oneDNN's gradient of a weight is faster than with one; with fewer than 16 images and one thread libtorch does not
  # use oneDNN.
  def as_images(self: __torch__.M, x: Tensor) -> Tensor:
    i = torch.size(x, -1)
    rows = torch.reshape(x, [-1, i])
    gap = torch.remainder(torch.neg(torch.size(rows, 0)), 16)
    if torch.gt(gap, 0):
      rows = torch.constant_pad_nd(rows, [0, 0, 0, gap], 0)
    return torch.permute(torch.reshape(rows, [16, -1, 1, i]), [0, 3, 1, 2])

  # y (16, out, h, 1), of which the rows of x are wanted: (..., out)
  def of_images(self: __torch__.M, y: Tensor, x: Tensor) -> Tensor:
    out = torch.size(y, 1)
    rows = torch.reshape(torch.permute(y, [0, 2, 3, 1]), [-1, out])
    wanted = torch.slice(rows, 0, 0, torch.floordiv(torch.numel(x), torch.size(x, -1)))
    return torch.reshape(wanted, torch.add(torch.slice(torch.size(x), 0, -1, 1), [out]))

  # the same of fp32 as a convolution of 1 x 1
  def linear_as_conv(self: __torch__.M, x: Tensor, weight: Tensor) -> Tensor:
    w = torch.reshape(weight, [torch.size(weight, 0), torch.size(weight, 1), 1, 1])
    return (self).of_images(torch.conv2d((self).as_images(x), w, None, [1, 1], [0, 0], [1, 1], 1), x)

  def linear_as_conv_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    w = torch.reshape(weight, [torch.size(weight, 0), torch.size(weight, 1), 1, 1])
    return (self).of_images(torch.conv2d((self).as_images(x), w, bias, [1, 1], [0, 0], [1, 1], 1), x)

  # x (B, in, H, W), weight (out, in, k, k) in the precision to which all else is rounded
  def conv(self: __torch__.M, x: Tensor, weight: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    s = int(stride)
    p = int(padding)
    return torch.conv2d(torch.type_as(x, weight), weight, None, [s, s], [p, p], [1, 1], 1)

  def conv_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    s = int(stride)
    p = int(padding)
    return torch.conv2d(torch.type_as(x, weight), weight, torch.type_as(bias, weight), [s, s], [p, p], [1, 1], 1)

  # the same as a matrix product of unfolded patches (im2col), without oneDNN
  def conv_as_product(self: __torch__.M, x: Tensor, weight: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    s = int(stride)
    p = int(padding)
    return torch.thnn_conv2d(torch.type_as(x, weight), weight, [torch.size(weight, 2), torch.size(weight, 3)], None, [s, s], [p, p])

  def conv_as_product_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    s = int(stride)
    p = int(padding)
    return torch.thnn_conv2d(torch.type_as(x, weight), weight, [torch.size(weight, 2), torch.size(weight, 3)], torch.type_as(bias, weight), [s, s], [p, p])

  # the same of fp32 weights, with everything rounded to a type by its number: a cast that carries the gradient back to fp32
  def linear_in(self: __torch__.M, x: Tensor, weight: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    return torch.linear(torch.to(x, t), torch.to(weight, t), None)

  def linear_in_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    return torch.linear(torch.to(x, t), torch.to(weight, t), torch.to(bias, t))

  def conv_in(self: __torch__.M, x: Tensor, weight: Tensor, stride: Tensor, padding: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    s = int(stride)
    p = int(padding)
    return torch.conv2d(torch.to(x, t), torch.to(weight, t), None, [s, s], [p, p], [1, 1], 1)

  def conv_in_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, stride: Tensor, padding: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    s = int(stride)
    p = int(padding)
    return torch.conv2d(torch.to(x, t), torch.to(weight, t), torch.to(bias, t), [s, s], [p, p], [1, 1], 1)

  def conv_as_product_in(self: __torch__.M, x: Tensor, weight: Tensor, stride: Tensor, padding: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    s = int(stride)
    p = int(padding)
    return torch.thnn_conv2d(torch.to(x, t), torch.to(weight, t), [torch.size(weight, 2), torch.size(weight, 3)], None, [s, s], [p, p])

  def conv_as_product_in_bias(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, stride: Tensor, padding: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    s = int(stride)
    p = int(padding)
    return torch.thnn_conv2d(torch.to(x, t), torch.to(weight, t), [torch.size(weight, 2), torch.size(weight, 3)], torch.to(bias, t), [s, s], [p, p])

  # over the last axis
  def layer_norm(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.layer_norm(torch.type_as(x, weight), torch.size(weight), weight, bias, 1e-05, True)

  def group_norm(self: __torch__.M, x: Tensor, groups: Tensor, weight: Tensor, bias: Tensor, eps: Tensor) -> Tensor:
    return torch.group_norm(torch.type_as(x, weight), int(groups), weight, bias, float(eps))

  # batch normalization with the stored statistics, which training leaves as they are
  def batch_norm(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    return torch.batch_norm(torch.type_as(x, weight), weight, bias, mean, variance, False, 0.1, 1e-05, False)

  def scale(self: __torch__.M, x: Tensor, factor: Tensor) -> Tensor:
    return torch.mul(x, float(factor))

  def scale_in_place(self: __torch__.M, x: Tensor, factor: Tensor) -> Tensor:
    return torch.mul_(x, float(factor))

  def limit_in_place(self: __torch__.M, x: Tensor, most: Tensor) -> Tensor:
    return torch.clamp_max_(x, float(most))

  def divide(self: __torch__.M, x: Tensor, divisor: Tensor) -> Tensor:
    return torch.div(x, float(divisor))

  def plus(self: __torch__.M, x: Tensor, number: Tensor) -> Tensor:
    return torch.add(x, float(number))

  def is_zero(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(torch.eq(x, 0), 6)

  def clamp(self: __torch__.M, x: Tensor, least: Tensor, most: Tensor) -> Tensor:
    return torch.clamp(x, float(least), float(most))

  # x (on the CPU) on the device of another tensor; on a GPU the host does not wait for the copy
  def to_device(self: __torch__.M, there: Tensor, x: Tensor) -> Tensor:
    if there.is_cuda:
      y = torch.to(torch.pin_memory(x), there.device, x.dtype, True, False)
    else:
      y = torch.clone(x)
    return y

  # of one element if the graph of x is recorded, else of none
  def recorded(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.zeros([int(x.requires_grad)], dtype=6, device=x.device)

  def dropout(self: __torch__.M, x: Tensor, rate: Tensor, seed: Tensor) -> Tensor:
    keep = 1. - float(rate)
    g = torch.Generator(device=x.device, seed=int(seed))
    mask = torch.bernoulli(torch.empty_like(x), keep, generator=g)
    return torch.mul(x, torch.div_(mask, keep))

  def silu(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.silu(x)

  # x * sigmoid(1.702 x), CLIP's GELU
  def quick_gelu(self: __torch__.M, x: Tensor) -> Tensor:
    if x.requires_grad:
      y = torch.mul(x, torch.sigmoid(torch.mul(x, 1.702)))
    else:  # the same bits in one new array
      y = torch.mul_(torch.sigmoid_(torch.mul(x, 1.702)), x)
    return y

  # the same as silu(1.702 x) / 1.702
  def quick_gelu_silu(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.mul_(torch.silu(torch.mul(x, 1.702)), 0.58754406580493537)

  # x (..., 2 D) -> (..., D): the first half times the GELU (exact, by erf) of the second
  def geglu(self: __torch__.M, x: Tensor) -> Tensor:
    halves = torch.chunk(x, 2, -1)
    if x.requires_grad:
      y = torch.mul(halves[0], torch.gelu(halves[1]))
    else:
      y = torch.mul_(torch.gelu(halves[1]), halves[0])
    return y

  # x (B, C, H, W) -> (B, C, height, width), each value from the nearest
  def upsample_nearest(self: __torch__.M, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch.upsample_nearest2d(x, [int(height), int(width)])

  # x (B, C, H, W) -> (B, C, height, width), between the centres of pixels
  def upsample_bilinear(self: __torch__.M, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch.upsample_bilinear2d(x, [int(height), int(width)], False)

  # x (B, C, H, W) -> (B, C, H / 2, W / 2), the mean of each square of four
  def halve(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.avg_pool2d(x, [2, 2], [2, 2], [0, 0], False, True)

  # x (B, C, H, W) -> (B, C, H + 1, W + 1), zeros on the right and at the bottom
  def pad_right_bottom(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.constant_pad_nd(x, [0, 1, 0, 1], 0)

  # mean over the rows of logits (N, C); targets (N) of class numbers
  def cross_entropy(self: __torch__.M, logits: Tensor, targets: Tensor, smoothing: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits, targets, None, 1, -100, float(smoothing))

  def to_float16(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, 5)

  def to_bfloat16(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, 15)

  def to_float32(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, 6)

  # x (B, H, W, 3) of bytes, c (3, 3, 1, 1) of 255, mean and deviation of each channel -> (B, 3, H, W); by arrays, since a
  # GPU multiplies by the inverse of a number, which rounds otherwise
  def normalize_bytes(self: __torch__.M, x: Tensor, c: Tensor) -> Tensor:
    y = torch.to(torch.permute(x, [0, 3, 1, 2]), 6, False, False, 0)
    return torch.div_(torch.sub_(torch.div_(y, torch.select(c, 0, 0)), torch.select(c, 0, 1)), torch.select(c, 0, 2))

  # in the host's memory
  def to_host(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.to(x, torch.device("cpu"), x.dtype, False, True)

  # ---- lists of tensors, without gradient

  # theta <- AdamW(theta); m, v and the step counts are updated in place
  def fused_adamw(self: __torch__.M, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: Tensor, beta1: Tensor, beta2: Tensor, decay: Tensor, eps: Tensor) -> Tensor:
    torch._foreach_add_(steps, 1)
    torch._fused_adamw_(p, g, m, v, [], steps, lr=float(lr), beta1=float(beta1), beta2=float(beta2), weight_decay=float(decay), eps=float(eps), amsgrad=False, maximize=False)
    return lr

  # the same spelled out, as torch.optim.AdamW(foreach=False, fused=False); correction1 and 2 are 1 - beta^t
  def plain_adamw(self: __torch__.M, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], lr: Tensor, beta1: Tensor, beta2: Tensor, decay: Tensor, eps: Tensor, correction1: Tensor, correction2: Tensor) -> Tensor:
    b1 = float(beta1)
    b2 = float(beta2)
    shrink = 1. - float(lr) * float(decay)
    root = torch.sqrt(float(correction2))
    step = float(lr) / float(correction1)
    for i in range(torch.len(p)):
      if shrink != 1.:
        torch.mul_(p[i], shrink)
      torch.lerp_(m[i], g[i], 1. - b1)
      torch.addcmul_(torch.mul_(v[i], b2), g[i], g[i], value=1. - b2)
      denominator = torch.add_(torch.div_(torch.sqrt(v[i]), root), float(eps))
      torch.addcdiv_(p[i], m[i], denominator, value=-step)
    return torch.clone(lr)

  # the same, which leaves weights, moments and steps as they are where found is 1
  def fused_adamw_unless(self: __torch__.M, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: Tensor, beta1: Tensor, beta2: Tensor, decay: Tensor, eps: Tensor, found: Tensor) -> Tensor:
    torch._foreach_add_(steps, torch.rsub(found, 1))
    torch._fused_adamw_(p, g, m, v, [], steps, lr=float(lr), beta1=float(beta1), beta2=float(beta2), weight_decay=float(decay), eps=float(eps), amsgrad=False, maximize=False, found_inf=found)
    return lr

  # g <- g / scale; found <- 1 if a value is not finite, else 0
  def unscale(self: __torch__.M, g: List[Tensor], found: Tensor, scale: Tensor) -> Tensor:
    torch.zero_(found)
    torch._amp_foreach_non_finite_check_and_unscale_(g, found, torch.reciprocal(scale))
    return torch.clone(found)

  def divide_by(self: __torch__.M, g: List[Tensor], scale: Tensor) -> Tensor:
    torch._foreach_mul_(g, torch.reciprocal(scale))
    return torch.clone(scale)

  def multiply_by(self: __torch__.M, g: List[Tensor], scale: Tensor) -> Tensor:
    torch._foreach_mul_(g, scale)
    return torch.clone(scale)

  def not_finite(self: __torch__.M, g: List[Tensor]) -> Tensor:
    found = torch.zeros([], dtype=6, device=g[0].device)
    torch._amp_foreach_non_finite_check_and_unscale_(g, found, torch.ones([], dtype=6, device=g[0].device))
    return found

  # found <- 1 if a value of x is not finite, else it stays
  def note_not_finite(self: __torch__.M, found: Tensor, x: Tensor) -> Tensor:
    bad = torch.to(torch.logical_not(torch.all(torch.isfinite(x))), 6)
    return torch.copy_(found, torch.maximum(found, bad))

  def either(self: __torch__.M, found: Tensor, more: Tensor) -> Tensor:
    return torch.copy_(found, torch.maximum(found, more))

  # halves the scale where found is 1, else doubles it after each 2000 times in a row
  def update_scale(self: __torch__.M, scale: Tensor, tracker: Tensor, found: Tensor, skipped: Tensor) -> Tensor:
    t = torch.to(tracker, 3)
    torch._amp_update_scale_(scale, t, found, 2., 0.5, 2000)
    torch.copy_(tracker, t)
    torch.add_(skipped, found)
    return torch.clone(scale)

  # x <- x + factor y
  def add_scaled(self: __torch__.M, x: List[Tensor], y: List[Tensor], factor: Tensor) -> Tensor:
    torch._foreach_add_(x, y, alpha=float(factor))
    return factor

  # x <- x + weight (y - x)
  def lerp(self: __torch__.M, x: List[Tensor], y: List[Tensor], weight: Tensor) -> Tensor:
    torch._foreach_lerp_(x, y, float(weight))
    return weight

  def copy(self: __torch__.M, x: List[Tensor], y: List[Tensor]) -> Tensor:
    torch._foreach_copy_(x, y)
    return torch.select(torch.reshape(x[0], [-1]), 0, 0)

  def zero(self: __torch__.M, x: List[Tensor]) -> Tensor:
    torch._foreach_zero_(x)
    return torch.select(torch.reshape(x[0], [-1]), 0, 0)

  # n = norm of all tensors together, x <- x min(1, most / (n + 1e-6)); returns n
  def clip_norm(self: __torch__.M, x: List[Tensor], most: Tensor) -> Tensor:
    n = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(x, 2)), 2)
    factor = torch.mul(torch.reciprocal(torch.add(n, 1e-06)), float(most))
    torch._foreach_mul_(x, torch.clamp(factor, None, 1.))
    return n

  # sum over all tensors of (x - y)^2
  def squared_distance(self: __torch__.M, x: List[Tensor], y: List[Tensor]) -> Tensor:
    n = torch._foreach_norm(torch._foreach_sub(x, y), 2)
    return torch.sum(torch.pow(torch.stack(n), 2))

  # weight (V, D), indices (...) -> (..., D)
  def rows(self: __torch__.M, weight: Tensor, indices: Tensor) -> Tensor:
    return torch.embedding(weight, indices, -1, False, False)

  # x (N, D) -> x / |x|, row by row
  def normalize(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.div(x, torch.norm(x, 2, [-1], True))

  # the same with a length of at least floor
  def normalize_floor(self: __torch__.M, x: Tensor, floor: Tensor) -> Tensor:
    return torch.div(x, torch.clamp_min(torch.norm(x, 2, [-1], True), float(floor)))

  # x (B, 1 + P, D) -> (B, 4 D): token 0; mean, deviation and rooted third moment of the others
  def token_moments(self: __torch__.M, x: Tensor, eps: Tensor) -> Tensor:
    e = float(eps)
    p = torch.slice(x, 1, 1)
    mean = torch.mean(p, [1], True)
    c = torch.sub(p, mean)
    deviation = torch.sqrt(torch.add(torch.mean(torch.pow(c, 2), [1]), e))
    third = torch.mean(torch.pow(c, 3), [1])
    root = torch.mul(torch.sign(third), torch.pow(torch.add(torch.abs(third), e), 0.33333333333333331))
    return torch.cat([torch.select(x, 1, 0), torch.squeeze(mean, 1), deviation, root], -1)

  # The penalty lambda sum F (x - a)^2 with F = g^2 / mean(g^2), tensor by tensor: its gradient is added to g, which
  # still holds the gradient that F is made of; returns its value.
  def fisher_penalty(self: __torch__.M, g: List[Tensor], x: List[Tensor], a: List[Tensor], factor: Tensor) -> Tensor:
    total = torch.zeros([], dtype=6, device=x[0].device)
    for i in range(torch.len(g)):
      gi = g[i]
      norm = torch.norm(gi)
      # u = g / sqrt(mean(g^2)) and F = u^2: the square of a tiny g itself would be lost
      scale = torch.div(torch.sqrt(torch.numel(gi)), torch.add(norm, torch.eq(norm, 0)))
      # a tensor too large for the processor's caches goes piece by piece
      size = torch.numel(gi)
      if size > 1048576:
        size = 262144
      gs = torch.split(torch.view(gi, [-1]), size)
      xs = torch.split(torch.view(x[i], [-1]), size)
      anchors = torch.split(torch.view(a[i], [-1]), size)
      for k in range(torch.len(gs)):
        u = torch.mul(gs[k], scale)
        pull = torch.mul_(torch.sub(xs[k], anchors[k]), u)
        total = torch.add(total, torch.pow(torch.norm(pull), 2))
        torch.add_(gs[k], torch.mul_(pull, u), alpha=2. * float(factor))
    return torch.mul(total, float(factor))

  # the same over all tensors at once
  def fisher_penalty_foreach(self: __torch__.M, g: List[Tensor], x: List[Tensor], a: List[Tensor], factor: Tensor) -> Tensor:
    roots = annotate(List[float], [])
    for i in range(torch.len(g)):
      torch.append(roots, torch.sqrt(torch.numel(g[i])))
    n = torch.stack(torch._foreach_norm(g, 2))
    c = torch.div(torch.to(torch.tensor(roots, dtype=6), n.device, 6, True, False), torch.add(n, torch.eq(n, 0)))
    u = torch._foreach_mul(g, torch.unbind(c, 0))
    pull = torch._foreach_sub(x, a)
    torch._foreach_mul_(pull, u)
    total = torch.sum(torch.pow(torch.stack(torch._foreach_norm(pull, 2)), 2))
    torch._foreach_mul_(pull, u)
    torch._foreach_add_(g, pull, alpha=2. * float(factor))
    return torch.mul(total, float(factor))

  # the same with F = 1
  def plain_penalty_foreach(self: __torch__.M, g: List[Tensor], x: List[Tensor], a: List[Tensor], factor: Tensor) -> Tensor:
    pull = torch._foreach_sub(x, a)
    total = torch.sum(torch.pow(torch.stack(torch._foreach_norm(pull, 2)), 2))
    torch._foreach_add_(g, pull, alpha=2. * float(factor))
    return torch.mul(total, float(factor))

  # the same with a given F
  def given_fisher_penalty(self: __torch__.M, g: List[Tensor], x: List[Tensor], a: List[Tensor], f: List[Tensor], factor: Tensor) -> Tensor:
    total = torch.zeros([], dtype=6, device=x[0].device)
    for i in range(torch.len(g)):
      d = torch.sub(x[i], a[i])
      pull = torch.mul(d, f[i])
      total = torch.add(total, torch.sum(torch.mul(d, pull)))
      torch.add_(g[i], pull, alpha=2. * float(factor))
    return torch.mul(total, float(factor))

  # the same with F = 1
  def plain_penalty(self: __torch__.M, g: List[Tensor], x: List[Tensor], a: List[Tensor], factor: Tensor) -> Tensor:
    total = torch.zeros([], dtype=6, device=x[0].device)
    for i in range(torch.len(g)):
      d = torch.sub(x[i], a[i])
      total = torch.add(total, torch.pow(torch.norm(d), 2))
      torch.add_(g[i], d, alpha=2. * float(factor))
    return torch.mul(total, float(factor))
