"""A report as JSON, complete and exact, and back.

``values`` as in the output of ``validate --format json``: counts as numbers, amounts as strings of
exact decimals, nothing as null.  What a null stands for (a blank, a placeholder, an unreadable entry,
a row that is not there) is in ``remarks``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from ..errors import InputError, escaped
from ..form import Field, Form, editions, load_form
from .findings import json_number
from .numbers import Number, format_number, parse_number
from .report import Explanation, Origin, Passage, Report, Value, ValueState

__all__ = ["from_json", "to_json"]

VERSION = 1
_STATES: tuple[ValueState, ...] = ("number", "blank", "placeholder", "problem", "missing")
_EXPLANATION = ("rule", "code", "text", "name", "date")


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
        "explanations": [_answer(one) for one in report.explanations],
        "last_year": {
            "values": _figures(form, report.last_year, report.last_year),
            "remarks": _remarks(report.last_year),
            "texts": dict(report.last_year_texts),
        },
    }  # fmt: skip
    # Escaped, so that a lone surrogate can be written, and a text shown by any program.
    return escaped(json.dumps(data, ensure_ascii=False, indent=1), lines=True) + "\n"


def _answer(one: Explanation) -> dict[str, str | bool]:
    return {key: getattr(one, key) for key in _EXPLANATION} | {"printed": one.printed}


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

    Args:
        data: the JSON document.
        form: the edition it must be of; the one it names if None.
        path: the file, for messages and as the report's source.
        sha256: of the file.

    Raises:
        InputError: it is not JSON, not of this shape, of another edition, or has an unknown cell; says where.
    """
    name = f"“{path.replace(chr(92), '/').rsplit('/', 1)[-1] or 'JSON 数据'}”"
    try:
        raw = json.loads(
            data, parse_float=_Literal, parse_int=_whole, parse_constant=_Literal,
            object_pairs_hook=_object,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        what = "嵌套太深" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"{name}不是正确的 JSON 数据（{what}）。请重新用 reportgen extract 生成。") from error
    return _Reader(name, path, sha256).report(raw, form)


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


class _Reader:
    def __init__(self, name: str, path: str, sha256: str) -> None:
        self.name, self.path, self.sha256 = name, path, sha256

    def fail(self, what: str) -> InputError:
        return InputError(f"{self.name}{what}。请重新用 reportgen extract 生成，或按同样的格式改正。")

    def part(self, data: Mapping[str, Any], key: str, kind: type) -> Any:
        value = data.get(key, kind())
        if not isinstance(value, kind):
            raise self.fail(f"的“{key}”格式不对")
        return value

    def report(self, raw: Any, form: Form | None) -> Report:
        if not isinstance(raw, dict) or "values" not in raw:
            raise self.fail("不是年度报告的数据（没有“values”）")
        if raw.get("version", VERSION) != VERSION:
            raise self.fail("是别的版本的数据")
        edition = str(raw.get("form", ""))
        if edition not in editions():
            raise self.fail(f"写的格式版本“{edition}”不认得，现有：{'、'.join(editions())}")
        if form is not None and form.id != edition:
            raise self.fail(f"是{edition}版格式的数据，不是{form.id}版")
        form = form or load_form(edition)
        last = self.part(raw, "last_year", dict)
        return Report(
            form=form,
            values=self.values(form, raw, complete=True),
            fields=self.fields(form, raw), passages=self.passages(form, raw),
            headings=tuple((str(a), str(b)) for a, b in self.pairs(raw)),
            title=str(self.part(raw, "title", str)), path=self.path, kind="json", sha256=self.sha256,
            explanations=self.explanations(raw), last_year=self.values(form, last, complete=False),
            last_year_texts={k: str(v) for k, v in self.part(last, "texts", dict).items()},
        )  # fmt: skip

    def pairs(self, raw: Mapping[str, Any]) -> list[tuple[object, object]]:
        pairs = self.part(raw, "headings", list)
        if not all(isinstance(one, list) and len(one) == 2 for one in pairs):
            raise self.fail("的“headings”格式不对")
        return [(one[0], one[1]) for one in pairs]

    def values(self, form: Form, raw: Mapping[str, Any], *, complete: bool) -> dict[str, Value]:
        given, remarks = self.part(raw, "values", dict), self.part(raw, "remarks", dict)
        for cell in [*given, *remarks]:
            if cell not in form.cells:
                raise self.fail(f"里有{form.id}版格式没有的数据“{cell}”")
        values = {}
        for cell in form.cells:
            if cell in given or cell in remarks:
                values[cell] = self.value(form, cell, given.get(cell), remarks.get(cell))
            elif complete:
                values[cell] = Value("missing")
        return values

    def value(self, form: Form, cell: str, given: Any, remark: Any) -> Value:
        origin = Origin("JSON", cell)
        if given is None:
            if remark is None:
                return Value("blank", origin=origin)
            if not isinstance(remark, dict) or remark.get("state") not in _STATES:
                raise self.fail(f"的“remarks”里“{cell}”格式不对")
            if remark["state"] == "missing":
                return Value("missing")
            state: ValueState = remark["state"]
            return Value(
                "problem" if state == "number" else state, None, str(remark.get("raw", "")), origin,
                remark=str(remark.get("remark", "")),
            )  # fmt: skip
        one = form.cells[cell]
        if not isinstance(given, (int, str)) or isinstance(given, bool):
            raise self.fail(f"里“{cell}”的值不是数字")
        parsed = parse_number(given, kind=one.kind, decimals=one.decimals, unit=one.unit, text=True)
        return Value(parsed.state, parsed.number, str(given), origin, remark=parsed.remark)

    def fields(self, form: Form, raw: Mapping[str, Any]) -> dict[str, str | Number]:
        given = {k: raw[k] for k in ("org", "year") if raw.get(k)}
        given.update(self.part(raw, "fields", dict))
        known = {f.id: f for f in form.fields}
        fields: dict[str, str | Number] = {}
        for key, value in given.items():
            if key not in known:
                raise self.fail(f"的“fields”里有不认得的“{key}”")
            if value is not None:
                fields[key] = self.field(known[key], value)
        return fields

    def field(self, field: Field, value: Any) -> str | Number:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise self.fail(f"的“{field.id}”格式不对")
        if field.kind in ("count", "amount"):
            number = parse_number(value, kind=field.kind, decimals=2, unit="元", text=True).number
            if number is None:
                raise self.fail(f"的“{field.id}”不是正确的数字")
            return Decimal(number) if field.kind == "amount" else number
        if field.kind == "year" and isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        return value

    def explanations(self, raw: Mapping[str, Any]) -> tuple[Explanation, ...]:
        given = self.part(raw, "explanations", list)
        if not all(isinstance(one, dict) for one in given):
            raise self.fail("的“explanations”格式不对")
        texts = [{key: str(one.get(key, "")) for key in _EXPLANATION} for one in given]
        return tuple(
            Explanation(
                text["rule"], text["code"], text["text"], text["name"], text["date"],
                one.get("printed") is True,
            )
            for text, one in zip(texts, given, strict=True)
        )  # fmt: skip

    def passages(self, form: Form, raw: Mapping[str, Any]) -> tuple[Passage, ...]:
        sections = {s.id for s in form.sections}
        passages = []
        for n, one in enumerate(self.part(raw, "texts", list), 1):
            paragraphs = one.get("paragraphs") if isinstance(one, dict) else None
            if not isinstance(paragraphs, list) or not all(isinstance(p, str) for p in paragraphs):
                raise self.fail(f"的“texts”第{n}项格式不对")
            if one.get("section") not in sections:
                raise self.fail(f"的“texts”第{n}项的部分“{one.get('section')}”不认得")
            origin = Origin("JSON", f"texts[{n}]")
            passages.append(Passage(one["section"], str(one.get("heading", "")), tuple(paragraphs), origin))
        return tuple(passages)
