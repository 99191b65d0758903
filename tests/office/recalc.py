"""What a spreadsheet program computes: workbooks recalculated by LibreOffice.

LibreOffice trusts the results a file holds and does not compute such formulas again, so a profile
that forces recalculation is always used; without it these tests would prove nothing.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl

__all__ = ["recalculated"]

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


def recalculated(books: Mapping[str, bytes]) -> dict[str, openpyxl.Workbook]:
    """Compute many workbooks in one run of LibreOffice.

    Args:
        books: name (ASCII, without suffix) → .xlsx bytes.

    Returns:
        name → workbook whose cells hold results.

    Raises:
        AssertionError: LibreOffice made no file of one of them (its exit code says nothing).
    """
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        (root / "profile" / "user").mkdir(parents=True)
        (root / "profile" / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        (root / "in").mkdir()
        for name, data in books.items():
            (root / "in" / f"{name}.xlsx").write_bytes(data)
        files = [str(root / "in" / f"{name}.xlsx") for name in books]
        command = ["soffice", f"-env:UserInstallation=file://{root / 'profile'}", "--headless",
                   "--convert-to", "xlsx", "--outdir", str(root / "out"), *files]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=False, timeout=300)
        found = {}
        for name in books:
            made = root / "out" / f"{name}.xlsx"
            assert made.is_file(), f"{name}: {done.stderr.decode(errors='replace')}"
            found[name] = openpyxl.load_workbook(BytesIO(made.read_bytes()), data_only=True)
        return found
