#!/usr/bin/env bash
# Builds the library and runs the study: every notebook from top to bottom, in order.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/study.sh [--only NUMBERS] [--no-install]

Installs what is missing (Debian, Ubuntu), builds the library without its tests, and executes the notebooks.
Executed copies (.ipynb) and pages to read (.html) go to results/notebooks.

  --only 01,03    only the notebooks with these numbers, in this order
  --no-install    install nothing; say what is missing
  --help          this text

environment: JAVA_HOME, MAVEN_ARGS (further Maven arguments), GIFT_JAVA_OPTS (further JVM options),
GIFT_LOG_LEVEL (warn), GIFT_QUICK=1 (short form of the notebooks), DJL_CACHE_DIR (~/.djl.ai)
TEXT
}

numbers=
while [ $# -gt 0 ]; do
    case "$1" in
        --only) [ $# -ge 2 ] || fail "--only needs notebook numbers, for example --only 01,03"; numbers="$2"; shift ;;
        --only=*) numbers="${1#*=}" ;;
        --no-install) install_missing=no ;;
        -h | --help) usage; exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done

need_build_tools
need_jupyter
say "building"
maven -q -DskipTests package

output="$root/results/notebooks"
status=0
run_notebooks "$output" "$numbers" || status=$?
case $status in
    0) say "done: read the pages in $output" ;;
    3) fail "no notebooks in $root/notebooks" ;;
    1) say "a notebook failed (above); what it did until then is in $output" >&2 ;;
esac
exit "$status"
