#!/usr/bin/env bash
# Installs what the tests marked "bundle" need, on Debian or Ubuntu, and fetches or makes the Pythons that go into
# the bundles, for tests only.  A second run takes no time.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export PYTHON=${PYTHON:-$root/.venv/bin/python}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
for package in patchelf desktop-file-utils lintian binutils; do
  [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)" = "ii " ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi

bash "$here/embed.sh" "$root/.office/python-embed-amd64.zip"
standalone=$root/.office/python-standalone.tar.gz
[ -s "$standalone" ] || sh "$here/standalone.sh" "$PYTHON" "$standalone"
echo "bundle tests: ready"
