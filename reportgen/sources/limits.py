"""How much a file may cost us: what an attacker's or a broken file may make us do.

Of zip packages as such, :mod:`reportgen.opc.archive` holds the limits; those of everything else stand
here.  A report has some 500 cells on 3 to 20 pages; the limits leave two orders of magnitude.
References to other files, macros and scripts are never followed, by no source.
"""

from __future__ import annotations

import time

from ..opc.archive import MAX_ENTRIES, oversized

MAX_CELLS = 300_000
"""Cells with content, places under merged cells included, over all tables of one file."""
MAX_TAGS = 4 * MAX_CELLS
"""Of the XML of which trees are made; a cell with a value has four."""
MAX_SHEET_TAGS = MAX_TAGS // 2
"""Of one sheet of a workbook; one with more (a register, the rows of a sum over a thousand bodies) is not read,
and the others are."""
MAX_GRIDS = 500
"""Sheets or tables of one file."""
MAX_SPAN = 1000
"""Rows or columns one merged cell may cover; the form's widest covers 22."""
MAX_DEPTH = 200
"""Elements inside each other; libxml2 itself stops at 256."""
MAX_NESTED_PARTS = 30
"""Parts of a single-file web page that hold parts; browsers write one, Excel two."""
MAX_CHARACTERS = 20_000_000
"""Of one page or part whose text is read; a report has 20,000."""
MAX_PAGES = 300
"""Pages of a PDF; a report with its annexes has 30."""
MAX_SECONDS = 10.0
"""Of processor time for one file; the largest honest file measured takes 5."""
CELLS_BETWEEN_LOOKS = 500
"""Cells that are read before somebody looks at the clock again: on some machines that costs as much as a cell."""
MAX_WAIT = 60.0
"""Seconds to wait for a file that is read in a process of its own."""
MAX_MEMORY = 400 * 1024 * 1024
"""Bytes of memory that such a process may take beyond what it began with, where the system can limit it."""


class Budget:
    """What is left to spend on one file; every ``spend`` raises when it is gone."""

    def __init__(self, name: str) -> None:
        """``name``: the file's name as messages show it, in quotes."""
        self.name = name
        self.cells = 0
        self.tags = 0
        self.grids = 0
        self.pages = 0
        self.ends = time.process_time() + MAX_SECONDS

    def spend_cells(self, count: int = 1) -> None:
        """Account for ``count`` cells.

        Raises:
            InputError: more than :data:`MAX_CELLS`, or no time left.
        """
        looks = self.cells // CELLS_BETWEEN_LOOKS
        self.cells += count
        self.check_cells(self.cells)
        if self.cells // CELLS_BETWEEN_LOOKS > looks:
            self.spend_time()

    def spend_tags(self, count: int) -> None:
        """Account for ``count`` tags of XML, before a tree is made of them.

        Raises:
            InputError: more than :data:`MAX_TAGS`, or no time left.
        """
        self.tags += count
        if self.tags > MAX_TAGS:
            raise oversized(self.name, f"里面的单元格超过 {MAX_CELLS} 个")
        self.spend_time()

    def spend_markup(self, count: int, tags: int) -> None:
        """Account for a page or part of so many characters and tags, before a tree is made of it.

        Raises:
            InputError: more than :data:`MAX_CHARACTERS` or :data:`MAX_TAGS`, or no time left.
        """
        if count > MAX_CHARACTERS:
            raise oversized(self.name, f"里面的文字超过 {MAX_CHARACTERS // 10_000} 万字")
        self.spend_tags(tags)

    def check_cells(self, count: int) -> None:
        """Raises InputError where a file announces more cells than :data:`MAX_CELLS`."""
        if count > MAX_CELLS:
            raise oversized(self.name, f"里面的单元格超过 {MAX_CELLS} 个")

    def check_parts(self, count: int, nested: int) -> None:
        """Raises InputError for a mail-like file of too many parts, or of parts in parts."""
        if count > MAX_ENTRIES or nested > MAX_NESTED_PARTS:
            raise oversized(self.name, "里面的部件太多或嵌套太深")

    def spend_grid(self) -> None:
        """Account for one more sheet or table.

        Raises:
            InputError: more than :data:`MAX_GRIDS`.
        """
        self.grids += 1
        if self.grids > MAX_GRIDS:
            raise oversized(self.name, f"里面的表格超过 {MAX_GRIDS} 个")

    def spend_page(self) -> None:
        """Account for one more page.

        Raises:
            InputError: more than :data:`MAX_PAGES`, or no time left.
        """
        self.pages += 1
        if self.pages > MAX_PAGES:
            raise oversized(self.name, f"超过 {MAX_PAGES} 页")
        self.spend_time()

    def check_depth(self, depth: int) -> None:
        """Raises InputError where elements stand more than :data:`MAX_DEPTH` inside each other."""
        if depth > MAX_DEPTH:
            raise oversized(self.name, f"里面的元素嵌套超过 {MAX_DEPTH} 层")

    def spend_time(self) -> None:
        """Raises InputError when :data:`MAX_SECONDS` of processor time have gone by."""
        if time.process_time() > self.ends:
            raise oversized(self.name, f"读了 {MAX_SECONDS:.0f} 秒还没有读完")
