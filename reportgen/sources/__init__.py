"""Sources: one module per kind of file → grids of cells and paragraphs, nothing understood yet.

A source says what stands where; which of it is the prescribed form is the recogniser's to find.
"""

from __future__ import annotations

from .base import BEYOND_CALENDAR, Document, Grid, GridCell, Paragraph, Place, Row, open_document, read_document

__all__ = [
    "BEYOND_CALENDAR", "Document", "Grid", "GridCell", "Paragraph", "Place", "Row", "open_document", "read_document",
]  # fmt: skip
