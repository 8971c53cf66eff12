#!/usr/bin/env bash
# Starts Jupyter with the project's Java kernel; nothing is written to the user's home for it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
usage: environment/jupyter.sh notebook|lab|nbconvert [ARGUMENT...]

  notebook   the classic pages (Debian package jupyter-notebook, installed if missing); opens notebooks/
  lab        JupyterLab (not in Debian 12: pip install jupyterlab); opens notebooks/
  nbconvert  for example: nbconvert --to slides notebooks/01_clip_zero_shot.ipynb

The kernel is called "Java (GIFT)". Any other Jupyter subcommand is passed on as it is.
TEXT
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
command="$1"
shift

case "$command" in
    -h | --help) usage; exit ;;
    notebook)
        command -v jupyter-notebook >/dev/null || install jupyter-notebook jupyter-core
        ;;
    lab)
        command -v jupyter-lab >/dev/null || fail "JupyterLab is not installed; run: pip install jupyterlab"
        ;;
    *)
        command -v jupyter >/dev/null || install jupyter-core jupyter-nbconvert jupyter-client
        ;;
esac
case "$command" in
    notebook | lab)
        find_java
        find_classpath # better to hear it here than from a kernel that does not start
        [ $# -gt 0 ] || set -- "$root/notebooks"
        ;;
esac

export JUPYTER_PATH="$root/environment/jupyter${JUPYTER_PATH:+:$JUPYTER_PATH}"
exec jupyter "$command" "$@"
