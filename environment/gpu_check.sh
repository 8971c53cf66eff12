#!/usr/bin/env bash
# Looks for a PyTorch and a GPU, compares the models with reference values on it, times them beside PyTorch, prints one table.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/gpu_check.sh [--cpu] [--quick] [--python PYTHON] [--parity DIR] [--out DIR] [--compute LIST] [--repeats N]

Finds a Python with PyTorch, sets the variables by which the engine takes that PyTorch's libraries, compares the models with
reference values, runs gift bench step, unet and generate in every precision, the same in eager PyTorch (environment/peer), and
prints one table. Without a GPU it says so and ends with 3, unless --cpu is given.

  --cpu            the small sizes on the CPU, with the engine that Maven brought
  --quick          small sizes on the GPU, too
  --python PYTHON  that has torch and, for the peer, transformers and diffusers (PEER_PYTHON, else python3)
  --parity DIR     folder of reference values (../shared/parity beside the clone; left out where it is absent)
  --out DIR        where reports and logs go (results/gpu_check)
  --compute LIST   precisions, by commas (on a GPU fp32,tf32,bf16,fp16; on a CPU fp32)
  --repeats N      timed calls of each kind (5)
  --help           this text

The engine's bridge is made for PyTorch 2.7.1 (pip install torch==2.7.1 --index-url https://download.pytorch.org/whl/cu128).
Another version is taken only if a bridge that was compiled for it, libdjl_torch.so, lies in its lib folder.
TEXT
}

cpu=no quick=no python="${PEER_PYTHON:-python3}" parity="$root/../shared/parity" out="$root/results/gpu_check" computes= repeats=5
while [ $# -gt 0 ]; do
    case "$1" in
        --cpu) cpu=yes ;;
        --quick) quick=yes ;;
        --python | --parity | --out | --compute | --repeats)
            [ $# -ge 2 ] || fail "$1 needs a value; see --help"
            case "$1" in
                --python) python="$2" ;;
                --parity) parity="$2" ;;
                --out) out="$2" ;;
                --compute) computes="$2" ;;
                --repeats) repeats="$2" ;;
            esac
            shift ;;
        -h | --help) usage; exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done
[[ "$repeats" =~ ^[1-9][0-9]*$ ]] || fail "--repeats $repeats must be a number of at least 1"
find_java
find_classpath
mkdir -p "$out"
rm -f "$out"/*.json "$out"/*.log

# version, folder of the package, version of CUDA or none, number of GPUs
torch="$("$python" -c '
import os, torch
print(torch.__version__.split("+")[0], os.path.dirname(torch.__file__), torch.version.cuda or "none", torch.cuda.device_count())' 2>/dev/null || true)"
if [ -z "$torch" ]; then
    say "no PyTorch in $python: the engine is Maven's for CPU, and nothing is timed beside it"
    version=none package=none cuda=none gpus=0
else
    read -r version package cuda gpus <<<"$torch"
    say "PyTorch $version in $package, CUDA $cuda, GPUs $gpus"
fi

device=cpu
if [ "$gpus" = 0 ]; then
    [ "$cpu" = yes ] || { say "no GPU that PyTorch sees: nothing measured. --cpu runs the small sizes on the CPU"; exit 3; }
elif [ "$cpu" = no ]; then
    device=gpu0
fi

# use_torch: the engine with the libraries of that PyTorch
use_torch() {
    local lib="$package/lib" cudart
    [ "$version" = 2.7.1 ] || [ -e "$lib/libdjl_torch.so" ] \
        || fail "PyTorch $version has no bridge to Java (libdjl_torch.so in $lib); take one of 2.7.1: --python"
    export PYTORCH_LIBRARY_PATH="$lib" PYTORCH_VERSION="$version" PYTORCH_FLAVOR="cu${cuda//./}"
    export PYTORCH_LIBRARY_EXCLUSION=libaoti_custom_ops.so,libbackend_with_compiler.so,libjitbackend_test.so,libshm.so,libtorchbind_test.so,libc10d_cuda_test.so
    # where DJL looks for the library that counts GPUs
    cudart="$(find -L "$package/../nvidia" /usr/local/cuda/lib64 -name 'libcudart.so*' -print -quit 2>/dev/null || true)"
    [ -z "$cudart" ] || GIFT_JAVA_OPTS="${GIFT_JAVA_OPTS:-} -Djna.library.path=$(dirname "$cudart")"
    export GIFT_JAVA_OPTS
}
[ "$device" = cpu ] || use_torch

sizes_step=(--batch 64) sizes_unet=(--batch 8) sizes_generate=(--batch 8)
if [ "$device" = cpu ] || [ "$quick" = yes ]; then
    sizes_step=(--batch 4) sizes_unet=(--size 32) sizes_generate=(--size 64 --sampling-steps 4)
fi
[ -n "$computes" ] || computes="$([ "$device" = cpu ] && echo fp32 || echo fp32,tf32,bf16,fp16)"

# measure NAME COMMAND...: one line that says how it went; its output is kept
measure() {
    local name="$1" begin=$SECONDS
    shift
    if "$@" >"$out/$name.log" 2>&1; then
        say "  $name: done in $((SECONDS - begin)) s"
    else
        say "  $name: not measured, $(grep -v '^$' "$out/$name.log" | tail -n 1)"
    fi
}

# in_tf32 no|yes: whether products and convolutions of fp32 may be rounded to TF32
in_tf32() {
    unset NVIDIA_TF32_OVERRIDE TORCH_ALLOW_TF32_CUBLAS_OVERRIDE
    if [ "$1" = yes ]; then export TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1; else export NVIDIA_TF32_OVERRIDE=0; fi
}

in_tf32 no
if [ -d "$parity" ]; then
    measure parity "$root/environment/gift" parity "$parity" --device "$device"
    tail -n 1 "$out/parity.log"
else
    say "  parity: left out, no folder $parity"
fi
timing=(--repeats "$repeats" --warmup 2 --device "$device")
for compute in ${computes//,/ }; do
    in_tf32 "$([ "$compute" = tf32 ] && echo yes || echo no)"
    own="$compute"
    [ "$compute" != tf32 ] || own=fp32 # frozen models are stored in fp32; the variable does the rest
    gift="$root/environment/gift" peer="$root/environment/peer/run.sh"
    measure "gift-step-$compute" "$gift" bench step "${sizes_step[@]}" --compute "$compute" "${timing[@]}" --json "$out/gift-step-$compute.json"
    measure "gift-unet-$compute" "$gift" bench unet "${sizes_unet[@]}" --compute "$own" "${timing[@]}" --json "$out/gift-unet-$compute.json"
    measure "gift-generate-$compute" "$gift" bench generate "${sizes_generate[@]}" --compute "$own" "${timing[@]}" --json "$out/gift-generate-$compute.json"
    [ "$version" != none ] || continue
    export PEER_PYTHON="$python"
    measure "peer-step-$compute" "$peer" step.py "${sizes_step[@]}" --compute "$compute" "${timing[@]}" --json "$out/peer-step-$compute.json"
    measure "peer-generate-$compute" "$peer" generate.py "${sizes_generate[@]}" --compute "$compute" "${timing[@]}" --json "$out/peer-generate-$compute.json"
done
if [ "$version" = none ]; then
    say "reports in $out"
else
    "$python" "$root/environment/peer/table.py" "$out" | tee "$out/table.md"
fi
