"""A Word template, prepared once: checked as a whole and turned into a plan to render by.

Everything wrong with a template is found in one go.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from ..errors import InputError, TemplateError
from ..form import Form
from ..opc.parts import Package
from ..opc.unpack import check_entries
from ..opc.xml import XmlError, parse
from ..sources.docx import Block, blocks
from ..sources.limits import Budget
from .faults import TemplateFault, shorten
from .fit import check_fit, specimen
from .names import Names
from .package import PackageError, text_parts, tidy
from .plan import Prepared, TaggedPart
from .rewrite import Rewriter

__all__ = ["TemplateFault", "check_template", "prepare", "prepared_template"]

_FIRST = ("[Content_Types].xml", "_rels/.rels")


def prepared_template(path: Path | None, form: Form) -> Prepared:
    """Return a template prepared for a form; the latest few are kept for the next report.

    Args:
        path: the template; None for one that is made from the form.
        form: the form it prints.

    Raises:
        TemplateError: it cannot be read, or has mistakes.
    """
    if path is None:
        return prepare(_made(form), form)
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"读不到 Word 模板“{path}”（{error.strerror}）。请检查路径和权限。") from error
    try:
        return prepare(template, form)
    except TemplateError as error:
        raise TemplateError(f"“{path.name}”：{error}") from error


@lru_cache(maxsize=4)
def _made(form: Form) -> bytes:
    from .design import default_template  # loads python-docx

    return default_template(form)


@lru_cache(maxsize=4)
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
    try:
        package = _opened(template)
        labels = text_parts(package)
        faults = [TemplateFault("模板文件", "", fault) for fault in tidy(package)]
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
    if text is not None:
        others = {name: package.content(name) for name in package}
        whole, bare = (_printed_blocks(text, others, next(iter(labels)), whole=whole) for whole in (True, False))
        faults += check_fit(form, names.cells, whole, bare)
    if faults or text is None:
        return None, faults
    order = [*_FIRST, *(name for name in package if name not in _FIRST)]
    return Prepared({name: parts.get(name) or package.content(name) for name in order}), []


def _stray_figures(rewriter: Rewriter) -> Iterator[TemplateFault]:
    """Figures in headers and the like."""
    for path, text in rewriter.printed:
        if path in rewriter.names.cells:
            message = "表中的数只能印在正文的表格里，别处印的数不会被核对"
            yield TemplateFault(rewriter.label, shorten(text), message)


def _printed_blocks(part: TaggedPart, parts: Mapping[str, bytes], name: str, *, whole: bool) -> list[Block]:
    return blocks("".join(specimen(part.plan, whole=whole)).encode(), Budget("模板"), parts, name)


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
