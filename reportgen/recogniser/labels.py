"""Labels as the recogniser compares them (FORMAT.md 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from ..form import Block, Form, Node
from ..form.likeness import bare, key, loose, number_of
from ..form.tables import paths


class Axis(msgspec.Struct, frozen=True):
    """The rows or the columns of one block."""

    wordings: dict[str, str]
    """Label key → leaf id."""
    labels: dict[str, str]
    """Every prescribed label, groups too, and every other wording → leaf id, ``""`` of a group."""
    leaves: tuple[Node, ...]

    @property
    def names(self) -> frozenset[str]:
        """The labels of leaves without their numbers: they may stand for another axis too."""
        return frozenset(bare(leaf.label) for leaf in self.leaves)


class BlockLabels(msgspec.Struct, frozen=True):
    """The labels of one block.

    ``exact`` keys are the form's own wording; others are accepted with a notice (S-07).
    """

    rows: Axis
    columns: Axis
    groups: frozenset[str]
    """Keys of group labels, titles and the corner: known, but no figures of their own."""
    exact: frozenset[str]
    column_tree: tuple[Node, ...]
    column_groups: tuple[Node, ...]
    parts: dict[str, Node]
    """Key → group of rows that has items only, no total: some files have one row for all of it."""
    known: frozenset[str]
    """What a grid with a row or a column of the block has one of."""


def _wordings(path: tuple[Node, ...]) -> Iterator[str]:
    """Wordings of a leaf other than the prescribed one."""
    leaf = path[-1]
    yield from (key(v) for v in leaf.variants)
    if leaf.note:
        yield key(leaf.label)
    for start in range(len(path) - 1):
        yield "".join(loose(n.text) for n in path[start:])
    yield number_of(key(leaf.text))[1]
    yield number_of(key(leaf.label))[1]


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


def _named(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield from ((text, "" if node.children else node.id) for text in (node.label, node.text, *node.variants))
        yield from _named(node.children)


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
    items = () if block.wide else _of_items(block.rows)
    parts = {k: n for n in items for k in (key(n.text), number_of(key(n.text))[1])}
    return BlockLabels(
        Axis(rows, dict(_named(block.rows)), row_leaves),
        Axis(columns, dict(_named(block.columns)), column_leaves),
        frozenset(groups), frozenset(exact_rows | exact_columns), block.columns,
        tuple(path[-1] for path in paths(block.columns) if path[-1].children),
        parts, frozenset([*rows, *columns, *parts]),
    )  # fmt: skip


def _of_items(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.children and not any(child.children or child.total for child in node.children):
            yield node
        yield from _of_items(node.children)


@lru_cache(maxsize=16)
def _form_labels(form: Form) -> dict[int, BlockLabels]:
    """Labels by the identity of the block: to hash a block is to hash all that is in it."""
    return {id(block): _labels_of(block) for table in form.tables for block in table.blocks}


@lru_cache(maxsize=16)
def known_labels(form: Form) -> frozenset[str]:
    """Return the key of every label of a form, in every wording."""
    return frozenset(
        key for one in _form_labels(form).values() for key in (*one.rows.wordings, *one.columns.wordings, *one.groups)
    )


def block_labels(form: Form, block: Block) -> BlockLabels:
    """Return the labels of a block of the form, worked out once per form."""
    return _form_labels(form)[id(block)]


def nearest(form: Form, axis: Axis, text: str) -> str:
    """Return the leaf whose label a text nearly is, ``""`` if it is near none, near a group, or near several."""
    near = {axis.labels[label] for label in form.likeness.near(text, axis.labels)}
    return near.pop() if len(near) == 1 else ""
