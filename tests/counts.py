"""Count what reportgen does instead of timing it: modules imported, functions called.

    python tests/counts.py            # print the figures of now beside the stored ones
    python tests/counts.py --write    # store the figures of now: a deliberate step, say why in the commit

Counts are the same on a busy machine and on an idle one, so a test can hold them.  They differ
between versions of Python, so they are stored for each of them (``tests/counts.json``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "liwan-2024.xlsx"
STORED = Path(__file__).with_suffix(".json")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

# In the source tree the templates stand beside the package, not in it.
_START = """
import sys
before = set(sys.modules)
import reportgen
reportgen.__path__.append(sys.argv.pop(1))
"""
_MODULES = """
from reportgen.start import main
try:
    main()
finally:
    print("MODULES", len(set(sys.modules) - before))
"""
_CALLS = """
import cProfile
from pathlib import Path
from reportgen.records import replace
from reportgen.report import Passage
from reportgen.workbook import blank_workbook
example, out = reportgen.read_report(sys.argv[1]), Path(sys.argv[2])

# Workbooks of several bodies: what is the same in all of them may be remembered, figures and words are not.
def another(n):
    values = {c: replace(v, number=v.number and v.number * n) for c, v in example.values.items()}
    said = f"第{n}次会议以后，新收申请" + "{{ 新收 }}件，结转下年度继续办理{{ 结转下年 }}件。" + "发布信息%d条。" % (n * 137)
    own = [Passage(p.section, p.heading, (said, *p.paragraphs)) for p in example.passages if "申请" in p.heading]
    rest = [p for p in example.passages if not {"依", "管"} & set(p.heading)]
    passages = tuple(replace(p, paragraphs=(said,)) for p in own) + tuple(rest)
    book = replace(example, values=values, passages=passages, fields={**example.fields, "org": f"某某市第{n}局"})
    path = out / f"{n}.xlsx"
    path.write_bytes(blank_workbook(example.form, report=book))
    return path

BOOKS = [another(n) for n in range(2, 24)]

def validate(n):
    reportgen.check(reportgen.read_report(BOOKS[n]))

def build(n):
    assert reportgen.build(BOOKS[11 + n], out / f"{n}.docx").compared

for work in (validate, build):
    for n in range(10):
        work(n)
    profile = cProfile.Profile()
    profile.enable()
    work(10)
    profile.disable()
    print(work.__name__, sum(entry.callcount for entry in profile.getstats()))
"""


def measured() -> dict[str, dict[str, int]]:
    """Return the figures of now.

    ``modules``: imported by a whole command, those that Python itself starts with left out; the Word
    template is already prepared.  ``calls``: functions called, built-in ones included, by the
    report of another body in a process that has done some.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands = {
            "--help": ["--help"],
            "validate": ["validate", str(EXAMPLE)],
            "build": ["build", str(EXAMPLE), "-o", str(folder / "a.docx"), "--force"],
        }
        calls = (line.split() for line in _run(folder, _CALLS, str(EXAMPLE), name))
        found = {"calls": {work: int(count) for work, count in calls}}
        found["modules"] = {
            command: int(_run(folder, _MODULES, *arguments)[-1].split()[1])
            for command, arguments in commands.items()
        }
    return found


def _run(folder: Path, program: str, *arguments: str) -> list[str]:
    # A cache folder and a hash seed of its own, and none of what site.py and the .pth files of an
    # environment import at start: the same figures whoever runs it, wherever.
    paths = [str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    environment = os.environ | {
        "HOME": str(folder), "XDG_CACHE_HOME": str(folder), "LOCALAPPDATA": str(folder),
        "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "LANG": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-S", "-c", _START + program, str(ROOT), *arguments],
        env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout.splitlines()


def stored() -> dict[str, dict[str, dict[str, int]]]:
    """Return version of Python → kind → what → count, as stored."""
    found: dict[str, dict[str, dict[str, int]]] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def main() -> None:
    now, before = measured(), stored() if STORED.exists() else {}
    for kind, counts in now.items():
        for what, count in counts.items():
            print(
                f"{kind:8} {what:9} {count:8} stored {before.get(VERSION, {}).get(kind, {}).get(what, '-')}"
            )
    if "--write" in sys.argv[1:]:
        text = json.dumps(before | {VERSION: now}, indent=2, sort_keys=True)
        STORED.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
