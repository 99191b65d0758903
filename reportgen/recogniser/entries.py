"""Texts and numbers as a cell of a sheet shows them, or why it shows none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from msgspec.structs import replace

from ..errors import INVISIBLE
from ..form import Form
from ..model.findings import CellRef, Finding, finding
from ..model.numbers import Number, format_number
from ..sources import GridCell
from .wording import Texts

_UNSEEN = re.compile(f"[{INVISIBLE}]")
_ERROR = re.compile(r"#[A-Z][A-Z0-9_/]*[!?]?")
"""An error value of Excel, WPS or LibreOffice."""
_PICTURE = re.compile(r"=\s*(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(", re.I)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PLACES = 6
"""How many cells or paragraphs a message names."""
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def fault_of(cell: GridCell) -> str:
    """Return why a cell has no value that can be read, ``""`` if it has one or is empty."""
    value = cell.value
    if _PICTURE.match(cell.formula) or (isinstance(value, str) and _PICTURE.match(value)):
        return "单元格里是图片，读不出来"
    if cell.result == "circular":
        return "公式引用自己（循环引用），没有结果"
    if cell.result == "unknown":
        return "公式没有存储结果，程序也算不出"
    if isinstance(value, str) and _ERROR.fullmatch(value.strip()):
        return "是错误值"
    return ""


def text_of(cell: GridCell) -> tuple[str, str]:
    """Return the text that a cell shows, and why it shows none that can be printed.

    Args:
        cell: with its formula's result settled.
    """
    value = cell.value
    fault = fault_of(cell)
    if not fault and isinstance(value, bool):
        fault = "是逻辑值，不是文字"
    if not fault and (cell.shown is None or (isinstance(value, (dt.date, dt.time, dt.timedelta)) and not cell.shown)):
        fault = "是日期或数字，程序不知道按它的格式显示成什么"
    if fault or value is None:
        return "", fault
    if cell.shown:
        return cell.shown.strip(), ""
    return (format_number(value) if isinstance(value, (int, Decimal)) else str(value)), ""


def formula_finding(form: Form, cell: GridCell, ref: CellRef, place: str) -> Finding | None:
    """Return what is to be said of a formula among texts and entries that has no result or an old one: N-05, N-08."""
    if cell.result in ("unknown", "circular"):
        return finding(form.rules["N-05"], [ref], place=place, what=f"{fault_of(cell)}（{cell.formula}）")
    if cell.result == "stale":
        old, now = (text_of(replace(cell, value=value, shown=""))[0] for value in (cell.value, cell.now))
        what = f"“{cell.formula}”现在应得{f'“{now}”' if now else '空'}，存储的却是“{old}”"
        return finding(form.rules["N-08"], [ref], place=place, what=what)
    return None


def guarded_text(form: Form, cell: GridCell, ref: CellRef, place: str, texts: Texts) -> str:
    """Return the text that a cell shows; why it shows none, or an old one, is added to the findings.

    Args:
        form: the edition.
        cell: with its formula's result settled.
        ref: the cell, for findings.
        place: what messages call it.
        texts: takes the findings, N-05, N-08 and F-02, the cells computed by us, and those with invisible characters.
    """
    text, fault = text_of(cell)
    said = formula_finding(form, cell, ref, place)
    if said is None and fault:
        raw = cell.formula if cell.value is None else str(cell.value)
        said = finding(form.rules["F-02"], [ref], place=place, raw=raw, what=fault)
    if said is not None:
        texts.findings.append(said)
    elif cell.result == "computed":
        texts.computed.append((ref, text))
    return seen(text, ref, texts)


def seen(text: str, ref: CellRef, texts: Texts) -> str:
    """Return a text without the characters that nobody sees; they are noted."""
    unseen = invisible_in(text)
    left = without_invisible(text)
    if unseen and left.strip():
        texts.invisible.append((ref, unseen))
    return left


def invisible_characters(form: Form, texts: Texts) -> Iterator[Finding]:
    """S-11: characters in texts that nobody sees, told once for all."""
    if texts.invisible:
        refs = list({ref.address: ref for ref, _ in texts.invisible}.values())
        places = "、".join(ref.address for ref in refs[:_PLACES]) + ("等" if len(refs) > _PLACES else "")
        names = "、".join(dict.fromkeys(name for _, some in texts.invisible for name in some.split("、")))
        yield finding(form.rules["S-11"], refs, place=places, what=f"看不见的字符 {names}")


def computed_texts(form: Form, texts: Texts) -> Iterator[Finding]:
    """N-06: texts and entries that were computed by us, by sheet."""
    by_sheet: dict[str, list[tuple[CellRef, str]]] = {}
    for ref, text in texts.computed:
        by_sheet.setdefault(ref.origin.sheet if ref.origin else "", []).append((ref, text))
    for sheet, cells in by_sheet.items():
        refs = [ref for ref, _ in cells]
        what = "、".join(f"{ref.origin.address}＝“{text[:20]}”" for ref, text in cells[:4] if ref.origin)
        yield finding(form.rules["N-06"], refs, table=f"“{sheet}”", count=len(refs), what=what)


def shown_otherwise(cell: GridCell, number: Number) -> str:
    """Return what a cell shows if that is another number than it holds, else ``""``.

    Fewer decimals and a sign before or behind the number make no other number of it.
    """
    if not cell.shown:
        return ""
    match = _NUMBER.search(cell.shown)
    if match is None:
        return ("空白" if not cell.shown.strip() else cell.shown.strip()) if number else ""
    shown = Decimal(match[0].replace(",", ""))
    held = abs(Decimal(number)).quantize(Decimal(1).scaleb(shown.as_tuple().exponent), context=_EXACT)  # type: ignore[arg-type]
    return "" if held == shown and "%" not in cell.shown else cell.shown.strip()


def without_invisible(text: str) -> str:
    """Return a text without the characters that show nothing."""
    return _UNSEEN.sub("", text)


def invisible_in(text: str) -> str:
    """Return the names of the invisible characters in a text: ``U+200B、U+FEFF``."""
    return "、".join(dict.fromkeys(f"U+{ord(character):04X}" for character in _UNSEEN.findall(text)))
