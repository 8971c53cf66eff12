#!/usr/bin/env bash
# Looks for a PyTorch and a GPU, compares the models with reference values on it, times them beside PyTorch, prints one table.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/gpu_check.sh [--cpu] [--quick] [--engine python|maven] [--python PYTHON] [--parity DIR] [--out DIR]
                                [--compute LIST] [--repeats N]

Finds a Python with PyTorch, sets the variables by which the engine takes that PyTorch's libraries, compares the models with
reference values, runs gift bench step, unet and generate in every precision, step and generate in eager PyTorch as well
(environment/peer), and prints one table. Without a GPU it says so and ends with 3, unless --cpu is given.

  --cpu            the small sizes on the CPU
  --quick          the small sizes on the GPU
  --engine WHICH   python: the libraries of that Python's PyTorch (on a GPU always); maven: those that Maven brought, which are
                   for CPUs (with --cpu, unless python is asked for)
  --python PYTHON  that has torch and, for the peer, transformers, pillow and perhaps diffusers (PEER_PYTHON, else python3)
  --parity DIR     folder of reference values (../shared/parity beside the clone; left out where it is absent)
  --out DIR        where reports, logs and the table go (results/gpu_check); those of an earlier call are replaced
  --compute LIST   precisions, by commas (on a GPU fp32,tf32,bf16,fp16; on a CPU fp32)
  --repeats N      timed calls of each kind (5)
  --help           this text

The engine's bridge to Java is made for PyTorch 2.7.1 and CUDA 12.8 (pip install torch==2.7.1 --index-url
https://download.pytorch.org/whl/cu128). Another PyTorch is taken only if a bridge that was compiled for it, libdjl_torch.so,
lies in its lib folder.
TEXT
}

cpu=no quick=no engine= python= parity="$root/../shared/parity" out="$root/results/gpu_check" computes= repeats=5
while [ $# -gt 0 ]; do
    case "$1" in
        --cpu) cpu=yes ;;
        --quick) quick=yes ;;
        --engine | --python | --parity | --out | --compute | --repeats)
            [ $# -ge 2 ] || fail "$1 needs a value; see --help"
            case "$1" in
                --engine) engine="$2" ;;
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
[[ "$engine" =~ ^(python|maven)?$ ]] || fail "--engine $engine must be python or maven"
[[ "$computes" =~ ^(((fp32|tf32|bf16|fp16)(,|$))+)?$ ]] || fail "--compute $computes must be of fp32, tf32, bf16, fp16, by commas"
find_java
find_classpath

# version, folder of the package, version of CUDA or none, number of GPUs
asked="${python:-${PEER_PYTHON:-}}"
python="${asked:-python3}"
torch="$("$python" -c '
import os, torch
version, cuda, gpus = torch.__version__.split("+")[0], torch.version.cuda or "none", torch.cuda.device_count()
print(version, cuda, gpus, os.path.dirname(torch.__file__))' 2>/dev/null || true)"
if [ -n "$torch" ]; then
    read -r version cuda gpus package <<<"$torch"
    built="for CUDA $cuda"
    [ "$cuda" != none ] || built="for CPUs"
    say "PyTorch $version of $python in $package: built $built, $gpus GPUs"
else
    [ -z "$asked" ] || fail "$python has no PyTorch; --python or PEER_PYTHON names one that has"
    [ "$engine" != python ] || fail "--engine python: $python has no PyTorch; --python names one that has"
    say "no PyTorch in $python: nothing is timed beside gift"
    version=none package=none cuda=none gpus=0
fi

device=gpu0
if [ "$cpu" = yes ]; then
    device=cpu engine="${engine:-maven}"
elif [ "$gpus" = 0 ]; then
    say "no GPU that PyTorch sees: nothing measured. --cpu runs the small sizes on the CPU"
    exit 3
elif [ "$engine" = maven ]; then
    fail "--engine maven: Maven's engine is for CPUs; leave it out, or add --cpu"
fi
[ "$device" != cpu ] || [[ "$computes" != *tf32* ]] || fail "--compute tf32 is for GPUs"

# use_torch: the engine with the libraries of that PyTorch
use_torch() {
    local lib="$package/lib" cudart flavour="cu${cuda//./}"
    [ "$cuda" != none ] || flavour=cpu
    [ -e "$lib/libdjl_torch.so" ] || [[ "$version $flavour" =~ ^2\.7\.1\ (cpu|cu128)$ ]] \
        || fail "PyTorch $version, $flavour, has no bridge to Java (libdjl_torch.so in $lib);" \
            "one is there for 2.7.1, cu128: name a Python that has this by --python"
    export PYTORCH_LIBRARY_PATH="$lib" PYTORCH_VERSION="$version" PYTORCH_FLAVOR="$flavour"
    PYTORCH_LIBRARY_EXCLUSION=libaoti_custom_ops.so,libbackend_with_compiler.so,libjitbackend_test.so,libshm.so
    export PYTORCH_LIBRARY_EXCLUSION="$PYTORCH_LIBRARY_EXCLUSION,libtorchbind_test.so,libc10d_cuda_test.so"
    [ "$cuda" != none ] || return 0
    # where DJL looks for the library that counts GPUs
    cudart="$(find -L "$package/../nvidia" /usr/local/cuda/lib64 -name 'libcudart.so*' -print -quit 2>/dev/null || true)"
    [ -z "$cudart" ] || GIFT_JAVA_OPTS="${GIFT_JAVA_OPTS:-} -Djna.library.path=$(dirname "$cudart")"
    export GIFT_JAVA_OPTS
}
if [ "$engine" = maven ]; then
    unset PYTORCH_LIBRARY_PATH PYTORCH_VERSION PYTORCH_FLAVOR PYTORCH_LIBRARY_EXCLUSION
    say "engine: Maven's, on the CPU"
else
    use_torch
    say "engine: that PyTorch's libraries, on $device"
fi

sizes_step=(--batch 64) sizes_unet=(--batch 8) sizes_generate=(--batch 8) warmup=2
if [ "$device" = cpu ] || [ "$quick" = yes ]; then
    sizes_step=(--batch 4) sizes_unet=(--size 32) sizes_generate=(--size 64 --sampling-steps 4) warmup=1
fi
[ -n "$computes" ] || computes="$([ "$device" = cpu ] && echo fp32 || echo fp32,tf32,bf16,fp16)"
mkdir -p "$out"
rm -f "$out"/{gift,peer}-*.json "$out"/{gift,peer}-*.log "$out"/{doctor,parity}.log "$out/table.md"

# reason LOG: the line of a log that says why a command failed
reason() {
    local line=
    local first='^((gift|run\.sh|generate\.py): |([a-z]+\.)+[A-Z][A-Za-z]*(Exception|Error))'
    grep -q '^Traceback' "$1" || line="$(grep -m 1 -E "$first" "$1" || true)"
    [ -n "$line" ] || line="$(grep -v '^[[:space:]]*$' "$1" | tail -n 1 || true)"
    printf '%.300s' "${line:-nothing printed}"
}

# measure NAME COMMAND...: one line that says how it went; its output is kept
measure() {
    local name="$1" begin=$SECONDS code=0
    shift
    "$@" >"$out/$name.log" 2>&1 || code=$?
    if [ $code = 0 ]; then
        say "  $name: done in $((SECONDS - begin)) s"
    else
        say "  $name: not measured (exit code $code): $(reason "$out/$name.log")"
    fi
}

# bench WHO COMMAND NAME COMPUTE ARGUMENT...: measures one in a precision, its report in a file
bench() {
    local who="$1" command=("$2") name="$3" in="$4"
    shift 4
    [ "$who" = peer ] || command+=(bench)
    measure "$who-$name-$compute" "${command[@]}" "$@" --compute "$in" --device "$device" \
        --repeats "$repeats" --warmup "$warmup" --json "$out/$who-$name-$compute.json"
}

# in_tf32 no|yes: whether products and convolutions of fp32 may be rounded to TF32
in_tf32() {
    unset NVIDIA_TF32_OVERRIDE TORCH_ALLOW_TF32_CUBLAS_OVERRIDE
    if [ "$1" = yes ]; then export TORCH_ALLOW_TF32_CUBLAS_OVERRIDE=1; else export NVIDIA_TF32_OVERRIDE=0; fi
}

gift="$root/environment/gift" peer="$root/environment/peer/run.sh"
in_tf32 no

# what the doctor finds of the engine; without an engine nothing else can run
doctor="$out/doctor.log"
"$gift" doctor "$root/data/studies/mini_quick.json" --quick --no-estimate --device "$device" >"$doctor" 2>&1 || true
grep -qE '^sound +engine: ' "$doctor" \
    || fail "the engine does not start on $device: $(grep -m 1 -oP '^fault *engine: \K.*' "$doctor" || reason "$doctor")"
grep -E '^(sound|warning) +(engine|arithmetic): ' "$doctor" | sed -E 's/^(sound|warning) +/  /'

if [ -d "$parity" ]; then
    begin=$SECONDS code=0
    "$gift" parity "$parity" --device "$device" >"$out/parity.log" 2>&1 || code=$?
    if [ $code -le 1 ] && tail -n 1 "$out/parity.log" | grep -q '^[0-9]* cases'; then
        say "  parity: $(tail -n 1 "$out/parity.log"), in $((SECONDS - begin)) s"
        grep -E '^(FAIL|skip)' "$out/parity.log" | sed 's/^/    /' || true
    else
        say "  parity: not compared (exit code $code): $(reason "$out/parity.log")"
    fi
else
    say "  parity: left out, no folder $parity"
fi
export PEER_PYTHON="$python"
for compute in ${computes//,/ }; do
    in_tf32 "$([ "$compute" = tf32 ] && echo yes || echo no)"
    own="$compute"
    [ "$compute" != tf32 ] || own=fp32 # frozen models are stored in fp32; the variable does the rest
    bench gift "$gift" step "$compute" step "${sizes_step[@]}"
    bench gift "$gift" unet "$own" unet "${sizes_unet[@]}"
    bench gift "$gift" generate "$own" generate "${sizes_generate[@]}"
    [ "$version" != none ] || continue
    bench peer "$peer" step "$compute" step.py "${sizes_step[@]}"
    bench peer "$peer" generate "$compute" generate.py "${sizes_generate[@]}"
done
if command -v "$python" >/dev/null; then
    say ""
    "$python" "$root/environment/peer/table.py" "$out" | tee "$out/table.md"
fi
say "reports and logs in $out"
