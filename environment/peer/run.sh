#!/usr/bin/env bash
# Runs a script of this folder with the allocator and the threads that environment/gift has: run.sh SCRIPT [ARGUMENT ...].
# PEER_PYTHON names the Python (python3) that has torch; step.py needs transformers, too, and generate.py pillow.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

case "${1:-}" in
    step.py) needs="torch, transformers" ;;
    generate.py) needs="torch, PIL" ;;
    *) fail "usage: environment/peer/run.sh step.py|generate.py [ARGUMENT ...]" ;;
esac
peer="${PEER_PYTHON:-python3}"
why="$("$peer" -c "import $needs" 2>&1)" || fail "$peer cannot import $needs (${why##*$'\n'}); PEER_PYTHON names one that can"
script="$1"
shift
use_allocator
PYTHONDONTWRITEBYTECODE=1 exec "$peer" "$root/environment/peer/$script" "$@"
