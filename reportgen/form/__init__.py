"""The prescribed form: typed objects, loaded from one TOML file per edition."""

from __future__ import annotations

from .model import (
    AXES,
    LONGEST_LABEL,
    SEVERITIES,
    Block,
    Cell,
    Comparison,
    Equation,
    Field,
    Form,
    LayoutCell,
    Node,
    Relation,
    Rule,
    Section,
    Subheading,
    Table,
    Term,
)  # fmt: skip
from .shipped import editions, load_form

__all__ = [
    "AXES", "LONGEST_LABEL", "SEVERITIES", "Block", "Cell", "Comparison", "Equation", "Field", "Form", "LayoutCell",
    "Node", "Relation", "Rule", "Section", "Subheading", "Table", "Term", "editions", "load_form",
]  # fmt: skip
