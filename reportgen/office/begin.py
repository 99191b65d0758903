"""The first workbook of a folder."""

from __future__ import annotations

from pathlib import Path

from ..disk.files import write_output
from ..disk.names import safe_name
from ..errors import InputError
from ..form import editions, load_form
from ..model.last_year import next_year
from ..model.numbers import parse_year
from .folder import Beside, LastYear


def year_of(text: str) -> int:
    """Return the year that somebody typed.

    Raises:
        InputError: it is not four digits, or no edition of the form is for that year's data.
    """
    year = parse_year(text.strip())
    if year is None:
        raise InputError(f"“{text.strip()}”不是四位数字的年份，例如 {load_form().first_year + 5}。")
    forms = [load_form(edition) for edition in editions()]
    if not any(form.covers(year) for form in forms):
        raise InputError(f"没有{year}年的格式，最早是{min(form.first_year for form in forms)}年。")
    return year


def begin(folder: Path, org: str, year: int) -> tuple[Path, LastYear | None]:
    """Make a body's workbook in a folder, with last year's figures where last year's report lies there.

    Args:
        folder: where to.
        org: the body's full name.
        year: of the data.

    Returns:
        the workbook, named by the title of the report, and the report of last year that was used.

    Raises:
        OutputError: it is there already, or cannot be written.
    """
    from ..workbook import blank_workbook  # loads openpyxl

    form = load_form(year=year)
    last, _ = Beside({}).last_year(folder, org, year)
    report = next_year(last.report, form, year) if last else None
    path = folder / f"{safe_name(form.title_of(org, year))}.xlsx"
    write_output(path, blank_workbook(form, year=year, org=org, report=report))
    return path, last
