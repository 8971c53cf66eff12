#!/usr/bin/env bash
# Builds the library and runs the study: images, runs, tables, figures, report, then the notebooks.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/study.sh [--quick | --full] [--only TABLE] [--restart] [--profile mini|paper] [--no-notebooks]
                            [--notebooks NUMBERS] [--no-install]

Installs what is missing (Debian, Ubuntu), builds the library without its tests, runs the study and executes the notebooks
that show its runs; the others compute the same whatever was run, and are shown as they are committed. What it makes is in
results: report.html, tables, figures, notebooks (copies and pages to read). Stopped, by Ctrl-C or otherwise, it goes on
from there when it is called again.

  --quick            four methods and zero-shot, one order, one seed, fewer images; no notebooks
  --full             the whole grid, of which the committed reference is made; recognition with generated images, few
                     shots with imagined ones; and all notebooks, executed
  --only TABLE       only the runs that this table needs, which is then printed; no notebooks
  --restart          forget earlier runs of the study
  --profile paper    say what the paper's scale needs
  --no-notebooks     the study only
  --notebooks 01,03  only the notebooks with these numbers, in this order, and not the study
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

# by_halves COMMAND FILE: a study of the eight tasks in two processes, then its tables
by_halves() {
    (one_thread "$@" --task aircraft --task objects --task textures --task land) &
    local half=$!
    (one_thread "$@" --task flowers --task food --task digits --task pets)
    wait "$half"
    (one_thread "$@")
}

need_build_tools
[ "$notebooks" = no ] || need_jupyter
say "building"
maven -q -DskipTests package

cd "$root"
if [ -z "$numbers" ]; then
    study --size "$size" --profile "$profile" ${only:+--only "$only"} ${restart:+--restart}
    if [ "$size" = full ] && [ "$profile" = mini ] && [ -z "$only" ]; then
        say "recognition with generated images"
        by_halves recognition data/studies/mini_recognition.json
        say "few shots with imagined images"
        by_halves imagine data/studies/mini_imagine.json
    fi
fi
[ "$notebooks" = yes ] || exit 0

output="$root/results/notebooks"
chosen="$numbers"
if [ -z "$numbers" ] && [ "$size" = default ]; then
    show_notebooks "$output"
    chosen=05,00,06,08 # those that show runs of this size, the long one first
fi
status=0
run_notebooks "$output" "$chosen" || status=$?
case $status in
    0) say "read the pages in $output" ;;
    3) fail "no notebooks in $root/notebooks" ;;
    1) say "a notebook failed (above); what it did until then is in $output" >&2 ;;
esac
# once more, now with links to the pages
[ -n "$numbers" ] || study --size "$size" --report >/dev/null
exit "$status"
