# Operators of oneDNN on weights in its own layout, without gradients. OneDnn packs this text into an archive of its own: a
# libtorch that was built without oneDNN cannot load it.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # weight (K, C, k, k), plain or packed, in the layout for x (B, C, H, W), or of a linear layer for x (..., C)
  def pack(self: __torch__.M, weight: Tensor, x: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    size = torch.size(x)
    if torch.ne(torch.dim(x), 4):
      size = [1, torch.size(x, -1), torch.floordiv(torch.numel(x), torch.size(x, -1)), 1]
    return (self).packed(weight, size, int(stride), int(padding), 1)

  def packed(self: __torch__.M, weight: Tensor, size: List[int], stride: int, padding: int, groups: int) -> Tensor:
    w = weight
    if weight.is_mkldnn:
      w = torch.to_dense(weight)
    return ops.mkldnn._reorder_convolution_weight(w, [padding, padding], [stride, stride], [1, 1], groups, size)

  # x (B, C, H, W), a packed weight, bias (K) in its precision -> (B, K, H', W'), channels last
  def conv(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor, stride: Tensor, padding: Tensor) -> Tensor:
    s = int(stride)
    p = int(padding)
    return (self).convolve(torch.contiguous(torch.to(x, weight.dtype), memory_format=2), weight, bias, s, p, 1)

  # a copy of a bias in the precision of a weight
  def bias(self: __torch__.M, bias: Tensor, weight: Tensor) -> Tensor:
    return torch.to(bias, weight.dtype, False, True)

  def convolve(self: __torch__.M, x: Tensor, weight: Tensor, bias: Optional[Tensor], stride: int, padding: int, groups: int) -> Tensor:
    return ops.mkldnn._convolution_pointwise(x, weight, bias, [padding, padding], [stride, stride], [1, 1], groups, "none", annotate(List[Optional[number]], []), "")

  # x (M, C) as an image (1, C, M, 1), channels last: no copy
  def as_image(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.permute(torch.reshape(x, [1, -1, 1, torch.size(x, -1)]), [0, 3, 1, 2])

  # x (..., C), the packed weight (K, C, 1, 1) of a linear layer, bias (K) -> (..., K)
  def linear(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    y = (self).convolve((self).as_image(torch.to(x, weight.dtype)), weight, bias, 1, 0, 1)
    return torch.reshape(torch.permute(y, [0, 2, 3, 1]), torch.add(torch.slice(torch.size(x), 0, -1, 1), [torch.size(bias, 0)]))

  # ---- Winograd's convolution F(2 x 2, 3 x 3): of each square of 4 x 4 pixels d, 2 x 2 results A^T [(G g G^T) (B^T d B)] A

  # weight g (K, C, 3, 3) -> G g G^T (16 K, C, 1, 1), 16 matrices (K, C) one after the other
  def winograd_weight(self: __torch__.M, weight: Tensor) -> Tensor:
    g = torch.tensor([[1., 0., 0.], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0., 0., 1.]], dtype=6)
    u = torch.permute(torch.matmul(torch.matmul(g, weight), torch.t(g)), [2, 3, 0, 1])
    return torch.reshape(u, [16 * torch.size(weight, 0), torch.size(weight, 1), 1, 1])

  # bias (K) -> (16 K): what the matrix (1, 1) adds comes once to each result
  def winograd_bias(self: __torch__.M, bias: Tensor) -> Tensor:
    k = torch.size(bias, 0)
    return torch.constant_pad_nd(bias, [5 * k, 10 * k], 0)

  # the matrices, plain or packed, in the layout for x
  def winograd_pack(self: __torch__.M, weight: Tensor, x: Tensor) -> Tensor:
    squares = torch.size(x, 0) * (self).winograd_rows(x) * (self).half(torch.size(x, 3))
    return (self).packed(weight, [1, 16 * torch.size(x, 1), squares, 1], 1, 0, 16)

  def half(self: __torch__.M, size: int) -> int:
    return torch.floordiv(size + 1, 2)

  # how many rows of squares are computed at a time: all in equal parts, of at most what a processor's caches hold
  def winograd_rows(self: __torch__.M, x: Tensor) -> int:
    rows = (self).half(torch.size(x, 2))
    most = ops.prim.max(1, torch.floordiv(1048576, torch.size(x, 0) * torch.size(x, 1) * torch.size(x, 3)))
    parts = torch.floordiv(rows + most - 1, most)
    return torch.floordiv(rows + parts - 1, parts)

  # x (B, C, H, W), the packed matrices, the bias of winograd_bias -> (B, K, H, W), channels last
  def winograd_conv(self: __torch__.M, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    b = torch.size(x, 0)
    c = torch.size(x, 1)
    h = torch.size(x, 2)
    w = torch.size(x, 3)
    k = torch.floordiv(torch.size(bias, 0), 16)
    rows = (self).winograd_rows(x)
    columns = (self).half(w)
    parts = torch.floordiv((self).half(h) + rows - 1, rows)
    d = torch.empty([b, 2 * rows * parts + 2, 2 * columns + 2, c], dtype=6)  # x with zeros around
    torch.zero_(torch.slice(d, 1, 0, 1))
    torch.zero_(torch.slice(d, 1, h + 1))
    torch.zero_(torch.slice(d, 2, 0, 1))
    torch.zero_(torch.slice(d, 2, w + 1))
    torch.copy_(torch.slice(torch.slice(d, 1, 1, h + 1), 2, 1, w + 1), torch.permute(x, [0, 2, 3, 1]))
    y = torch.empty([b, 2 * rows * parts, 2 * columns, k], dtype=6)
    for i in range(parts):
      top = 2 * rows * i
      v = torch.empty([b, rows, columns, 4, 4, c], dtype=6)
      (self).winograd_input(torch.slice(d, 1, top, top + 2 * rows + 2), v)
      m = (self).convolve((self).as_image(torch.reshape(v, [-1, 16 * c])), weight, bias, 1, 0, 16)
      m = torch.reshape(torch.permute(m, [0, 2, 3, 1]), [b, rows, columns, 4, 4, k])
      (self).winograd_output(m, torch.view(torch.slice(y, 1, top, top + 2 * rows), [b, rows, 2, columns, 2, k]))
    return torch.permute(torch.slice(torch.slice(y, 1, 0, h), 2, 0, w), [0, 3, 1, 2])

  # d (B, 2 h + 2, 2 w + 2, C) -> v (B, h, w, 4, 4, C), B^T d B of each square
  def winograd_input(self: __torch__.M, d: Tensor, v: Tensor) -> Tensor:
    h = torch.size(v, 1)
    rows = torch.empty([4, torch.size(d, 0), h, torch.size(d, 2), torch.size(d, 3)], dtype=6)
    (self).winograd_differences(d, 1, h, rows)
    return (self).winograd_differences(rows, 3, torch.size(v, 2), torch.permute(v, [4, 3, 0, 1, 2, 5]))

  # of d0 to d3, each second element from 0, 1, 2 and 3 on: d0 - d2, d1 + d2, d2 - d1, d1 - d3
  def winograd_differences(self: __torch__.M, d: Tensor, axis: int, n: int, out: Tensor) -> Tensor:
    d0 = torch.slice(d, axis, 0, 2 * n, 2)
    d1 = torch.slice(d, axis, 1, 2 * n + 1, 2)
    d2 = torch.slice(d, axis, 2, 2 * n + 2, 2)
    d3 = torch.slice(d, axis, 3, 2 * n + 2, 2)
    torch.sub(d0, d2, out=torch.select(out, 0, 0))
    torch.add(d1, d2, out=torch.select(out, 0, 1))
    torch.sub(d2, d1, out=torch.select(out, 0, 2))
    torch.sub(d1, d3, out=torch.select(out, 0, 3))
    return out

  # m (B, h, w, 4, 4, K) -> y (B, h, 2, w, 2, K), A^T m A
  def winograd_output(self: __torch__.M, m: Tensor, y: Tensor) -> Tensor:
    size = torch.size(m)
    rows = torch.empty([4, 2, size[0], size[1], size[2], size[5]], dtype=6)
    (self).winograd_sums(torch.permute(m, [3, 4, 0, 1, 2, 5]), torch.transpose(rows, 0, 1))
    return (self).winograd_sums(rows, torch.permute(y, [4, 2, 0, 1, 3, 5]))

  # m0 + m1 + m2, m1 - m2 - m3
  def winograd_sums(self: __torch__.M, m: Tensor, out: Tensor) -> Tensor:
    m1 = torch.select(m, 0, 1)
    m2 = torch.select(m, 0, 2)
    torch.add_(torch.add(m1, m2, out=torch.select(out, 0, 0)), torch.select(m, 0, 0))
    torch.sub_(torch.sub(m1, m2, out=torch.select(out, 0, 1)), torch.select(m, 0, 3))
    return out

  # ---- attention as convolutions of 1 x 1 in fp32, of some hundred rows of the scores at a time

  # q (B, T, H d), k and v (B, S, H d), the heads side by side -> (B, T, H d)
  def attention(self: __torch__.M, q: Tensor, k: Tensor, v: Tensor, heads: Tensor) -> Tensor:
    b = torch.size(q, 0)
    t = torch.size(q, 1)
    s = torch.size(k, 1)
    h = int(heads)
    d = torch.floordiv(torch.size(q, 2), h)
    r = ops.prim.max(1, torch.floordiv(2097152, s))
    qs = torch.mul(torch.transpose(torch.reshape(torch.to(q, 6), [b, t, h, d]), 1, 2), torch.div(1., torch.sqrt(d)))
    qs = torch.reshape(qs, [b * h, t, d])
    ks = torch.reshape(torch.transpose(torch.reshape(torch.to(k, 6), [b, s, h, d]), 1, 2), [b * h, s, d, 1, 1])
    vs = torch.reshape(torch.permute(torch.reshape(torch.to(v, 6), [b, s, h, d]), [0, 2, 3, 1]), [b * h, d, s, 1, 1])
    y = torch.empty_like(qs)
    for i in range(b * h):
      kw = (self).packed(torch.select(ks, 0, i), [1, d, r, 1], 1, 0, 1)
      vw = (self).packed(torch.select(vs, 0, i), [1, s, r, 1], 1, 0, 1)
      queries = torch.split(torch.select(qs, 0, i), r)
      results = torch.split(torch.select(y, 0, i), r)
      for j in range(torch.len(queries)):
        scores = (self).convolve((self).as_image(queries[j]), kw, None, 1, 0, 1)
        weights = torch.permute(torch.softmax(torch.permute(scores, [0, 2, 3, 1]), -1), [0, 3, 1, 2])
        seen = (self).convolve(weights, vw, None, 1, 0, 1)
        torch.copy_(results[j], torch.reshape(torch.permute(seen, [0, 2, 3, 1]), [-1, d]))
    y = torch.transpose(torch.reshape(y, [b, h, t, d]), 1, 2)
    return torch.to(torch.reshape(y, [b, t, h * d]), q.dtype)
