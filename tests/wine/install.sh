#!/usr/bin/env bash
# Installs what the tests marked "wine" need on Debian or Ubuntu (amd64): wine, a Windows in .office/wine/prefix,
# and the zip for Windows, made anew each time with a Python for tests only.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
export PYTHON=${PYTHON:-$root/.venv/bin/python}
work=$root/.office/wine
embed=$root/.office/python-embed-amd64.zip
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

if ! command -v wine >/dev/null; then
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends wine wine64 locales
fi
# With this locale wine is a Chinese Windows: code page 936 everywhere.
if ! locale -a | grep -qix 'zh_CN\.utf-\?8'; then as_root localedef -i zh_CN -f UTF-8 zh_CN.UTF-8; fi

bash "$root/tests/bundle/embed.sh" "$embed"
rm -rf "$work/dist"
"$PYTHON" "$root/scripts/bundle" windows "$embed" -o "$work/dist" --level 0 >/dev/null

if [ ! -e "$work/prefix/system.reg" ]; then
  export WINEPREFIX="$work/prefix" WINEARCH=win64 WINEDEBUG=-all LC_ALL=zh_CN.UTF-8
  export WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d'
  wineboot -i >/dev/null 2>&1
  wine winecfg -v win10 >/dev/null 2>&1
  wineserver -w
fi
"$PYTHON" "$root/tests/wine/processprng.py" "$work/prefix/drive_c/windows/system32/bcryptprimitives.dll"
echo "wine tests: ready"
