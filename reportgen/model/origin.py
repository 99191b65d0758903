"""Origins: where something was read, down to the cell."""

from __future__ import annotations

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """Where something was read: a cell of a sheet or table, a paragraph, an entry of a data file."""

    sheet: str
    """Sheet name; in a document the table's name (第1个表格) or 正文."""
    address: str = ""
    """As the user finds it: ``D4`` in a workbook, ``第4行第4列`` or a paragraph in a document."""
    row: int = 0
    """1-based, as the file numbers its rows; 0 where it is not a cell."""
    column: int = 0
    """1-based; 0 where it is not a cell."""
    hidden: bool = False
    """In a hidden row, column or sheet."""
    file: str = ""
    """Path of the file if it is not the report's own: last year's figures may come from another."""

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}" if self.address else self.sheet

    @property
    def is_own_cell(self) -> bool:
        """It is a cell of the report's own file, so that a mark or a link can go there."""
        return self.row > 0 and not self.file

    @property
    def place(self) -> tuple[str, str, str]:
        """File, sheet and address: equal for everything read at the same place."""
        return self.file, self.sheet, self.address
