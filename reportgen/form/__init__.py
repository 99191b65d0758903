"""The prescribed form: typed records, decoded from one TOML file per edition and proved whole."""

from __future__ import annotations

from .besides import Chart, Rollup, RollupGroup
from .editions import editions, form_file, form_folders, is_shipped, load_form, own_template
from .kinds import AnyRule
from .records import (
    Block,
    Cell,
    Comparison,
    Equation,
    Field,
    Form,
    LayoutCell,
    Node,
    Relation,
    Section,
    Sheets,
    Subheading,
    Table,
    Term,
)  # fmt: skip
from .rule import Rule
from .words import LONGEST_LABEL, SEVERITIES

__all__ = [
    "LONGEST_LABEL", "SEVERITIES", "AnyRule", "Block", "Cell", "Chart", "Comparison", "Equation", "Field", "Form",
    "LayoutCell", "Node", "Relation", "Rollup", "RollupGroup", "Rule", "Section", "Sheets", "Subheading", "Table", "Term", "editions",
    "form_file", "form_folders", "is_shipped", "load_form", "own_template",
]  # fmt: skip
