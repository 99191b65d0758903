"""A report as JSON, complete and exact, and back.

``values`` as in the output of ``validate --format json``: counts as numbers, amounts as strings of
exact decimals, nothing as null.  What a null stands for (a blank, a placeholder, an unreadable entry,
a row that is not there) is in ``remarks``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from ..errors import NOT_XML, InputError, escaped
from ..form import Field, Form, Table, editions, load_form
from ..form.decode import chinese
from .findings import Finding, finding, json_number
from .numbers import Number, format_number, parse_number
from .report import Explanation, Origin, Passage, Report, Value, ValueState

VERSION = 1
_EXPLANATION = ("rule", "code", "text", "name", "date", "printed")
_HERE = "数据文件"
"""What messages call a file of this kind."""
_LONGEST = 200
"""Characters of one figure; the longest a person types have 20."""


def to_json(report: Report) -> str:
    """Return everything a report holds as a JSON document (UTF-8, sorted as the form is)."""
    form, fields = report.form, report.fields
    data: dict[str, Any] = {
        "version": VERSION, "form": form.id, "org": report.org, "year": report.year, "title": report.title,
        "source": {"kind": report.kind, "sha256": report.sha256},
        "fields": {field.id: _entry(fields[field.id]) for field in form.fields if field.id in fields},
        "values": _figures(form, report.values, form.cells),
        "remarks": _remarks(report.values),
        "texts": [
            {"section": p.section, "heading": p.heading, "paragraphs": list(p.paragraphs)}
            for p in report.passages
        ],
        "headings": [list(one) for one in report.headings],
        "explanations": [{key: getattr(one, key) for key in _EXPLANATION} for one in report.explanations],
        "last_year": {
            "values": _figures(form, report.last_year, report.last_year),
            "remarks": _remarks(report.last_year),
            "texts": dict(report.last_year_texts),
        },
    }  # fmt: skip
    if report.register:
        data["register"] = {
            "values": _figures(form, report.register, report.register), "remarks": _remarks(report.register)
        }  # fmt: skip
    # Escaped, so that a lone surrogate can be written, and a text shown by any program.
    return escaped(json.dumps(data, ensure_ascii=False, indent=1), lines=True) + "\n"


def _figures(form: Form, values: Mapping[str, Value], cells: Iterable[str]) -> dict[str, int | str | None]:
    """Return counts as numbers, amounts as text, also where they are whole."""
    figures: dict[str, int | str | None] = {}
    for cell in cells:
        number = values[cell].number
        figures[cell] = json_number(number)
        if number is not None and form.cells[cell].kind == "amount":
            figures[cell] = format_number(number)
    return figures


def _entry(value: str | Number) -> str | int | None:
    return value if isinstance(value, str) else json_number(value)


def _remarks(values: Mapping[str, Value]) -> dict[str, dict[str, str]]:
    """Return state and wording of every figure that is not a number; a blank needs none."""
    return {
        cell: {"state": value.state, "raw": value.raw, "remark": value.remark}
        for cell, value in values.items() if value.state not in ("number", "blank")
    }  # fmt: skip


def from_json(data: str, form: Form | None = None, *, path: str = "", sha256: str = "") -> Report:
    """Read a report back from what :func:`to_json` wrote, or another program in the same shape.

    A figure that is not there is an error (S-04) of the report, as in any other source.

    Args:
        form: the edition it must be of; the one it names if None.
        path: the file, for messages and as the report's source.

    Raises:
        InputError: it is not JSON, not of this shape, of another edition, or has an unknown cell; says where.
    """
    name = f"“{path.replace(chr(92), '/').rsplit('/', 1)[-1] or 'JSON 数据'}”"
    return _Reader(name, path, sha256).report(data, form)


class _Remark(msgspec.Struct):
    state: ValueState
    raw: str = ""
    remark: str = ""


class _Text(msgspec.Struct):
    section: str
    paragraphs: list[str]
    heading: str = ""


class _Figures(msgspec.Struct):
    values: dict[str, Any] = {}
    remarks: dict[str, _Remark] = {}


class _LastYear(_Figures):
    texts: dict[str, str] = {}


class _Data(msgspec.Struct):
    """The document; figures and fields are of several types, which the reader tells apart."""

    values: dict[str, Any]
    version: int = VERSION
    form: str = ""
    org: str | None = None
    year: int | str | None = None
    title: str = ""
    fields: dict[str, Any] = {}
    remarks: dict[str, _Remark] = {}
    texts: list[_Text] = []
    headings: list[tuple[str, str]] = []
    explanations: list[Explanation] = []
    last_year: _LastYear = msgspec.field(default_factory=_LastYear)
    register: _Figures = msgspec.field(default_factory=_Figures)


class _Literal(str):
    """A number as it stands in the JSON: never a binary float."""


def _whole(text: str) -> int | _Literal:
    return int(text) if len(text) <= 16 else _Literal(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise ValueError(f"“{twice}”出现了两次")
    return result


def _strings(value: object) -> Iterator[str]:
    """Yield every string of a JSON document, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _strings(one)


def _parsed(data: str) -> object:
    """Return what a JSON document says.

    Raises:
        ValueError: it is not JSON, names a thing twice, or holds characters that cannot be printed.
        RecursionError: it is nested too deeply.
    """
    raw = json.loads(data, parse_float=_Literal, parse_int=_whole, parse_constant=_Literal, object_pairs_hook=_object)
    for text in _strings(raw):
        if bad := NOT_XML.search(text):
            raise ValueError(f"里面有不能显示的字符 U+{ord(bad[0]):04X}")
    return raw


class _Reader:
    """Reads one document; knows its name for what it has to refuse."""

    def __init__(self, name: str, path: str, sha256: str) -> None:
        self.name, self.path, self.sha256 = name, path, sha256

    def fail(self, what: str) -> InputError:
        return InputError(f"{self.name}{what}。请重新用 reportgen extract 生成，或按同样的格式改正。")

    def data(self, text: str) -> _Data:
        try:
            raw = _parsed(text)
        except (ValueError, RecursionError) as error:
            what = "嵌套太深" if isinstance(error, RecursionError) else str(error)
            if isinstance(error, json.JSONDecodeError):
                what = f"第{error.lineno}行第{error.colno}个字符处"
            raise self.fail(f"不是正确的 JSON 数据（{what}）") from error
        if not isinstance(raw, dict) or "values" not in raw:
            raise self.fail("不是年度报告的数据（没有“values”）")
        try:
            return msgspec.convert(raw, _Data)
        except msgspec.ValidationError as error:
            said, _, path = str(error).partition(" - at `$")
            raise self.fail((f"的“{path.strip('.`')}”" if path else "") + chinese(said)) from error

    def report(self, text: str, form: Form | None) -> Report:
        data = self.data(text)
        if data.version != VERSION:
            raise self.fail("是别的版本的数据")
        if data.form not in editions():
            raise self.fail(f"写的格式版本“{data.form}”不认得，现有：{'、'.join(editions())}")
        if form is not None and form.id != data.form:
            raise self.fail(f"是{data.form}版格式的数据，不是{form.id}版")
        form = form or load_form(data.form)
        values = self.values(form, data)
        return Report(
            form=form,
            values={cell: values.get(cell, Value("missing")) for cell in form.cells},
            fields=self.fields(form, data), passages=tuple(self.passages(form, data)),
            headings=tuple(data.headings), title=data.title, path=self.path, kind="json", sha256=self.sha256,
            explanations=tuple(data.explanations), last_year=self.values(form, data.last_year),
            last_year_texts=data.last_year.texts, register=self.register(form, data.register),
            notices=tuple(note for table in form.tables for note in _missing(form, table, values)),
        )  # fmt: skip

    def values(self, form: Form, data: _Data | _Figures) -> dict[str, Value]:
        """Return the figures that are there, and what is said of others."""
        for cell in [*data.values, *data.remarks]:
            if cell not in form.cells:
                raise self.fail(f"里有{form.id}版格式没有的数据“{cell}”")
        return {
            cell: self.value(form, cell, data.values.get(cell), data.remarks.get(cell))
            for cell in form.cells if cell in data.values or cell in data.remarks
        }  # fmt: skip

    def register(self, form: Form, data: _Figures) -> dict[str, Value]:
        """Return what the register has; only some figures have an entry for it."""
        known = {cell for table in form.tables for cell in table.register_cells}
        for cell in (c for c in (*data.values, *data.remarks) if c not in known):
            raise self.fail(f"的“register”里有“{cell}”，台账总计没有这一格")
        return {
            cell: value for cell, value in self.values(form, data).items() if value.state not in ("blank", "missing")
        }

    def value(self, form: Form, cell: str, given: object, remark: _Remark | None) -> Value:
        one = form.cells[cell]
        origin = Origin(_HERE, one.name)
        if given is None and remark is None:
            return Value("blank", origin=origin)
        if given is None and remark is not None:
            if remark.state == "missing":
                return Value("missing")
            state: ValueState = "problem" if remark.state == "number" else remark.state
            return Value(state, None, remark.raw, origin, remark=remark.remark)
        if not isinstance(given, (int, str)) or isinstance(given, bool):
            raise self.fail(f"里“{cell}”的值不是数字")
        raw = str(given)
        if len(raw) > _LONGEST:
            given = raw = f"{raw[:20]}……（共{len(raw)}个字符）"
        parsed = parse_number(given, kind=one.kind, decimals=one.decimals, unit=one.unit, text=True)
        return Value(parsed.state, parsed.number, raw, origin, remark=parsed.remark)

    def fields(self, form: Form, data: _Data) -> dict[str, str | Number]:
        given = {"org": data.org or None, "year": data.year or None} | data.fields
        known = {f.id: f for f in form.fields}
        fields: dict[str, str | Number] = {}
        for key, value in given.items():
            if key not in known:
                raise self.fail(f"的“fields”里有不认得的“{key}”")
            if value is not None:
                fields[key] = self.field(known[key], value)
        return fields

    def field(self, field: Field, value: object) -> str | Number:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise self.fail(f"的“{field.id}”格式不对")
        if field.kind in ("count", "amount"):
            number = parse_number(value, kind=field.kind, decimals=2, unit="元", text=True).number
            if number is None:
                raise self.fail(f"的“{field.id}”不是正确的数字")
            return Decimal(number) if field.kind == "amount" else number
        if field.kind == "year" and isinstance(value, str) and re.fullmatch(r"[0-9]{4}", value):
            return int(value)
        return value

    def passages(self, form: Form, data: _Data) -> Iterator[Passage]:
        sections = {s.id for s in form.sections}
        for n, one in enumerate(data.texts, 1):
            if one.section not in sections:
                raise self.fail(f"的“texts”第{n}项的部分“{one.section}”不认得")
            origin = Origin(_HERE, f"第{n}段文字")
            yield Passage(one.section, one.heading, tuple(one.paragraphs), origin)


def _missing(form: Form, table: Table, values: Mapping[str, Value]) -> Iterator[Finding]:
    """S-04: a table of which there is nothing, or the figures of one that are not there."""
    cells = [cell for cell in form.cells.values() if cell.table == table.id]
    gone = [cell for cell in cells if cell.id not in values or values[cell.id].state == "missing"]
    if len(gone) == len(cells):
        yield finding(form.rules["S-04"], what=f"没有找到{table.id}（{form.section_of(table).heading}）")
    elif gone:
        places = "、".join(f"“{cell.label}”这一格" for cell in gone[:6])
        more = f"等{len(gone)}处" if len(gone) > 6 else ""
        yield finding(form.rules["S-04"], what=f"{table.id}缺少{places}{more}")
