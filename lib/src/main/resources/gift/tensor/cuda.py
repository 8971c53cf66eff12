# What libtorch for CPUs cannot load: a question to CUDA.
class M(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # as many elements as there are GPUs
  def devices(self: __torch__.M, x: Tensor) -> Tensor:
    return torch.zeros([ops.cuda.device_count()], dtype=6)
