# Shared by the scripts of this folder; sourced, never run. It defines `root` (the clone) and a few functions:
# what is missing is installed on Debian and Ubuntu, named in one line elsewhere.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# File names in UTF-8: Java takes their encoding from the locale when it starts. In the C locale, which containers, cron and
# ssh often have, every letter beyond ASCII is read as the same mark.
use_utf8() {
    local candidate
    [ "$(locale charmap 2>/dev/null)" != UTF-8 ] || return 0
    for candidate in C.UTF-8 C.utf8 en_US.UTF-8; do
        [ "$(env LC_ALL="$candidate" locale charmap 2>/dev/null)" != UTF-8 ] || break
        candidate=C.UTF-8 # also where there is no program to ask
    done
    export LC_ALL="$candidate"
}
use_utf8

# The engine: no usage statistics, and no network unless the caller says otherwise.
export OPT_OUT_TRACKING="${OPT_OUT_TRACKING:-true}" DJL_OFFLINE="${DJL_OFFLINE:-true}"
# Its threads sleep while they wait for each other: spinning makes two processes on two cores fifteen times slower. Some
# microseconds of it come first, which saves most of the sleeping between two operators.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}" GOMP_SPINCOUNT="${GOMP_SPINCOUNT:-1000}"

install_missing=yes # --no-install turns this off

say() { printf '%s\n' "$*"; }

# fail MESSAGE: one line that says what is wrong and what would mend it; exit code 2, as the library's own commands.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# java_tool NAME: the path of java or javac, from JAVA_HOME where it is set, else from PATH; fails if there is none.
java_tool() {
    if [ -n "${JAVA_HOME:-}" ]; then
        [ -x "$JAVA_HOME/bin/$1" ] && printf '%s\n' "$JAVA_HOME/bin/$1"
    else
        command -v "$1"
    fi
}

# java_major JAVA: 17 for JDK 17 and so on, 1 for JDK 8.
java_major() { "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'; }

# find_java: sets `java` and checks its version.
find_java() {
    java="$(java_tool java)" || fail "no java found${JAVA_HOME:+ in JAVA_HOME=$JAVA_HOME}; install a JDK, 17 or newer, or set JAVA_HOME"
    local major
    major="$(java_major "$java")"
    [ "${major:-0}" -ge 17 ] || fail "$java is version ${major:-unknown}; install a JDK, 17 or newer, and set JAVA_HOME"
    java_options=(-Djava.awt.headless=true)
    [ -z "${GIFT_LOG_LEVEL:-}" ] || java_options+=(-Dorg.slf4j.simpleLogger.defaultLogLevel="$GIFT_LOG_LEVEL")
    # JDK 22 and later warn about every native library without this flag
    [ "$major" -lt 22 ] || java_options+=(--enable-native-access=ALL-UNNAMED)
    local own
    read -r -a own <<<"${GIFT_JAVA_OPTS:-}"
    java_options+=("${own[@]+"${own[@]}"}")
}

# find_classpath: sets `classpath`, the project's classes first; GIFT_CLASSPATH if that is set.
find_classpath() {
    local part
    classpath="${GIFT_CLASSPATH:-}" # of tests, which run before there is a jar
    [ -z "$classpath" ] || return 0
    for part in gift.jar dependency kernel; do
        [ -e "$root/lib/target/$part" ] || fail "not built yet; run: mvn -q -DskipTests package -f \"$root/pom.xml\""
    done
    # shellcheck disable=SC2034  # read by the scripts that source this file
    classpath="$root/lib/target/gift.jar:$root/lib/target/dependency/*"
}

# find_jemalloc: sets `jemalloc` to its library, if there is one that can be loaded before a program.
find_jemalloc() {
    for jemalloc in /usr/lib/*-linux-gnu/libjemalloc.so.2 /usr/lib64/libjemalloc.so.2 /usr/lib/libjemalloc.so.2; do
        # the loader names on the error stream what it cannot preload
        [ -e "$jemalloc" ] && [ -z "$(LD_PRELOAD="$jemalloc" true 2>&1)" ] && return
    done
    jemalloc=
    return 1
}

# use_allocator: exports what makes programs started from here keep the memory that they free. The engine frees and takes
# gigabytes in every step; getting them from the system each time, page by page, can cost more than the arithmetic. They
# are kept for good, so that jemalloc's own thread has nothing to do.
# Left alone: a caller's own LD_PRELOAD, and everything if GIFT_ALLOCATOR=system.
use_allocator() {
    [ -z "${LD_PRELOAD:-}" ] && [ "${GIFT_ALLOCATOR:-}" != system ] && [ "$(uname)" = Linux ] || return 0
    if find_jemalloc; then
        export LD_PRELOAD="$jemalloc"
        export MALLOC_CONF="${MALLOC_CONF:-dirty_decay_ms:-1,muzzy_decay_ms:-1}"
    else
        export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-17179869184}" # bytes; glibc's own allocator
        export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-34359738368}"
    fi
}

# find_python: sets `python` to one that can run notebooks headless: Debian's own first, then the one in PATH.
find_python() {
    for python in /usr/bin/python3 python3; do
        "$python" -c 'import nbclient, nbconvert, nbformat, jupyter_client' 2>/dev/null && return
    done
    return 1
}

# install PACKAGE...: by apt, as root or with sudo; elsewhere one line says what to install.
install() {
    [ "$install_missing" = yes ] || fail "missing: $* (Debian package names); install them or leave out --no-install"
    command -v apt-get >/dev/null || fail "missing: $*; this script installs only on Debian and Ubuntu: install a JDK (17 or newer), Maven, and with pip: nbclient nbconvert nbformat jupyter-client"
    local become=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "missing: $*; as root run: apt-get install --no-install-recommends $*"
        become=(sudo)
        [ -t 0 ] || become=(sudo -n) # nobody is there to type a password
    fi
    say "installing $*"
    local log
    log="$(mktemp)"
    local apt=("${become[@]+"${become[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        fail "apt-get could not install $* (the whole log: $log)"
    fi
    rm -f "$log"
}

# need_build_tools: javac, Maven, and the fonts that images with text are drawn with.
need_build_tools() {
    local packages=()
    java_tool javac >/dev/null || {
        [ -z "${JAVA_HOME:-}" ] || fail "no javac in JAVA_HOME=$JAVA_HOME; point it at a JDK, 17 or newer, or unset it"
        packages+=(default-jdk-headless)
    }
    command -v mvn >/dev/null || packages+=(maven)
    [ "$(uname)" != Linux ] || [ -e /etc/fonts/fonts.conf ] || packages+=(fontconfig fonts-dejavu-core)
    [ ${#packages[@]} = 0 ] || install "${packages[@]}"
    find_java
    # faster with it, right without: where it cannot be installed without asking, nothing is said
    if [ "$install_missing" = yes ] && [ "$(uname)" = Linux ] && ! find_jemalloc && command -v apt-get >/dev/null \
        && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
        (install libjemalloc2) 2>/dev/null || true
    fi
}

# need_jupyter: what runs notebooks without a browser.
need_jupyter() {
    find_python || install jupyter-nbconvert jupyter-client
    find_python || fail "no python3 that has nbclient, nbconvert, nbformat and jupyter_client"
    # equations in pages without a network; without it they load MathJax when they are looked at, which is said
    if [ "$install_missing" = yes ] && [ ! -e /usr/share/javascript/mathjax/MathJax.js ] && command -v apt-get >/dev/null \
        && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
        (install libjs-mathjax) || true
    fi
}

# maven ARGUMENT...: Maven on this project. MAVEN_ARGS is passed here because Maven reads it only from 3.9 on.
maven() {
    local own
    read -r -a own <<<"${MAVEN_ARGS:-}"
    (
        use_allocator # for the tests
        # Maven runs for seconds, in which only the faster of Java's two compilers pays
        env -u MAVEN_ARGS MAVEN_OPTS="-XX:TieredStopAtLevel=1 ${MAVEN_OPTS:-}" \
            mvn -B -ntp -Dstyle.color=never "${own[@]+"${own[@]}"}" -f "$root/pom.xml" "$@" </dev/null
    )
}

# study ARGUMENT...: gift study, which ends at a checkpoint when this script goes away, however that ends. Its processes live
# for minutes, and their time is the engine's: neither the slower of Java's compilers nor threads for garbage pay.
study() {
    local options="-XX:TieredStopAtLevel=1"
    [[ "${GIFT_JAVA_OPTS:-}" == *-XX:+Use*GC* ]] || options+=" -XX:+UseSerialGC"
    GIFT_JAVA_OPTS="$options ${GIFT_JAVA_OPTS:-} -Dgift.parent=$$" "$root/environment/gift" study "$@"
}

# show_notebooks OUTPUT_DIR: pages of all notebooks with the outputs that they are committed with.
show_notebooks() {
    "$python" "$root/environment/run_notebook.py" --no-run --html --output-dir "$1" "$root"/notebooks/[0-9]*.ipynb </dev/null
}

# run_notebooks OUTPUT_DIR NUMBERS [OPTION...]: the study's notebooks, the four long ones first, so that two at a time end
# together; or those whose number is in the comma list NUMBERS, in its order. The options are those of run_notebook.py.
# Returns 3 if there is none to run.
run_notebooks() {
    local output="$1" numbers="$2" chosen=() notebook number
    shift 2
    if [ -z "$numbers" ]; then
        for notebook in "$root"/notebooks/0[2457]_*.ipynb "$root"/notebooks/0[!2457]_*.ipynb "$root"/notebooks/[1-9]*.ipynb; do
            [ ! -e "$notebook" ] || chosen+=("$notebook")
        done
    else
        for number in ${numbers//,/ }; do
            local before=${#chosen[@]}
            for notebook in "$root/notebooks/${number}_"*.ipynb; do
                [ ! -e "$notebook" ] || chosen+=("$notebook")
            done
            [ ${#chosen[@]} -gt "$before" ] || fail "no notebook ${number}_*.ipynb in $root/notebooks"
        done
    fi
    [ ${#chosen[@]} -gt 0 ] || return 3
    "$python" "$root/environment/run_notebook.py" --jobs "$(($(nproc 2>/dev/null || echo 1) > 1 ? 2 : 1))" --html "$@" --output-dir "$output" "${chosen[@]}" </dev/null
}
