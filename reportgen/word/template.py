"""A Word template, prepared once: checked as a whole and turned into a plan to render by.

The plan is plain JSON, so rendering needs neither lxml nor jinja2, and a plan kept on disk can do
nothing but print.  Everything wrong with a template is found in one go.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from ..errors import InputError, TemplateError
from ..form import Form
from ..opc.archive import pack
from ..opc.unpack import check_entries
from ..sources.docx import blocks
from .faults import TemplateFault, shorten
from .fit import check_fit, specimen
from .names import Names
from .package import PackageError, parse, text_parts, tidy
from .plan import Part, Prepared
from .rewrite import Rewriter

__all__ = ["TemplateFault", "check_template", "prepare"]

_FIRST = ("[Content_Types].xml", "_rels/.rels")


def prepare(template: bytes, form: Form) -> Prepared:
    """Check a template and prepare it for rendering.

    Args:
        template: a .docx file.
        form: the form it prints.

    Raises:
        TemplateError: all its mistakes, each with its place and what to do.
    """
    prepared, faults = _compile(template, form)
    if prepared is None or faults:
        lines = "\n".join(f"{n}. {fault.line()}" for n, fault in enumerate(faults, 1))
        raise TemplateError(f"Word 模板有 {len(faults)} 处要改：\n{lines}")
    return prepared


def check_template(template: bytes, form: Form) -> list[TemplateFault]:
    """Return every mistake of a template, in the order of the document.

    Args:
        template: a .docx file.
        form: the form it prints.
    """
    return _compile(template, form)[1]


def _compile(template: bytes, form: Form) -> tuple[Prepared | None, list[TemplateFault]]:
    faults: list[TemplateFault] = []
    try:
        files = _unzip(template)
        labels = text_parts(files)
        faults += [TemplateFault("模板文件", "", fault) for fault in tidy(files)]
        names = Names(form)
        plans: dict[str, Part] = {}
        for name, label in labels.items():
            rewriter = Rewriter(names, label, parse(files[name]))
            rewriter.rewrite()
            faults += rewriter.faults
            if name != next(iter(labels)):
                faults += [
                    TemplateFault(label, shorten(text), "表中的数只能印在正文的表格里，别处印的数不会被核对")
                    for path, text in rewriter.printed
                    if path in names.cells
                ]
            if rewriter.balanced and (rewriter.operations or name == next(iter(labels))):
                plans[name] = Part(name, *rewriter.plan())
    except PackageError as fault:
        return None, [TemplateFault("模板文件", "", str(fault))]
    main = plans.get(next(iter(labels)))
    if main is not None:
        prints = [blocks("".join(specimen(main.plan, {}, whole=whole)).encode()) for whole in (True, False)]
        faults += check_fit(form, names.cells, *prints)
    if faults or main is None:
        return None, faults
    order = [*_FIRST, *(name for name in files if name not in _FIRST)]
    return Prepared(form.id, tuple(plans.get(name) or pack(name, files[name], 9) for name in order)), []


def _unzip(template: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            check_entries("模板", entries)
            files = {entry.filename: archive.read(entry) for entry in entries}
    except InputError as error:
        raise PackageError(str(error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise PackageError("不是 Word 文档（.docx），或已损坏，或设了密码") from error
    if "[Content_Types].xml" not in files:
        raise PackageError("不是 Word 文档（.docx）")
    return files
