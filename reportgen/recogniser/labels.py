"""Labels as the recogniser compares them (FORMAT.md 3.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from ..form import LONGEST_LABEL, Block, Form, Node

__all__ = ["BlockLabels", "block_labels", "key", "known_labels", "loose"]

_DROPPED = re.compile(r"[\s\u200b\ufeff“”‘’\"'＂＇「」『』]+")
_SEPARATORS = re.compile(r"[-—–/\\>|·_]+")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、])")


def key(text: str) -> str:
    """Reduce a label to what counts: NFKC, no white space, no quotes, half-width punctuation."""
    return _short_key(text) if len(text) <= LONGEST_LABEL else _reduced(text)


def _reduced(text: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


_short_key = lru_cache(maxsize=4096)(_reduced)


def loose(text: str) -> str:
    """Like :func:`key`, also without the separators people put between the levels of a label."""
    return _SEPARATORS.sub("", key(text))


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
    """Labels by the identity of the block: to hash a block is to hash all that is in it."""
    return {id(block): _labels_of(block) for table in form.tables for block in table.blocks}


@lru_cache(maxsize=16)
def known_labels(form: Form) -> frozenset[str]:
    """Return the key of every label of a form, in every wording."""
    return frozenset(key for one in _form_labels(form).values() for key in (*one.rows, *one.columns, *one.groups))


def block_labels(form: Form, block: Block) -> BlockLabels:
    """Return the labels of a block of the form, worked out once per form."""
    return _form_labels(form)[id(block)]
