# Products of matrices by oneDNN, for Products; not every build of libtorch has this operator.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # columns a to b; those of a row-major matrix are copied, for the operator is slow with weights that have gaps
  def piece(self: __torch__.M, w: Tensor, a: int, b: int) -> Tensor:
    p = torch.slice(w, 1, a, b)
    if torch.stride(w, 1) == 1:
      p = torch.contiguous(p)
    return p

  # x (..., K), w (N, K) -> x w^T (..., N): the sum over K in pieces, each added to those before it: two halves of more than 192
  # and less than 384 terms, else 192 at a time
  def product(self: __torch__.M, x: Tensor, w: Tensor) -> Tensor:
    none = annotate(List[Optional[number]], [])
    k = torch.size(w, 1)
    if k <= 192:
      y = ops.mkldnn._linear_pointwise(x, w, None, "none", none, "")
    else:
      p = 192
      if k < 384:
        p = torch.floordiv(k, 2)
      y = ops.mkldnn._linear_pointwise(torch.slice(x, -1, 0, p), (self).piece(w, 0, p), None, "none", none, "")
      for i in range(torch.floordiv(k - p + 191, 192)):
        a = p + i * 192
        y = ops.mkldnn._linear_pointwise(torch.slice(x, -1, a, a + 192), y, (self).piece(w, a, a + 192), None, "add")
    return y

  # x (..., K), w (N, K), b (N) -> x w^T + b (..., N)
  def linear(self: __torch__.M, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.add_((self).product(x, w), b)
