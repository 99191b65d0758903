"""Labels as the recogniser compares them (FORMAT.md 3.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from ..form import Block, Form, Node

__all__ = ["BlockLabels", "block_labels", "key", "keys", "known_labels", "loose"]

_DROPPED = re.compile(r"[\s\u200b\ufeff“”‘’\"'＂＇「」『』]+")
_SEPARATORS = re.compile(r"[-—–/\\>|·_]+")
_MOST = 1024
_met: dict[str, tuple[str, str]] = {}
"""Texts met → :func:`key` and :func:`loose` of each, the latest :data:`_MOST` at the most."""
_BETWEEN = "\0"
"""No label and no document has it; nothing composes with it."""
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、])")


@lru_cache(maxsize=1024)
def key(text: str) -> str:
    """Reduce a label to what counts: NFKC, no white space, no quotes, half-width punctuation."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=1024)
def loose(text: str) -> str:
    """Like :func:`key`, also without the separators people put between the levels of a label."""
    return _SEPARATORS.sub("", key(text))


def keys(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return :func:`key` and :func:`loose` of many texts.

    Those not met before are normalised in one go: 0.9 instead of 2.6 ms for the longest sheets of the
    standard workbook.
    """
    new = [text for text in texts if text not in _met]
    if new:
        if len(_met) + len(new) > _MOST:
            _met.clear()
            new = list(texts)
        joined = _DROPPED.sub("", unicodedata.normalize("NFKC", _BETWEEN.join(new)))
        every, short = joined.split(_BETWEEN), _SEPARATORS.sub("", joined).split(_BETWEEN)
        if len(every) == len(short) == len(new):
            _met.update(zip(new, zip(every, short, strict=True), strict=True))
        else:
            _met.update({text: (key(text), loose(text)) for text in new})
    return [_met[text] for text in texts]


class BlockLabels(msgspec.Struct, frozen=True):
    """Label key → leaf id, for the rows and the columns of one block.

    ``exact`` keys are the form's own wording; others are accepted with a notice (S-07).
    """

    rows: dict[str, str]
    columns: dict[str, str]
    groups: frozenset[str]
    """Keys of group labels, titles and the corner: known, but no figures of their own."""
    exact: frozenset[str]
    row_leaves: tuple[Node, ...]
    column_leaves: tuple[Node, ...]


def _wordings(path: tuple[Node, ...]) -> Iterator[str]:
    """Wordings of a leaf other than the prescribed one."""
    leaf = path[-1]
    yield from (key(v) for v in leaf.variants)
    if leaf.note:
        yield key(leaf.label)
    for start in range(len(path) - 1):
        yield "".join(loose(n.text) for n in path[start:])
    yield _NUMBERING.sub("", key(leaf.text))
    yield _NUMBERING.sub("", key(leaf.label))


def _axis(nodes: tuple[Node, ...], taken: frozenset[str]) -> tuple[dict[str, str], set[str]]:
    """Return key → leaf id (without the ambiguous) and the keys of the prescribed wording."""
    found: dict[str, str] = {}
    exact: set[str] = set()
    others: dict[str, set[str]] = {}

    def visit(node: Node, above: tuple[Node, ...]) -> None:
        path = (*above, node)
        for child in node.children:
            visit(child, path)
        if not node.children:
            found[key(node.text)] = node.id
            exact.add(key(node.text))
            for wording in _wordings(path):
                others.setdefault(wording, set()).add(node.id)

    for node in nodes:
        visit(node, ())
    for wording, ids in others.items():
        if len(ids) == 1 and wording not in found and wording not in taken:
            found[wording] = next(iter(ids))
    return found, exact


def _groups(nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        if node.children:
            yield key(node.text)
            yield from _groups(node.children)


def _labels_of(block: Block) -> BlockLabels:
    row_leaves, column_leaves = block.row_leaves(), block.column_leaves()
    column_keys = frozenset(key(leaf.text) for leaf in column_leaves)
    row_keys = frozenset(key(leaf.text) for leaf in row_leaves)
    rows, exact_rows = _axis(block.rows, column_keys)
    columns, exact_columns = _axis(block.columns, row_keys)
    groups = {*_groups(block.rows), *_groups(block.columns)}
    groups |= {key(text) for text in (block.title, block.corner) if text}
    exact = frozenset(exact_rows | exact_columns)
    return BlockLabels(rows, columns, frozenset(groups), exact, row_leaves, column_leaves)


@lru_cache(maxsize=16)
def _form_labels(form: Form) -> dict[int, BlockLabels]:
    """Labels by the identity of the block: to hash a block is to hash all that is in it.

    With the leaves kept as well, 0.8 of 5 ms of recognising a workbook.
    """
    return {id(block): _labels_of(block) for table in form.tables for block in table.blocks}


@lru_cache(maxsize=16)
def known_labels(form: Form) -> frozenset[str]:
    """Return the key of every label of a form, in every wording."""
    return frozenset(
        key for one in _form_labels(form).values() for key in (*one.rows, *one.columns, *one.groups)
    )


def block_labels(form: Form, block: Block) -> BlockLabels:
    """Return the labels of a block of the form, worked out once per form."""
    return _form_labels(form)[id(block)]
