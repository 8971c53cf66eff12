#!/usr/bin/env bash
# A Slurm cluster of two nodes on this machine, and the project's units through it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

usage() {
    cat <<'TEXT'
usage: environment/cluster/slurm.sh

Starts Slurm with two pretended nodes on this machine (as root, Debian or Ubuntu; the packages slurmctld, slurmd, slurm-client
and munge are installed where they are missing), and gives it, by gift submit, a study of six runs and a generation in four
parts. One task is asked to end by TERM and goes on when it is queued again; one node is killed while it works. Then every
result file must equal, bit for bit, that of one process, and the records must tell what happened. Slurm is stopped at the end.
About a minute on two cores.

Ends with 0 if all is equal, 1 if not, 77 where Slurm cannot be installed.
TEXT
}
[ $# -eq 0 ] || { usage; [ "$1" = -h ] || [ "$1" = --help ] || fail "no options; see above"; exit; }

skip() { say "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "Slurm on one machine is started as root"
command -v apt-get >/dev/null || command -v slurmctld >/dev/null || skip "no slurmctld, and no apt-get to install it"
command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v sbatch >/dev/null && command -v munged >/dev/null \
    || (install slurmctld slurmd slurm-client munge) || skip "Slurm cannot be installed"

gift="$root/environment/gift"
D="$(mktemp -d "${TMPDIR:-/tmp}/gift-slurm.XXXXXX")"
chmod 755 "$D"
export SLURM_CONF="$D/slurm.conf"
daemons=()
stop_all() {
    local process
    for process in "${daemons[@]+"${daemons[@]}"}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    [ "${keep:-no}" = yes ] || rm -rf "$D"
}
trap stop_all EXIT

# ---- the cluster

mkdir -p "$D/munge" "$D/state" "$D/spool-n1" "$D/spool-n2"
head -c 1024 /dev/urandom >"$D/munge/key"
chmod 600 "$D/munge/key"
chown -R munge "$D/munge"
cat >"$D/slurm.conf" <<CONF
ClusterName=gift
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$D/munge/socket,cred_expire=5
SlurmctldPort=16817
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=5
SlurmdTimeout=10
GresTypes=gpu
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool-%n
SlurmdPidFile=$D/slurmd-%n.pid
SlurmctldPidFile=$D/slurmctld.pid
SlurmdLogFile=$D/slurmd-%n.log
SlurmctldLogFile=$D/slurmctld.log
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=16821 CPUs=1 RealMemory=8000 Gres=gpu:1
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=16822 CPUs=1 RealMemory=8000 Gres=gpu:1
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
cat >"$D/gres.conf" <<'CONF'
NodeName=n1 Name=gpu File=/dev/tty1
NodeName=n2 Name=gpu File=/dev/tty2
CONF

runuser -u munge -- munged --foreground --key-file="$D/munge/key" --socket="$D/munge/socket" --pid-file="$D/munge/pid" \
    --log-file="$D/munge/log" --seed-file="$D/munge/seed" >/dev/null 2>&1 &
daemons+=($!)
for _ in $(seq 50); do [ -S "$D/munge/socket" ] && break; sleep 0.1; done
slurmctld -D >/dev/null 2>&1 &
daemons+=($!)
slurmd -D -N n1 >/dev/null 2>&1 &
n1=$!
slurmd -D -N n2 >/dev/null 2>&1 &
n2=$!
daemons+=("$n1" "$n2")
for _ in $(seq 150); do
    [ "$(sinfo -h -o '%D %t' 2>/dev/null)" = "2 idle" ] && break
    sleep 0.2
done
[ "$(sinfo -h -o '%D %t' 2>/dev/null)" = "2 idle" ] || { keep=yes; fail "the nodes do not come up; logs in $D"; }
say "two nodes are up after $SECONDS s"

# ---- the work: a study of six runs and a generation of eight batches, once by one process, once through Slurm

# work FOLDER: writes the files
work() {
    mkdir -p "$1"
    cat >"$1/study.json" <<JSON
{"name": "cluster", "model": "$root/data/mini/clip", "data": "mini", "tasks": ["pets", "land"], "seeds": [1, 2],
 "references": {"synthetic": {"set": "generic", "pictures": 32}}, "methods": {"finetune": {}, "wise_ft": {}, "gift": {}},
 "training": {"iterations": 24, "batch_size": 4, "reference_batch_size": 4, "warmup": 2, "checkpoint_every": 4}, "test_pictures": 20,
 "keep_weights": "last"}
JSON
    cat >"$1/plan.json" <<JSON
{"model": "$root/data/mini/stable-diffusion", "data": "mini", "generic": "generic", "tasks": ["pets", "land"], "images": 32,
 "sampling": {"steps": 5, "guidance": 1, "width": 32, "height": 32, "batch": 8}, "output": "results/set", "device": "cpu"}
JSON
}
work "$D/one"
work "$D/many"
export OMP_NUM_THREADS=1 GIFT_WORKERS=1
say "one process"
begin=$SECONDS
(cd "$D/one" && "$gift" run study.json --results results/runs --device cpu && "$gift" generate plan.json) >"$D/one.log" 2>&1 \
    || { cat "$D/one.log"; exit 1; }
say "one process: $((SECONDS - begin)) s"

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
for _ in $(seq 600); do compgen -G "results/runs/cluster/*/1/checkpoint.safetensors" >/dev/null && break; sleep 0.1; done
timeout 5 scancel --batch --signal=TERM "${study}_0" || true # it asks again until the task has been queued again
say "TERM for task 0"
# and one node goes away with what runs on it, as at a power failure: first what would tell Slurm
for _ in $(seq 900); do on_n2 && break; sleep 0.1; done
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

for _ in $(seq 600); do
    [ -n "$(squeue -h -j "$study_collect,$images_collect" 2>/dev/null)" ] || break
    sleep 0.5
done
[ -z "$(squeue -h 2>/dev/null)" ] || { squeue; keep=yes; fail "not at its end; logs in $D"; }
say "Slurm: $((SECONDS - begin)) s"

# ---- what came of it

code=0
"$gift" status study.json --results results --device cpu
"$gift" status plan.json --results results --device cpu
find . ../one \( -name provenance.json -o -name .lock -o -name checkpoint.safetensors \) -delete
diff -rq "$D/one/results/runs/cluster" "$D/many/results/runs/cluster" || code=1
diff -rq "$D/one/results/set" "$D/many/results/set" || code=1
[ $code != 0 ] || say "equal: $(find results/runs/cluster results/set -type f | wc -l) files"
cut -d, -f1-5,7 results/runs/.units/cluster-*/units.csv || code=1
cut -d, -f1-5,7 results/.units/set-*/units.csv || code=1
for state in stopped started; do
    grep -q ",$state," results/runs/.units/cluster-*/units.csv || { say "no attempt is $state in the records"; code=1; }
done
awk -F, 'FNR == 1 { next } $4 == "done" { done[FILENAME]++ } $4 != "done" { other++ }
    END { for (f in done) n = n " " done[f]; print "done:" n "; attempts that ended otherwise: " other + 0 }' \
    results/runs/.units/cluster-*/units.csv results/.units/set-*/units.csv
[ $code = 0 ] || { keep=yes; say "not equal; everything is in $D"; }
exit $code
