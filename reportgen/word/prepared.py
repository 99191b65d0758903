"""Prepared templates, kept for the next report and in the user's cache folder.

A prepared template in the folder is JSON under a key made of everything that it depends on: template,
form, version.  What is stale has another key; what is not what :mod:`.plan` says is prepared anew.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import msgspec

from .. import __version__
from ..disk import cache
from ..errors import TemplateError
from ..form import Form
from ..show.view import template_names
from .plan import Prepared

__all__ = ["prepared_template"]

_KIND = "template"
_ENGINE = 2
"""Raised whenever plans change their meaning between two versions of the program."""


def prepared_template(path: Path, form: Form) -> Prepared:
    """Return a template prepared for a form.

    Args:
        path: the template.
        form: the form it prints.

    Raises:
        TemplateError: it cannot be read, or has mistakes.
    """
    try:
        template = path.read_bytes()
    except OSError as error:
        raise TemplateError(f"读不到 Word 模板“{path}”（{error.strerror}）。请检查路径和权限。") from error
    try:
        return _prepared(template, form)
    except TemplateError as error:
        raise TemplateError(f"“{path.name}”：{error}") from error


@lru_cache(maxsize=4)
def _prepared(template: bytes, form: Form) -> Prepared:
    key = _key(template, form)
    kept = _decoded(cache.load(_KIND, key))
    if kept is not None:
        return kept
    from .template import prepare

    prepared = prepare(template, form)
    cache.save(_KIND, key, msgspec.json.encode(prepared))
    return prepared


def _key(template: bytes, form: Form) -> str:
    """Digest of all that a plan depends on, the words and places of the form included."""
    layout = [(table.id, table.layout) for table in form.tables]
    made_from = [_ENGINE, __version__, form.id, layout, form.sections, template_names(form)]
    return hashlib.sha256(msgspec.json.encode(made_from) + b"\0" + template).hexdigest()


def _decoded(content: bytes | None) -> Prepared | None:
    if content is None:
        return None
    try:
        return msgspec.json.decode(content, type=Prepared)
    except msgspec.DecodeError:
        return None
