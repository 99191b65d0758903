"""The kinds of words a form file is made of: ids, levels, regular expressions, placeholder names.

A field of a record says by its type what it may name; :mod:`.proof` looks every such word up, and
``docs/forms.zh.md`` prints the same declaration.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

LONGEST_LABEL = 120
"""Characters of the longest text that is looked at as a label or a title; those of the forms have up to 53."""

HAN = r"[^\W\da-zA-Z_]"
"""A Chinese character in an expression: a letter that is not Latin.

A range of code points says the same of these texts, but :mod:`re` compiles one by one the 20,000 that are in it.
"""

Severity: TypeAlias = Literal["error", "warning", "ask", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "ask", "info")
"""Levels of a finding, the gravest first."""
Axis: TypeAlias = Literal["rows", "columns"]
FieldKind: TypeAlias = Literal["text", "year", "choice", "count", "amount", "date"]
FigureKind: TypeAlias = Literal["count", "change", "amount"]
SourceKind: TypeAlias = Literal["xlsx", "xlsm", "xls", "ods", "docx", "html", "mht", "pdf", "json"]
"""Kinds of files that a report is read from."""


# What a word may name; see proof.References.  A plain str all the same to everybody else.
SectionId = Annotated[str, Meta(extra={"names": "section"})]
FieldId = Annotated[str, Meta(extra={"names": "field"})]
TableId = Annotated[str, Meta(extra={"names": "table"})]
CellId = Annotated[str, Meta(extra={"names": "cell"})]
RuleId = Annotated[str, Meta(extra={"names": "rule"})]
TopicId = Annotated[str, Meta(extra={"names": "topic"})]
UnitType = Annotated[str, Meta(extra={"names": "unit type"})]
"""One of the choices of the field ``unit_type``."""
Name = Annotated[str, Meta(extra={"names": "name"})]
"""A placeholder name of a figure, a sum of figures or a number field: ``新收.自然人``."""
Label = Annotated[str, Meta(extra={"names": "label"})]
"""A text that is recognised in documents as a label, heading or title."""
Pattern = Annotated[str, Meta(extra={"names": "pattern"})]
"""A regular expression."""
YearPattern = Annotated[str, Meta(extra={"names": "year pattern"})]
"""A regular expression in which ``<year>``, ``<last_year>`` and ``<next_year>`` stand for years."""
Reading: TypeAlias = tuple[Annotated[str, Meta(extra={"names": "reading"})], ...]
"""Placeholder names whose sum a number should be; ``-`` before a name takes it off."""
