"""Prepared templates, kept in memory and in the user's cache folder.

A cached plan is JSON with its own checksum, under a key made of everything it depends on: template,
form, engine.  What is stale has another key; what is damaged is prepared anew; a folder that cannot
be written costs time only.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from .. import __version__
from ..disk.cache import folder
from ..errors import TemplateError
from ..form import Form
from ..opc.archive import Member
from ..show.view import template_names
from .plan import Part, Prepared

__all__ = ["cache_folder", "prepared_template"]

ENGINE = 1
"""Raised whenever plans change their meaning."""
_KEPT = 16
"""Plans kept on disk; the oldest go first."""


def cache_folder() -> Path | None:
    """Return the folder for prepared templates, None if the system has no place for one."""
    place = folder()
    return Path(place) if place else None


def prepared_template(path: Path | None, form: Form) -> Prepared:
    """Return a template prepared for a form, from the cache where it is there.

    Args:
        path: the template; None for one that is made from the form.
        form: the form it prints.

    Raises:
        TemplateError: it cannot be read, or has mistakes.
    """
    if path is None:
        return _prepared(_made(form), form)
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"读不到 Word 模板“{path}”（{error.strerror}）。请检查路径和权限。") from error
    try:
        return _prepared(template, form)
    except TemplateError as error:
        raise TemplateError(f"“{path.name}”：{error}") from error


@lru_cache(maxsize=4)
def _made(form: Form) -> bytes:
    from .design import default_template

    return default_template(form)


@lru_cache(maxsize=4)
def _prepared(template: bytes, form: Form) -> Prepared:
    key = _key(template, form)
    folder = cache_folder()
    file = folder / f"template-{key}.json" if folder else None
    found = _load(file, key) if file else None
    if found is not None:
        return found
    from .template import prepare

    prepared = prepare(template, form)
    if file:
        _save(file, key, prepared)
    return prepared


def _key(template: bytes, form: Form) -> str:
    """Digest of all that a plan depends on, the words and places of the form included."""
    layout = [
        (t.id, [(c.row, c.column, c.row_span, c.column_span, c.text, c.note, c.cell) for c in t.layout])
        for t in form.tables
    ]
    headings = [(s.id, s.number, s.heading, s.title, s.table) for s in form.sections]
    content = json.dumps([ENGINE, __version__, form.id, layout, headings, template_names(form)])
    return hashlib.sha256(content.encode() + b"\0" + template).hexdigest()


def _load(file: Path, key: str) -> Prepared | None:
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
        if hashlib.sha256(key.encode() + content).hexdigest().encode() != digest:
            return None
        form, members = json.loads(content)
        return Prepared(form, tuple(_member(data) for data in members))
    except (OSError, ValueError, TypeError, KeyError, binascii.Error):
        return None


def _member(data: list[Any]) -> Part | Member:
    if len(data) == 3:
        return Part(*data)
    name, crc, size, packed = data
    return Member(name, crc, size, base64.b64decode(packed))


def _save(file: Path, key: str, prepared: Prepared) -> None:
    members = [
        [m.name, m.prefix, m.plan]
        if isinstance(m, Part)
        else [m.name, m.crc, m.size, base64.b64encode(m.data).decode("ascii")]
        for m in prepared.members
    ]
    content = json.dumps([prepared.form, members], ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(key.encode() + content).hexdigest().encode()
    temp = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            temp.write_bytes(digest + b"\n" + content)
            os.replace(temp, file)
        finally:
            temp.unlink(missing_ok=True)
        plans = sorted(file.parent.glob("template-*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in plans[_KEPT:]:
            old.unlink(missing_ok=True)
