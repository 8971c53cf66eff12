#!/usr/bin/env bash
# A Slurm cluster of two nodes on this machine, and the project's units through it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

usage() {
    cat <<'TEXT'
usage: environment/cluster/slurm.sh [--no-install] [--one DIR]

Starts Slurm with two pretended nodes on this machine (as root, Debian or Ubuntu; the packages slurmctld, slurmd, slurm-client
and munge are installed where they are missing), and gives it, by gift submit, a study of six runs and a generation in four
parts. One task is asked to end by TERM and goes on when it is queued again; one node is killed while it works. Then every
result file must equal, bit for bit, that of one process, and the records must tell what happened. Slurm is stopped at the end.
About a minute on two cores.

  --no-install  install nothing
  --one DIR     take what one process makes from there, or keep it there

Ends with 0 if all is equal, 1 if not, 77 where Slurm cannot be installed.
TEXT
}
options "$@"
need_slurm
begin slurm
start_slurm
say "two nodes are up after $SECONDS s"
one_process

work "$D/many"
begin=$SECONDS
cd "$D/many"
submit() {
    "$gift" submit "$1" --to slurm --results results --device cpu --gpus 1 --cpus 1 --no-estimate "${@:2}" >"$D/submit.log" 2>&1 \
        || { cat "$D/submit.log"; exit 1; }
    sed -n 's/^array \([0-9]*\), collecting \([0-9]*\);.*/\1 \2/p' "$D/submit.log"
}
read -r study study_collect <<<"$(submit study.json)"
read -r images images_collect <<<"$(submit plan.json --pack 2)"
say "submitted: arrays $study and $images"

# on_n2: whether n2 has begun a unit and not ended it
on_n2() { grep -qs '"host":"n2"[^{]*"started":"[^"]*"}\]' results/runs/.units/cluster-*/000/*.started.json; }
# TERM for task 0 once it has a checkpoint
for _ in $(seq 3000); do compgen -G "results/runs/cluster/*/1/checkpoint.safetensors" >/dev/null && break; sleep 0.1; done
timeout 5 scancel --batch --signal=TERM "${study}_0" || true # it asks again until the task has been queued again
say "TERM for task 0"
# and one node goes away with what runs on it, as at a power failure: first what would tell Slurm
for _ in $(seq 3000); do on_n2 && break; sleep 0.1; done
steps=() tasks=()
for process in /proc/[0-9]*; do
    if { tr '\0' '\n' <"$process/environ"; } 2>/dev/null | grep -cx -e 'SLURMD_NODENAME=n2' -e "SLURM_CONF=$SLURM_CONF" | grep -qx 2; then
        tasks+=("${process#/proc/}")
        parent="$(sed -n 's/^PPid:\t//p' "$process/status" 2>/dev/null || true)"
        [ "$(cat "/proc/${parent:-0}/comm" 2>/dev/null)" != slurmstepd ] || steps+=("$parent")
    fi
done
kill -9 "$n2" "${steps[@]+"${steps[@]}"}" "${tasks[@]+"${tasks[@]}"}" 2>/dev/null || true
say "node n2 is killed"

for _ in $(seq 3000); do
    [ -n "$(squeue -h -j "$study_collect,$images_collect" 2>/dev/null)" ] || break
    sleep 0.5
done
[ -z "$(squeue -h 2>/dev/null)" ] || { squeue; keep=yes; fail "not at its end; logs in $D"; }
say "Slurm: $((SECONDS - begin)) s"

code=0
compare || code=1
for state in stopped started; do
    grep -q ",$state," results/runs/.units/cluster-*/units.csv || { say "no attempt is $state in the records"; code=1; }
done
[ $code = 0 ] || { keep=yes; say "not equal; everything is in $D"; }
exit $code
