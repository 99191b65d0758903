"""The prescribed form: typed objects, loaded from one TOML file per edition."""

from __future__ import annotations

from .load import editions, load_form
from .model import (
    AXES,
    SEVERITIES,
    Block,
    Cell,
    Equation,
    Field,
    Form,
    LayoutCell,
    Node,
    Rule,
    Section,
    Subheading,
    Table,
)  # fmt: skip

__all__ = [
    "AXES", "SEVERITIES", "Block", "Cell", "Equation", "Field", "Form", "LayoutCell", "Node",
    "Rule", "Section", "Subheading", "Table", "editions", "load_form",
]  # fmt: skip
