#!/usr/bin/env bash
# A Spark cluster of a master and two workers on this machine, and the project's units through it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

usage() {
    cat <<'TEXT'
usage: environment/cluster/spark.sh [--no-install] [--one DIR]

Starts Spark with two workers on this machine, from the jars that Maven takes (100 MB, once), with a secret, and gives it, by
gift submit, a generation in four parts and a study of six runs. An executor is killed while it works, then the driver; two
submissions of the study at once go on from there. Then every result file must equal, bit for bit, that of one process, and the
records must tell what happened. Spark is stopped at the end. About a minute on two cores.

  --no-install  build nothing and download nothing
  --one DIR     take what one process makes from there, or keep it there

Ends with 0 if all is equal, 1 if not, 77 where Spark cannot be had.
TEXT
}
options "$@"
need_spark
begin spark
start_spark
say "master and two workers are up after $SECONDS s"
one_process

work "$D/many"
begin=$SECONDS
cd "$D/many"
# submit FILE OPTION...: in place of the shell that calls it, so that the shell's number is its own
submit() { exec "$gift" submit "$1" --to "$master" --results results --device cpu --gpus 0 --cpus 1 --memory 512 --pack 2 "${@:2}"; }

submit study.json >"$D/killed.log" 2>&1 &
killed=$!
# executor_at_work WORKER: sets executor to its process, once a unit of it has a checkpoint
executor_at_work() {
    local one
    for one in $(children "$1"); do
        [ -z "$(children "$one")" ] || { executor="$one"; return 0; }
    done
    return 1
}
checkpoint() { compgen -G "results/runs/cluster/*/*/checkpoint.safetensors" >/dev/null; }
wait_for 3000 executor_at_work "$w2" && wait_for 3000 checkpoint || { cat "$D/killed.log"; keep=yes; fail "no unit begins; logs in $D"; }
kill -9 "$executor"
say "an executor is killed"
some_done() { compgen -G "results/runs/.units/cluster-*/000/*.done.json" >/dev/null; }
wait_for 3000 some_done || { cat "$D/killed.log"; keep=yes; fail "no unit is done; logs in $D"; }
kill -9 "$killed"
wait "$killed" 2>/dev/null || true
say "the driver is killed"

code=0
submit study.json --together 1 >"$D/first.log" 2>&1 &
first=$!
submit study.json --together 1 >"$D/second.log" 2>&1 &
second=$!
wait "$first" || code=1
wait "$second" || code=1
(submit plan.json) >"$D/plan.log" 2>&1 || code=1
[ $code = 0 ] || tail -n 5 "$D/first.log" "$D/second.log" "$D/plan.log"
say "Spark: $((SECONDS - begin)) s"

compare || code=1
[ "$(grep -c ",\(stopped\|started\)," results/runs/.units/cluster-*/units.csv)" -ge 1 ] || { say "no attempt is stopped in the records"; code=1; }
[ "$(cut -d, -f7 results/runs/.units/cluster-*/units.csv | grep -o "app-[0-9-]*" | sort -u | wc -l)" -ge 2 ] || { say "no second driver went on"; code=1; }
if grep -rqsF "$(cat "$D/secret")" results "$D"/*.log "$D"/work*/*/*/std*; then
    say "the secret is in a log"
    code=1
fi
[ $code = 0 ] || { keep=yes; say "not equal; everything is in $D"; }
exit $code
