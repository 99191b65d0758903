#!/bin/sh
# Makes .venv with this package and its development tools, or brings an existing one up to date.
#
#   sh scripts/venv.sh        PYTHON=… chooses the interpreter
#
# Needs Python 3.10 or newer.  On Debian and Ubuntu the venv module is a package of its own; as root
# it is installed, else the user is told.
set -eu
cd "$(dirname "$0")/.."

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

find_python() {
    for python in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10; do
        if new_enough "$python" && has_venv "$python"; then
            echo "$python"
            return 0
        fi
    done
    return 1
}

if ! { [ -x .venv/bin/python ] && new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    if ! python=$(find_python); then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -q
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 python3-venv
        fi
        if ! python=$(find_python); then
            echo "Python 3.10 or newer with the venv module is needed." >&2
            echo "Debian, Ubuntu, UOS, Kylin: sudo apt-get install python3 python3-venv" >&2
            echo "Or name another interpreter: make PYTHON=/path/to/python3.12 …" >&2
            exit 1
        fi
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi
.venv/bin/python -m pip install -q --disable-pip-version-check -e '.[dev]'
