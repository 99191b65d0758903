#!/bin/sh
# Builds the wheel and proves that it works on its own: installed in an empty environment, started
# from another folder, without the source tree.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/.venv/bin/python" -m build --wheel --outdir "$work/dist" "$root" >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
"$root/.venv/bin/python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check "$work"/dist/*.whl
"$work/venv/bin/python" -m pip check

mkdir "$work/另一处 (1)&"
cp "$root/examples/liwan-2024.xlsx" "$work/另一处 (1)&/数据.xlsx"
cd "$work/另一处 (1)&"
"$work/venv/bin/reportgen" --version
"$work/venv/bin/reportgen" new -o 空白.xlsx
"$work/venv/bin/reportgen" build 数据.xlsx -o 报告.docx
test -s 空白.xlsx
test -s 报告.docx
"$work/venv/bin/python" - <<'PYTHON'
import pathlib, reportgen
where = pathlib.Path(reportgen.__file__).resolve()
assert "site-packages" in where.parts, where
PYTHON
echo "wheel-test: $(basename "$work"/dist/*.whl) works outside the source tree"
