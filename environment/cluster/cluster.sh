# Shared by the scripts of this folder; sourced, never run: a cluster on this machine in the folder $D, the work for it, and the
# comparison with one process.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

gift="$root/environment/gift"
daemons=()
keep=no # yes leaves $D

skip() { say "skipped: $*"; exit 77; }

# options ARGUMENT...: --no-install, --one DIR
options() {
    one=
    while [ $# -gt 0 ]; do
        case "$1" in
            --no-install) install_missing=no ;;
            --one)
                [ $# -ge 2 ] || fail "--one needs a folder"
                one="$2"
                shift
                ;;
            -h | --help) usage; exit ;;
            *) fail "unknown option $1; see --help" ;;
        esac
        shift
    done
}

# begin NAME: makes $D; what is in it and what `daemons` names goes away with this script.
begin() {
    D="$(mktemp -d "${TMPDIR:-/tmp}/gift-$1.XXXXXX")"
    chmod 755 "$D"
    : "${one:=$D/one}"
    trap stop_all EXIT
    # one thread: results are equal for one number of threads
    export OMP_NUM_THREADS=1 GIFT_WORKERS=1
}

stop_all() {
    local process
    for process in "${daemons[@]+"${daemons[@]}"}"; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    [ "$keep" = yes ] || rm -rf "$D"
}

# wait_for TENTHS COMMAND...: until it succeeds; fails after so many tenths of a second.
wait_for() {
    local left="$1"
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.1
    done
}

# children PROCESS: the processes that it started
children() {
    local status
    for status in /proc/[0-9]*/status; do
        { grep -qx "PPid:[[:space:]]*$1" "$status" && basename "$(dirname "$status")"; } 2>/dev/null || true
    done
}

# ---- the work: a study of six runs and a generation of eight batches

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

# one_process: does the work in $one by one process, unless it is done; another script that does it there is waited for
one_process() {
    local begin=$SECONDS
    mkdir -p "$one"
    exec 8>"$one/lock"
    flock 8
    [ ! -e "$one/done" ] || { exec 8>&-; return 0; }
    work "$one"
    (cd "$one" && "$gift" run study.json --results results/runs --device cpu && "$gift" generate plan.json) >"$one/log" 2>&1 \
        || { cat "$one/log"; exit 1; }
    touch "$one/done"
    exec 8>&-
    say "one process: $((SECONDS - begin)) s"
}

# compare: whether the files made here are those of one process; prints who did what
compare() {
    local equal=0
    "$gift" status study.json --results results --device cpu
    "$gift" status plan.json --results results --device cpu
    local not=(-x provenance.json -x .lock -x checkpoint.safetensors)
    diff -rq "${not[@]}" "$one/results/runs/cluster" results/runs/cluster || equal=1
    diff -rq "${not[@]}" "$one/results/set" results/set || equal=1
    [ $equal != 0 ] || say "equal: $(find results/runs/cluster results/set -type f ! -name provenance.json ! -name .lock | wc -l) files"
    cut -d, -f1-5,7 results/runs/.units/cluster-*/units.csv || equal=1
    cut -d, -f1-5,7 results/.units/set-*/units.csv || equal=1
    awk -F, 'FNR == 1 { next } $4 == "done" { done[FILENAME]++; if (++of[FILENAME, $1] > 1) twice++ } $4 != "done" { other++ }
        END { for (f in done) n = n " " done[f]; print "done:" n "; attempts that ended otherwise: " other + 0
            print "done twice: " twice + 0; exit twice > 0 }' \
        results/runs/.units/cluster-*/units.csv results/.units/set-*/units.csv || equal=1
    return $equal
}

# ---- Slurm, with two pretended nodes

need_slurm() {
    [ "$(id -u)" = 0 ] || skip "Slurm on one machine is started as root"
    local program missing=no
    for program in slurmctld slurmd sbatch munged; do command -v "$program" >/dev/null || missing=yes; done
    [ $missing = no ] || (install slurmctld slurmd slurm-client munge) || skip "Slurm cannot be installed"
}

# start_slurm: the daemons; sets n2, the process of the second node
start_slurm() {
    export SLURM_CONF="$D/slurm.conf"
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
    for _ in $(seq 100); do [ -S "$D/munge/socket" ] && break; sleep 0.1; done
    slurmctld -D >/dev/null 2>&1 &
    daemons+=($!)
    slurmd -D -N n1 >/dev/null 2>&1 &
    local n1=$!
    slurmd -D -N n2 >/dev/null 2>&1 &
    n2=$!
    daemons+=("$n1" "$n2")
    for _ in $(seq 300); do
        [ "$(sinfo -h -o '%D %t' 2>/dev/null)" = "2 idle" ] && break
        sleep 0.2
    done
    [ "$(sinfo -h -o '%D %t' 2>/dev/null)" = "2 idle" ] || { keep=yes; fail "the nodes do not come up; logs in $D"; }
}

# ---- Spark, with a master and two workers

need_spark() {
    local built="$root/environment/spark/target"
    find_java
    if [ ! -e "$built/gift-spark.jar" ] || [ ! -d "$built/home/jars" ]; then
        [ "$install_missing" = yes ] || skip "environment/spark is not built: mvn -q -Pspark -pl environment/spark package"
        command -v mvn >/dev/null || skip "no Maven to take Spark's jars with"
        say "building environment/spark; Maven takes Spark's jars, 100 MB, where it has not got them"
        maven -q -Pspark -pl environment/spark package || skip "environment/spark cannot be built"
    fi
    export SPARK_HOME="$built/home" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
}

# spark_daemon LOG CLASS ARGUMENT...: starts one
spark_daemon() {
    "$java" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dspark.master.rest.enabled=false -cp "$SPARK_HOME/jars/*" "$2" --properties-file "$D/daemons.conf" "${@:3}" \
        >"$D/$1.log" 2>&1 &
    daemons+=($!)
}

spark_is_up() { [ "$(grep -c 'Registering worker' "$D/master.log")" = 2 ]; } 2>/dev/null

# start_spark: the daemons, with a secret; sets w1 and w2, the processes of the workers, and master, its address
start_spark() {
    local i
    mkdir -p "$D/conf"
    (umask 077 && head -c 24 /dev/urandom | base64 >"$D/secret" \
        && printf 'spark.authenticate true\nspark.authenticate.secret %s\n' "$(cat "$D/secret")" >"$D/daemons.conf")
    printf '%s\n' 'spark.ui.enabled false' 'spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC' \
        >"$D/conf/spark-defaults.conf"
    export GIFT_SPARK_SECRET_FILE="$D/secret" SPARK_CONF_DIR="$D/conf"
    master=spark://127.0.0.1:17077
    spark_daemon master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 17077 --webui-port 18080
    wait_for 1200 grep -qs 'Starting Spark master' "$D/master.log" || { keep=yes; fail "Spark's master does not come up; logs in $D"; }
    for i in 1 2; do
        spark_daemon "worker$i" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --port "1708$i" --webui-port "1808$i" \
            --cores 1 --memory 2g --work-dir "$D/work$i" "$master"
        eval "w$i=$!"
    done
    wait_for 1200 spark_is_up || { keep=yes; fail "the workers do not come up; logs in $D"; }
}
