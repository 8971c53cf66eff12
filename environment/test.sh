#!/usr/bin/env bash
# Builds the library, runs all its tests, then a study of two tasks and every notebook in its short form.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/test.sh [--no-notebooks] [--no-install]

Installs what is missing (Debian, Ubuntu), runs `mvn verify`, then a study of two tasks from images to report, then the
notebooks with GIFT_QUICK=1.

  --no-notebooks  no notebooks
  --no-install    install nothing; say what is missing
  --help          this text

environment: as in environment/study.sh
TEXT
}

notebooks=yes
while [ $# -gt 0 ]; do
    case "$1" in
        --no-notebooks) notebooks=no ;;
        --no-install) install_missing=no ;;
        -h | --help) usage; exit ;;
        *) fail "unknown option $1; see --help" ;;
    esac
    shift
done

need_build_tools
[ "$notebooks" = no ] || need_jupyter
maven verify
cd "$root"
rm -rf lib/target/study
study --size test --results lib/target/study
[ "$notebooks" = yes ] || exit 0

export GIFT_QUICK=1
output="$root/lib/target/notebooks"
status=0
run_notebooks "$output" "" || status=$?
case $status in
    0) say "tests, study and notebooks passed" ;;
    3) say "tests and study passed; there are no notebooks to run"; status=0 ;;
    1) say "a notebook failed (above); what it did until then is in $output" >&2 ;;
esac
exit "$status"
