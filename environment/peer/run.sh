#!/usr/bin/env bash
# Runs a script of this folder with the allocator and the threads that environment/gift has: run.sh SCRIPT [ARGUMENT ...].
# PEER_PYTHON names the Python that has torch and transformers (python3).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

[ $# -ge 1 ] && [ -e "$root/environment/peer/$1" ] || fail "usage: environment/peer/run.sh step.py|generate.py [ARGUMENT ...]"
peer="${PEER_PYTHON:-python3}"
"$peer" -c 'import torch, transformers' 2>/dev/null || fail "$peer has no torch and transformers; PEER_PYTHON names one that has"
script="$1"
shift
use_allocator
PYTHONDONTWRITEBYTECODE=1 exec "$peer" "$root/environment/peer/$script" "$@"
