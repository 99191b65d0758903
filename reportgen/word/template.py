"""A Word template, prepared once: checked as a whole and turned into a plan to render by.

Everything wrong with a template is found in one go.  What nothing else finds, a trial does: reports of every kind are
printed and proved as real ones are, so that a template that is accepted can be used, and one that is not cannot.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ..errors import InputError, TemplateError, said_by_system
from ..form import Form, editions, is_shipped, load_form
from ..model.numbers import Number
from ..model.report import Passage, Report, Value
from ..opc.archive import check_entries
from ..opc.parts import Package, XmlError, parse, text_of
from ..show.view import make_view
from ..sources.docx import blocks
from ..sources.limits import Budget
from .faults import TemplateFault, shorten, squeeze
from .fit import check_fit, specimen
from .package import PackageError, main_part, pitfalls, text_parts, tidy
from .plan import Prepared, TaggedPart
from .proof import differences
from .render import render, shipped_template
from .rewrite import Rewriter
from .runs import W
from .tags import Names

_FIRST = ("[Content_Types].xml", "_rels/.rels")


def prepared_template(path: Path | None, form: Form) -> Prepared:
    """Return a template prepared for a form; the latest few are kept for the next report.

    Args:
        path: the template; None for one that is made from the form.

    Raises:
        TemplateError: it cannot be read, or has mistakes.
    """
    if path is None:
        return prepare(_made(form), form, ours=True)
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"读不到 Word 模板“{path}”（{said_by_system(error)}）。请检查路径和权限。") from error
    try:
        return prepare(template, form, ours=path == shipped_template(form), judged=not _is_known(path, form))
    except TemplateError as error:
        own = edition_of(template)
        if own.id != form.id:
            raise TemplateError(
                f"“{path.name}”是按 {own.id} 版格式做的 Word 模板，这份报告用的是 {form.id} 版，"
                f"请换一个模板（可以运行 reportgen template make {form.id} -o 模板.docx 生成）。"
            ) from error
        raise TemplateError(f"“{path.name}”：{error}") from error


def _is_known(path: Path, form: Form) -> bool:
    """Tell whether a template is the shipped one and the form, too, so that our tests have judged them together."""
    return path == shipped_template(form) and is_shipped(form.id) and form is load_form(form.id)


def edition_of(template: bytes) -> Form:
    """Return the edition whose labels a template has, the newest of several that fit as well."""
    try:
        package = _opened(template)
        root = package.tree(main_part(package))
    except (PackageError, XmlError):
        return load_form()
    said = {squeeze(text_of(p, W + "t")) for p in root.iter(W + "p")}

    def fit(form: Form) -> int:
        labels = {squeeze(cell.text + cell.note) for table in form.tables for cell in table.layout if cell.text}
        return len(labels & said) - len(labels - said)

    return max((load_form(edition) for edition in reversed(editions())), key=fit)


@lru_cache(maxsize=4)
def _made(form: Form) -> bytes:
    from .design import default_template  # loads python-docx

    return default_template(form)


@lru_cache(maxsize=4)
def prepare(template: bytes, form: Form, *, ours: bool = False, judged: bool = True) -> Prepared:
    """Check a template and prepare it for rendering.

    Args:
        ours: it is known to be as we made it, and needs no trial.
        judged: False where it is known to fit this form.

    Raises:
        TemplateError: all its mistakes, each with its place and what to do.
    """
    prepared, faults = _compile(template, form, judged=judged)
    if prepared is not None and not ours:
        faults += _trial(prepared, form)
    faults = [fault for fault in faults if fault.severity == "error"]
    if prepared is None or faults:
        lines = "\n".join(f"{n}. {fault.line()}" for n, fault in enumerate(faults, 1))
        raise TemplateError(f"Word 模板有 {len(faults)} 处要改：\n{lines}")
    return prepared


def check_template(template: bytes, form: Form) -> list[TemplateFault]:
    """Return every mistake of a template, in the order of the document, and what else is worth knowing."""
    prepared, faults = _compile(template, form)
    return faults if prepared is None else [*faults, *_trial(prepared, form)]


def _compile(template: bytes, form: Form, *, judged: bool = True) -> tuple[Prepared | None, list[TemplateFault]]:
    try:
        package = _opened(template)
        labels = text_parts(package)
        faults = [*tidy(package, labels), *(pitfalls(package, labels) if judged else ())]
        names = Names(form)
        parts: dict[str, TaggedPart] = {}
        for name, label in labels.items():
            rewriter = Rewriter(names, label, parse(package.content(name), bare=True))
            rewriter.rewrite()
            main = name == next(iter(labels))
            faults += rewriter.faults if main else [*rewriter.faults, *_stray_figures(rewriter)]
            if rewriter.balanced and (rewriter.operations or main):
                parts[name] = rewriter.part()
    except (PackageError, XmlError) as fault:
        return None, [TemplateFault("模板文件", "", str(fault))]
    text = parts.get(next(iter(labels)))
    if text is not None and judged:
        others = {name: package.content(name) for name in package}
        whole, bare = (
            blocks("".join(specimen(text.plan, whole=whole)).encode(), Budget("模板"), others, next(iter(labels)))
            for whole in (True, False)
        )
        faults += check_fit(form, names.cells, whole, bare)
    if text is None or any(fault.severity == "error" for fault in faults):
        return None, faults
    order = [*_FIRST, *(name for name in package if name not in _FIRST)]
    return Prepared({name: parts.get(name) or package.content(name) for name in order}), faults


def _trial(prepared: Prepared, form: Form) -> list[TemplateFault]:
    """Print a report with every text and one with none, and prove them."""
    found: dict[str, None] = {}
    try:
        for report, draft in ((_specimen(form, full=True), True), (_specimen(form, full=False), False)):
            view = make_view(report, draft=draft)
            found.update(dict.fromkeys(differences(render(prepared, view, {}), view)))
    except InputError as error:
        found[str(error)] = None
    return [TemplateFault("正文", "", f"试印的报告与数据不一致：{message}") for message in found]


def _specimen(form: Form, *, full: bool) -> Report:
    """Return a report whose figures are all different; no text of it has a digit that a template might have, too."""
    values = {cell: Value("number", 100_000 + n, str(100_000 + n)) for n, cell in enumerate(form.cells)}
    passages = [
        Passage(section.id, heading, ("第一段文字。", "第二段文字。"))
        for section in form.text_sections
        for heading in ("", *(sub.heading for sub in section.subheadings))
    ]
    fields: dict[str, str | Number] = {field.id: "某项" for field in form.fields} if full else {}
    fields |= {"org": "某某市某某局", "year": form.first_year}
    return Report(form, values, fields, tuple(passages) if full else ())


def _stray_figures(rewriter: Rewriter) -> Iterator[TemplateFault]:
    """Figures in headers and the like."""
    for path, text in rewriter.printed:
        if path in rewriter.names.cells:
            message = "表中的数只能印在正文的表格里，别处印的数不会被核对"
            yield TemplateFault(rewriter.label, shorten(text), message)


def _opened(template: bytes) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            check_entries("模板", entries)
            return Package({entry.filename: archive.read(entry) for entry in entries})
    except InputError as error:
        raise PackageError(str(error)) from error
    except KeyError as error:
        raise PackageError("不是 Word 文档（.docx）") from error
    except XmlError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise PackageError("不是 Word 文档（.docx），或已损坏，或设了密码") from error
