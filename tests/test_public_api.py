"""What `import reportgen` offers is honest: signatures, types, copies and pickles work on all of it."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from support import make_report, published_cells

import reportgen
from reportgen import api, batch
from reportgen.api import print_report, review, template_faults, write_result_page
from reportgen.model.explanations import notes
from reportgen.model.report import Explanation, Passage, Report
from reportgen.rollup import Member, Roster
from reportgen.show.lines import report_lines

EXAMPLE = Path(__file__).parent.parent / "examples" / "liwan-2024.xlsx"
VERBS = [name for name in reportgen.__all__ if name != "__version__"]


# --------------------------------------------------------------------------- what there is


def offered() -> dict[str, Any]:
    """Return the public names, and those of the modules behind them that scripts use too."""
    names = {name: getattr(reportgen, name) for name in VERBS}
    for module in (api, batch):
        names |= {f"{module.__name__}.{name}": getattr(module, name) for name in module.__all__}
    return names


def mentioned(hint: Any) -> Iterator[type]:
    """Yield the classes of this package that a type hint speaks of."""
    if isinstance(hint, type) and hint.__module__.startswith("reportgen"):
        yield hint
    origin = typing.get_origin(hint)
    if isinstance(origin, type) and origin.__module__.startswith("reportgen"):
        yield origin
    for part in typing.get_args(hint):
        yield from mentioned(part)


def members(cls: type) -> Iterator[Callable[..., Any]]:
    """Yield the public methods and properties of a class."""
    for name, member in vars(cls).items():
        function = member.fget if isinstance(member, property) else member
        if inspect.isfunction(function) and not name.startswith("_"):
            yield function


@cache
def reachable() -> dict[type, str]:
    """Return every class of the package that the public names lead to, with the way there."""
    found: dict[type, str] = {}
    todo = list(offered().items())
    while todo:
        way, one = todo.pop()
        if isinstance(one, type):
            if one in found:
                continue
            found[one] = way
            hints = [typing.get_type_hints(one), *map(typing.get_type_hints, members(one))]
        else:
            hints = [typing.get_type_hints(one)]
        todo += [(f"{way} → {name}", cls) for h in hints for name, t in h.items() for cls in mentioned(t)]
    return found


def test_the_walk_gets_far() -> None:
    names = {cls.__name__ for cls in reachable()}
    assert {"Report", "Finding", "CellRef", "Origin", "Equation", "Form", "Equal", "Repair", "Passage"} <= names
    assert len(names) > 30


@pytest.mark.parametrize("name", offered())
def test_signatures_and_types_of_the_public_names(name: str) -> None:
    one = offered()[name]
    parameters = inspect.signature(one).parameters
    hints = typing.get_type_hints(one)
    assert set(parameters) <= set(hints)
    assert isinstance(one, type) or "return" in hints
    assert inspect.getdoc(one)


def test_signatures_and_types_of_all_that_they_lead_to() -> None:
    for cls, way in reachable().items():
        inspect.signature(cls)
        if issubclass(cls, msgspec.Struct):
            assert set(cls.__struct_fields__) <= set(typing.get_type_hints(cls)), way
        for member in members(cls):
            parameters = [p for p in inspect.signature(member).parameters if p != "self"]
            hints = typing.get_type_hints(member)
            assert {*parameters, "return"} <= set(hints), f"{way}.{member.__name__}"


# --------------------------------------------------------------------------- copies and pickles


def plain(value: Any) -> Any:
    """Return a value that is equal for equal contents: a form is equal to itself alone."""
    if isinstance(value, msgspec.Struct):
        fields = [plain(getattr(value, name)) for name in value.__struct_fields__]
        return type(value).__name__, fields
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value).__name__, [plain(one) for one in value]
    return value


def inside(value: Any, found: dict[type, Any]) -> None:
    """Collect one value of each class of the package that a value is made of."""
    if type(value).__module__.startswith("reportgen"):
        found.setdefault(type(value), value)
    parts: Any = ()
    if isinstance(value, msgspec.Struct):
        parts = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, Mapping):
        parts = value.values()
    elif isinstance(value, (tuple, list, Set)):
        parts = value
    for part in parts:
        inside(part, found)


def merged(folder: Path, report: Report) -> list[Any]:
    """A roll-up with everything in it: changes, differences, what was left out."""
    every: list[Any] = [make_report({"表三.new.natural": n, "表三.new.total": n}, org=f"第{n}局") for n in (1, 2)]
    roster = Roster((Member("第1局"), Member("第2局"), Member("第3局")))
    options: dict[str, Any] = {"org": "某某市人民政府", "include_drafts": True}
    first = reportgen.merge(every[:1], folder / "汇总.xlsx", **options)
    filed = make_report({"表三.new.natural": 9, "表三.new.total": 9}, org="某某市人民政府")
    (folder / "又一份.xlsx").write_bytes((folder / "汇总.xlsx").read_bytes())
    every += [report, folder / "又一份.xlsx"]
    last = reportgen.merge(every, previous=folder / "汇总.xlsx", filed=filed, roster=roster, **options)
    return [first, last, roster, first.rollup.inside[0].filing.contents()]


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> dict[type, Any]:
    """One value of each class, from the verbs at work on a workbook with errors and answers."""
    folder = tmp_path_factory.mktemp("api")
    figures = published_cells("liwan_2024") | {"表三.granted.natural": 74}
    text = Passage("overall", "", ("2024年新收政府信息公开申请639件。",))
    report = make_report(figures, org="某某市某某局", passages=(text,))
    asked = reportgen.check(make_report(published_cells("huaian_city_2024") | {"表二.normative.made": 93}))
    question = next(f for f in asked if f.severity == "ask" and f.cells and f.cells[0].id)
    answer = Explanation(question.rule, question.code, "已核实", printed=True)
    settled = make_report(published_cells("huaian_city_2024") | {"表二.normative.made": 93})
    settled = replace(settled, explanations=(answer,))
    book = folder / "甲.xlsx"
    book.write_bytes(reportgen.blank_workbook(report.form, report=report, typed_totals=True))
    template = folder / "模板.docx"
    template.write_bytes(reportgen.build(EXAMPLE, folder / "r.docx").path.read_bytes())
    checked = review(book)
    results: list[Any] = [
        reportgen.mark(checked.report, folder / "标记.xlsx"), write_result_page([checked], folder / "页.html"),
        checked, checked.repairs.shown, reportgen.build(EXAMPLE, folder / "b.docx"), settled, reportgen.check(settled),
        notes(settled, reportgen.check(settled)), template_faults(template, report.form),
        print_report(checked.report, checked.findings, folder / "p.html", draft=True),
        list(report_lines(checked.report, checked.findings, checked.repairs)),
        list(batch.check_many([book, folder / "没有.xlsx"])), list(batch.build_many([book])), merged(folder, report),
    ]  # fmt: skip
    found: dict[type, Any] = {}
    inside(results, found)
    return found


WAYS: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]


@pytest.mark.parametrize("way", WAYS, ids=["copy", "deepcopy", "pickle"])
def test_records_can_be_copied_and_pickled(way: Callable[[Any], Any], values: dict[type, Any]) -> None:
    for cls, value in values.items():
        again = way(value)
        assert type(again) is cls
        assert plain(again) == plain(value), cls


def test_every_record_has_been_tried(values: dict[type, Any]) -> None:
    records = {cls for cls in reachable() if issubclass(cls, (msgspec.Struct, tuple))}
    assert {cls.__name__ for cls in records - values.keys()} == set()


@pytest.mark.parametrize("name", offered())
def test_the_names_themselves_can_be_pickled(name: str) -> None:
    one = offered()[name]
    assert pickle.loads(pickle.dumps(one)) is one
    assert copy.deepcopy(one) is one


# --------------------------------------------------------------------------- the package itself


def test_names_are_listed_and_others_refused() -> None:
    assert set(reportgen.__all__) <= set(dir(reportgen))
    with pytest.raises(AttributeError, match="nonsense"):
        reportgen.nonsense  # noqa: B018


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import sys, reportgen; print(sorted(m for m in sys.modules if m.startswith('reportgen')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.findall(r"'(reportgen[\w.]*)'", run.stdout) == ["reportgen"]
