#!/usr/bin/env bash
# Builds the library and runs the study: images, runs, tables, figures, report, then the notebooks.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/study.sh [--quick | --full] [--only TABLE] [--restart] [--profile mini|paper] [--no-notebooks]
                            [--notebooks NUMBERS] [--no-install]

Installs what is missing (Debian, Ubuntu), builds the library without its tests, runs the study and executes what shows its
runs in the notebooks; other cells and other notebooks compute the same whatever was run, and are shown as they are
committed. What it makes is in results: report.html, tables, figures, notebooks (copies and pages to read). Stopped, by
Ctrl-C or otherwise, it goes on from there when it is called again.

  --quick            four methods and zero-shot, one order, one seed, fewer images; no notebooks
  --full             the whole grid, of which the committed reference is made; recognition with generated images,
                     pretraining on them, few shots with imagined ones; and all cells of all notebooks, executed
  --only TABLE       only the runs that this table needs, which is then printed; no notebooks
  --restart          forget earlier runs of the study
  --profile paper    say what the paper's scale needs
  --no-notebooks     the study only
  --notebooks 01,03  only the notebooks with these numbers, all their cells, in this order, and not the study
  --no-install       install nothing; say what is missing
  --help             this text

environment: JAVA_HOME, MAVEN_ARGS (further Maven arguments), GIFT_JAVA_OPTS (further JVM options),
GIFT_LOG_LEVEL (warn), GIFT_QUICK=1 (short form of the notebooks), DJL_CACHE_DIR (~/.djl.ai),
GIFT_ALLOCATOR=system (no jemalloc)
TEXT
}

numbers=
notebooks=yes
size=default
only=
profile=mini
restart=
while [ $# -gt 0 ]; do
    case "$1" in
        --quick) size=quick; notebooks=no ;;
        --full) size=full ;;
        --only) [ $# -ge 2 ] || fail "--only needs the name of a table, for example --only order_I"; only="$2"; shift ;;
        --only=*) only="${1#*=}" ;;
        --restart) restart=yes ;;
        --profile) [ $# -ge 2 ] || fail "--profile needs mini or paper"; profile="$2"; shift ;;
        --profile=*) profile="${1#*=}" ;;
        --no-notebooks) notebooks=no ;;
        --notebooks) [ $# -ge 2 ] || fail "--notebooks needs numbers, for example --notebooks 01,03"; numbers="$2"; shift ;;
        --notebooks=*) numbers="${1#*=}" ;;
        --no-install) install_missing=no ;;
        -h | --help) usage; exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done
case "$profile" in
    mini) ;;
    paper) notebooks=no ;;
    *) fail "--profile is mini or paper, not $profile" ;;
esac
[ -z "$only" ] || notebooks=no
[ "$notebooks" = yes ] || [ -z "$numbers" ] || fail "--notebooks goes with none of --quick, --only, --no-notebooks and --profile paper"

# one_thread ARGUMENT...: gift in one thread, in place of a subshell; it ends at a checkpoint when this script goes away.
one_thread() {
    OMP_NUM_THREADS=1 GIFT_JAVA_OPTS="${GIFT_JAVA_OPTS:-} -Dgift.parent=$$" exec environment/gift "$@"
}

# by_halves "TASK..." "TASK..." COMMAND FILE: a study in two processes, each with some of its tasks, then its tables
by_halves() {
    local first=() second=() task
    for task in $1; do first+=(--task "$task"); done
    for task in $2; do second+=(--task "$task"); done
    shift 2
    (one_thread "$@" "${first[@]}") &
    local half=$!
    (one_thread "$@" "${second[@]}")
    wait "$half"
    (one_thread "$@")
}

need_build_tools
[ "$notebooks" = no ] || need_jupyter
output="$root/results/notebooks"
pages=
if [ "$notebooks" = yes ] && [ -z "$numbers" ]; then
    show_notebooks "$output" & # beside the build; the report links to the pages
    pages=$!
fi
say "building"
maven -q -Dmaven.test.skip=true package
[ -z "$pages" ] || wait "$pages"

cd "$root"
if [ -z "$numbers" ]; then
    study --size "$size" --profile "$profile" ${only:+--only "$only"} ${restart:+--restart}
    if [ "$size" = full ] && [ "$profile" = mini ] && [ -z "$only" ]; then
        say "recognition with generated images"
        by_halves "objects digits food" "aircraft textures land flowers pets" recognition data/studies/mini_recognition.json
        say "pretraining on generated images, and transfer"
        by_halves objects digits transfer data/studies/mini_transfer.json
        say "few shots with imagined images"
        by_halves "objects digits food" "aircraft textures land flowers pets" imagine data/studies/mini_imagine.json
    fi
fi
[ "$notebooks" = yes ] || exit 0

chosen=("$numbers")
[ -n "$numbers" ] || [ "$size" != default ] || chosen=(00,05,06,08 --own-runs) # those that show runs of this size
status=0
run_notebooks "$output" "${chosen[@]}" || status=$?
case $status in
    0) say "read the pages in $output" ;;
    3) fail "no notebooks in $root/notebooks" ;;
    1) say "a notebook failed (above); what it did until then is in $output" >&2 ;;
esac
exit "$status"
