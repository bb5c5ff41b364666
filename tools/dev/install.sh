#!/usr/bin/env bash
# Install into .venv what a search needs (a minute), or the detector stack too (mmcv is compiled, once).
# usage: [PYTHON=python3.11] [MAX_JOBS=1] tools/dev/install.sh search|detection
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly PYTHON=${PYTHON:-python3} VENV_PYTHON=.venv/bin/python LOG=.venv/install.log
readonly PRINT_VERSION='import sys; print("%d.%d" % sys.version_info[:2])'
export PIP_DISABLE_PIP_VERSION_CHECK=1

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# What pip cannot install, asked for before anything is downloaded.
check_machine() {
    local version='' remedy='install Python 3.10, 3.11 or 3.12 and name it, as in: make PYTHON=python3.11 demo'
    command -v "$PYTHON" >/dev/null || fail "Python is missing ($PYTHON): $remedy"
    version=$("$PYTHON" -c "$PRINT_VERSION" | grep -oE '[0-9]+\.[0-9]+' | head -n 1) || true
    case $version in
        3.10 | 3.11 | 3.12) ;;
        *) fail "Python $version ($PYTHON) does not work with torch 2.13 and mmcv 2.1: $remedy" ;;
    esac
    "$PYTHON" -c 'import venv, ensurepip; ensurepip.version()' 2>/dev/null ||
        fail "the venv module of $PYTHON is missing: install it (Debian, Ubuntu:" \
            "apt-get install python$version-venv)"
    "$PYTHON" -c 'import sysconfig; open(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null ||
        fail "Python.h of $PYTHON, which mmcv is compiled with, is missing: install it (Debian," \
            "Ubuntu: apt-get install python$version-dev)"
    CXX=$(command -v "${CXX:-c++}" || command -v g++ || command -v clang++) ||
        fail 'a C++ compiler, which mmcv is compiled with, is missing: install one (Debian,' \
            'Ubuntu: apt-get install g++)'
    export CXX
}

duration() {
    if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# Tell every second on a terminal, every half minute elsewhere, what runs, how far it is (from ninja's
# "[37/112]" in the log) and since when.
report_progress() {
    local label=$1 start=$SECONDS pause=30 form='  %s\n' files
    if [[ -t 1 ]]; then pause=1 form='\r\033[K  %s'; fi
    while sleep "$pause" && kill -0 $$ 2>/dev/null; do
        files=$(grep -oE '^ *\[[0-9]+/[0-9]+\]' "$LOG" | tail -n 1 | tr -d ' []') || true
        # shellcheck disable=SC2059
        printf "$form" "$label: ${files:+${files/\// of } files, }$(duration $((SECONDS - start)))"
    done
}

# step LABEL COMMAND...: run a command with its output in the log.
step() {
    local label=$1 start=$SECONDS reporter
    shift
    if [[ -t 1 ]]; then printf '  %s' "$label"; else printf '  %s ...\n' "$label"; fi
    : >"$LOG"
    report_progress "$label" &
    reporter=$!
    if ! "$@" >>"$LOG" 2>&1; then
        stop "$reporter"
        explain_failure "$label"
    fi
    stop "$reporter"
    if [[ -t 1 ]]; then printf '\r\033[K'; fi
    printf '  %s: done, %s\n' "$label" "$(duration $((SECONDS - start)))"
}

# The first compiler errors, the last lines, and where the rest lies.
explain_failure() {
    local hint=''
    {
        echo
        grep -E ' (fatal )?error: ' "$LOG" | head -n 3 && echo '  ...'
        tail -n 10 "$LOG"
    } | cut -c -200 >&2 || true
    if grep -q ' Killed ' "$LOG"; then hint='; for want of memory, it seems: try MAX_JOBS=1 make demo'; fi
    fail "$1: failed; all of its output is in $LOG$hint"
}

stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

pip_install() {
    "$VENV_PYTHON" -m pip install -c constraints.txt --no-build-isolation "$@"
}

make_environment() {
    if [[ $("$VENV_PYTHON" -c "$PRINT_VERSION" 2>/dev/null) != $("$PYTHON" -c "$PRINT_VERSION") ]]; then
        rm -rf .venv # made by another Python, or not finished
    fi
    mkdir -p .venv
    step 'virtual environment .venv' "$PYTHON" -m venv .venv
}

install_search() {
    echo 'Installing what the search needs into .venv.'
    make_environment
    step 'build tools' pip_install setuptools
    step 'numpy, mmengine, rich, vl-convert' pip_install -e '.[report]'
}

install_detection() {
    MAX_JOBS=${MAX_JOBS:-$(number_of_jobs)}
    export MAX_JOBS
    echo "Installing the detector stack into .venv: torch, mmcv, mmdet and the developer's tools."
    if ! "$VENV_PYTHON" -m pip show mmcv >/dev/null 2>&1; then
        cat <<END
mmcv comes only as source for this torch and is compiled now, once, $MAX_JOBS files at a time. That takes
10 to 18 minutes on two cores, less on more (and seconds where pip has kept the wheel of an earlier time).
END
    fi
    step 'torch' pip_install torch ninja setuptools
    step 'compiling mmcv' compile_mmcv
    step 'mmdet, scikit-learn, onnxruntime, openvino, pytest' pip_install -e '.[deploy,detection,digits,report,test]'
    use_opencv_that_loads
    if [[ $("$VENV_PYTHON" -c 'import torch, mmcv._ext' 2>&1) == *'undefined symbol'* ]]; then
        echo '  The wheel that pip had kept was made for another torch.'
        step 'compiling mmcv' compile_mmcv --no-cache-dir --force-reinstall
    fi
    step 'trying it' "$VENV_PYTHON" -c 'import mmcv.ops, mmdet.models'
}

compile_mmcv() {
    CFLAGS='-O2 -g0' MMCV_WITH_OPS=1 pip_install -v --no-deps "$@" mmcv
}

# One job a core, but no more than the memory holds at 2 GiB each.
number_of_jobs() {
    local cores fits
    cores=$(getconf _NPROCESSORS_ONLN)
    fits=$(awk '/^MemAvailable/ {print int($2 / 2^21)}' /proc/meminfo 2>/dev/null || true)
    fits=${fits:-$cores}
    echo $((fits < 1 ? 1 : fits < cores ? fits : cores))
}

# The usual OpenCV needs the libraries of a desktop; a server without them gets the headless build.
use_opencv_that_loads() {
    if ! "$VENV_PYTHON" -c 'import cv2' 2>/dev/null; then
        step 'removing opencv-python' "$VENV_PYTHON" -m pip uninstall -y opencv-python
        step 'opencv-python-headless' pip_install --no-deps --force-reinstall opencv-python-headless
    fi
}

trap 'echo >&2; fail "interrupted; the same command again goes on from here"' INT
check_machine
case ${1:-} in
    search) install_search ;;
    detection) install_detection ;;
    *) fail 'usage: tools/dev/install.sh search|detection' ;;
esac
