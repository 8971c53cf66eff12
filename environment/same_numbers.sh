#!/usr/bin/env bash
# Whether the present checkout still computes the same numbers as another commit.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/same_numbers.sh [--again] COMMIT

Builds COMMIT in a temporary clone and the present checkout, uncommitted changes included, and runs the same small jobs in
both: every method once on two tasks of the mini world, GIFT with gradient accumulation and activation checkpointing, a few
generated images, and a few updates of each of the three trainings (CLIP, autoencoder, denoiser). Their settings are the
files in environment/same_numbers. Then it compares all files that the jobs wrote: accuracy matrices, losses, weights,
images, settings. Left out are provenance.json and locks, which name time and machine.

In each checkout one run is also killed in its second task and resumed; its files must equal those of the run that was not.
About two minutes on two cores.

Says "identical" and ends with 0, or names the files that differ and ends with 1. To ask whether the machine itself computes
the same number twice, compare HEAD with a clean checkout.

What COMMIT computed is kept in lib/target/same_numbers and used again, until `mvn clean` or the settings change.

  --again  compute the files of COMMIT anew
  --help   this text
TEXT
}

again=no commit=
while [ $# -gt 0 ]; do
    case "$1" in
        --again) again=yes ;;
        -h | --help) usage; exit ;;
        -*) fail "unknown option $1; see --help" ;;
        *) [ -z "$commit" ] || fail "one commit, not two; see --help"; commit="$1" ;;
    esac
    shift
done
[ -n "$commit" ] || fail "which commit? see --help"
hash="$(git -C "$root" rev-parse --verify --quiet "$commit^{commit}")" || fail "no commit $commit in $root"
install_missing=no
need_build_tools

settings="$root/environment/same_numbers"
kept="$root/lib/target/same_numbers"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# compute CHECKOUT DIR: builds a checkout and runs the jobs with it; the files they write come to DIR. Both checkouts work
# in the same folder, because some settings hold absolute paths.
compute() {
    local checkout="$1" gift="$1/environment/gift" here="$work/run" log="$work/log"
    say "building $checkout"
    root="$checkout" maven -q -DskipTests package
    rm -rf "$here" "$2"
    mkdir -p "$here/environment" "$(dirname "$2")"
    cp -r "$settings" "$here/environment/"
    ln -s "$checkout/data" "$here/data"
    local jobs="$here/environment/same_numbers" job
    for job in "run $jobs/study.json --results $here/results/runs" "run $jobs/memory.json --results $here/results/runs" \
        "generate $jobs/plan.json" "pretrain $jobs/clip.json" \
        "train-autoencoder $jobs/autoencoder.json" "train-diffusion $jobs/stable_diffusion.json"; do
        say "gift ${job//"$jobs/"/}"
        # shellcheck disable=SC2086  # words of a job are arguments
        "$gift" $job >"$log" 2>&1 || { cat "$log" >&2; fail "the job failed in $checkout"; }
    done
    say "gift run memory.json, killed in its second task and resumed"
    stop_and_resume "$gift" "$jobs/memory.json" "$here/results/resumed" "$log"
    find "$here/results" \( -name provenance.json -o -name .lock \) -delete
    diff -qr "$here/results/runs/memory" "$here/results/resumed/memory" \
        || fail "a run that was killed and resumed differs from one that was not, in $checkout"
    mv "$here/results" "$2"
    cp -r "$settings" "$2/settings"
}

# stop_and_resume GIFT STUDY RESULTS LOG: kills the study when the weights of the first task are written, and runs it again
stop_and_resume() {
    local first="$3/memory/gift/1/weights" process
    "$1" run "$2" --results "$3" >"$4" 2>&1 &
    process=$!
    until compgen -G "$first/*.safetensors" >/dev/null || ! kill -0 "$process" 2>/dev/null; do sleep 0.02; done
    kill -9 "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null && fail "the run was over before it could be killed: more iterations in memory.json"
    compgen -G "$first/*.safetensors" >/dev/null || { cat "$4" >&2; fail "the job failed"; }
    "$1" run "$2" --results "$3" >"$4" 2>&1 || { cat "$4" >&2; fail "the resumed job failed"; }
}

before="$kept/$hash"
if [ "$again" = yes ] || ! diff -qr "$settings" "$before/settings" >/dev/null 2>&1; then
    git clone -q --shared --no-checkout "$root" "$work/clone"
    git -C "$work/clone" checkout -q --detach "$hash"
    compute "$work/clone" "$before"
fi
compute "$root" "$kept/now"

count="$(find "$kept/now" -type f ! -path '*/settings/*.json' -o -path '*/runs/*' -type f | wc -l)"
if difference="$(diff -qr "$before" "$kept/now")"; then
    say "identical: $count files"
    exit 0
fi
say "$difference"
say "not identical with $commit"
exit 1
