#!/usr/bin/env bash
# What it costs to cut a study into units: the same 20 runs by one process, by workers, through Slurm and through Spark.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

usage() {
    cat <<'TEXT'
usage: environment/cluster/overhead.sh [--pack K] [--no-install] [WAY...]

Times a study of 20 runs (5 methods, 4 seeds, two tasks of the mini world) on this machine, and compares all files with those
of one process. WAY: one, workers (gift study, two processes), slurm, spark (each two nodes of one core); default: all of them,
those left out that cannot be had. `one` is always done first. Nothing else should run on the machine.

  --pack K      units of a task of Slurm and Spark (default 1)
TEXT
}
ways=() others=() pack=1
while [ $# -gt 0 ]; do
    case "$1" in
        one | workers | slurm | spark) ways+=("$1") ;;
        --pack) pack="${2:?a number}"; shift ;;
        *) others+=("$1") ;;
    esac
    shift
done
options "${others[@]+"${others[@]}"}"
[ ${#ways[@]} -gt 0 ] || ways=(workers slurm spark)
begin overhead

study() {
    mkdir -p "$1"
    cat >"$1/study.json" <<JSON
{"name": "cluster", "model": "$root/data/mini/clip", "data": "mini", "tasks": ["pets", "land"], "seeds": [1, 2, 3, 4],
 "references": {"synthetic": {"set": "generic", "pictures": 64}, "real": {"set": "generic", "pictures": 64}},
 "methods": {"finetune": {}, "lwf": {}, "wise_ft": {}, "zscl": {}, "gift": {}},
 "training": {"iterations": 30, "batch_size": 16, "reference_batch_size": 16, "warmup": 5}, "test_pictures": 100}
JSON
    cat >"$1/job.json" <<'JSON'
{"name": "cluster", "about": "20 runs", "sizes": {"default": [{"study": "study.json"}]}}
JSON
    cd "$1"
}

# timed WAY COMMAND...: does it, says how long it took, and compares what it left
timed() {
    local way="$1" start end
    study "$D/$way"
    start=$(date +%s%N)
    "${@:2}" >"$D/$way.log" 2>&1 || { tail -n 20 "$D/$way.log"; keep=yes; fail "$way failed; everything is in $D"; }
    end=$(date +%s%N)
    diff -rq -x provenance.json -x .lock "$D/one/results/runs/cluster" results/runs/cluster || { keep=yes; fail "$way is not equal: $D"; }
    awk -v way="$way" -v t=$(((end - start) / 1000000)) 'BEGIN { printf "%-8s %6.1f s\n", way, t / 1000 }'
}

through_slurm() {
    "$gift" submit study.json --to slurm --results results --device cpu --gpus 0 --cpus 1 --no-estimate --pack "$pack"
    while [ -n "$(squeue -h)" ]; do sleep 0.2; done
}

timed one "$gift" run study.json --results results/runs --device cpu
for way in "${ways[@]}"; do
    case "$way" in
        workers) timed workers "$gift" study job.json --results results --processes 2 ;;
        slurm)
            if (need_slurm); then
                start_slurm
                timed slurm through_slurm
            fi
            ;;
        spark)
            if (need_spark); then
                need_spark
                start_spark
                timed spark "$gift" submit study.json --to "$master" --results results --device cpu --gpus 0 --cpus 1 --memory 512 \
                    --pack "$pack"
            fi
            ;;
    esac
done
say "load of the machine at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
