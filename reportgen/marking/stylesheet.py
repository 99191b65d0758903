"""The workbook's style sheet: a cell style with another fill, and what a style was before.

Only entries are added to ``styles.xml``; none is renumbered, so every other cell keeps its look.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from ..opc.parts import MAIN, Element, Parts, main, parse

NO_FILL = '<fill><patternFill patternType="none"/></fill>'
NO_BORDER = "<border><left/><right/><top/><bottom/><diagonal/></border>"
_KINDS = ("fonts", "fills", "borders", "cellXfs")
_ATTRIBUTE = {"fonts": "fontId", "fills": "fillId", "borders": "borderId"}


def solid(rgb: str) -> str:
    """Return a fill of one colour as XML."""
    pattern = f'patternType="solid"><fgColor rgb="FF{rgb}"/><bgColor indexed="64"/>'
    return f"<fill><patternFill {pattern}</patternFill></fill>"


def frame(style: str, rgb: str) -> str:
    """Return a border on all four sides as XML."""
    sides = (f'<{side} style="{style}"><color rgb="FF{rgb}"/></{side}>' for side in ("left", "right", "top", "bottom"))
    return f"<border>{''.join(sides)}<diagonal/></border>"


def _canonical(element: Element) -> bytes:
    form: bytes = etree.tostring(element, method="c14n", exclusive=True)
    return form


class StyleSheet:
    """The style sheet of a workbook: lists of fonts, fills, borders and cell styles, named by number."""

    def __init__(self, parts: Parts) -> None:
        name = parts.related(parts.workbook_name, "styles")
        if not name:
            name = "xl/styles.xml" if "xl/styles.xml" not in parts else parts.free_name("xl/styles{}.xml")
            parts.add(name, parse(_PLAIN), f"{_TYPE}.styles+xml")
            parts.relate(parts.workbook_name, "styles", name)
        self.root = parts.tree(name)
        self.lists: dict[str, Element] = {}
        for kind in _KINDS:
            found = self.root.find(main(kind))
            self.lists[kind] = self._new_list(kind) if found is None else found
        self._filled: dict[tuple[int, str], int] = {}

    def _new_list(self, kind: str) -> Element:
        """A style sheet may leave lists out; add one with its default entry, in its place."""
        plain = parse(_PLAIN)
        made = deepcopy(plain.find(main(kind)))
        order = [etree.QName(child).localname for child in plain]
        before = order[: order.index(kind)]
        at = sum(etree.QName(child).localname in before or etree.QName(child).localname == "numFmts"
                 for child in self.root if isinstance(child.tag, str))  # fmt: skip
        self.root.insert(at, made)
        return made

    @property
    def counts(self) -> dict[str, int]:
        """How long each list is."""
        return {kind: len(self.lists[kind]) for kind in _KINDS}

    def _add(self, kind: str, element: Element) -> int:
        held = self.lists[kind]
        held.append(element)
        held.set("count", str(len(held)))
        return len(held) - 1

    def _index_of(self, kind: str, element: Element) -> int:
        """Return the first entry equal to ``element``, adding it if there is none."""
        wanted = _canonical(element)
        for n, one in enumerate(self.lists[kind]):
            if _canonical(one) == wanted:
                return n
        return self._add(kind, element)

    def _xf(self, style: int) -> Element:
        held = self.lists["cellXfs"]
        return held[style if 0 <= style < len(held) else 0]

    def look_of(self, style: int) -> str:
        """Return what a mark changes of a style, its ``<fill>`` and ``<border>``, as XML."""
        texts = []
        for kind in ("fills", "borders"):
            number, held = int(self._xf(style).get(_ATTRIBUTE[kind], "0")), self.lists[kind]
            one = held[number] if number < len(held) else held[0]
            texts.append(etree.tostring(one, encoding="unicode", with_tail=False))
        return "".join(texts)

    def colour_of(self, style: int) -> str:
        """Return the RGB of a style's solid fill, ``""`` if it has none."""
        number = int(self._xf(style).get("fillId", "0"))
        fills = self.lists["fills"]
        if number >= len(fills):
            return ""
        colour = fills[number].find(f"{main('patternFill')}/{main('fgColor')}")
        return "" if colour is None else colour.get("rgb", "")[-6:].upper()

    def marked(self, style: int, rgb: str, *, framed: bool) -> int:
        """Return the style that is ``style`` with a solid fill, and with a thick red frame."""
        key = (style, rgb)
        if key not in self._filled:
            look = solid(rgb) + (frame("medium", "C00000") if framed else "")
            self._filled[key] = self._add("cellXfs", self._with(style, look))
        return self._filled[key]

    def restored(self, style: int, look: str, hint: int | None) -> int:
        """Return the style that is ``style`` with its former fill and border.

        Args:
            look: as :meth:`look_of` gave it.
            hint: the style the cell had; taken if it still says the same.
        """
        wanted = self._with(style, look)
        held = self.lists["cellXfs"]
        plain = self._comparable(wanted)
        if hint is not None and 0 <= hint < len(held) and self._comparable(held[hint]) == plain:
            return hint
        for n, one in enumerate(held):
            if self._comparable(one) == plain:
                return n
        return self._add("cellXfs", wanted)

    def _comparable(self, xf: Element) -> tuple[object, ...]:
        """What an xf means, whether it says so or leaves it to the default."""
        names = ("numFmtId", "xfId", "quotePrefix", "pivotButton", "applyNumberFormat",
                 "applyFont", "applyAlignment", "applyProtection")  # fmt: skip
        # The same entry may be listed twice, and who saved the file last may renumber them.
        looks = []
        for kind, attribute in _ATTRIBUTE.items():
            held, number = self.lists[kind], int(xf.get(attribute, "0"))
            looks.append(_canonical(held[number]) if number < len(held) else b"")
        return (*(xf.get(name, "0") for name in names), *looks, *map(_canonical, xf))

    def _with(self, style: int, look: str) -> Element:
        """Return a copy of a style with the fill and the border given as XML."""
        xf = deepcopy(self._xf(style))
        for one in parse(f'<x xmlns="{MAIN}">{look}</x>'.encode()):
            kind = {main("fill"): "fills", main("border"): "borders"}[one.tag]
            xf.set(_ATTRIBUTE[kind], str(self._index_of(kind, deepcopy(one))))
            xf.set("applyFill" if kind == "fills" else "applyBorder", "1")
        return xf

    def add_style(self, font: str, fill: str, border: str, alignment: str) -> int:
        """Add a style from its parts as XML (without namespace) and return its number."""
        ids = {
            kind: self._index_of(kind, _element(xml))
            for kind, xml in (("fonts", font), ("fills", fill), ("borders", border))
        }
        numbers = " ".join(f'{_ATTRIBUTE[kind]}="{n}"' for kind, n in ids.items())
        xf = _element(
            f'<xf numFmtId="0" {numbers} xfId="0" applyFont="1" applyFill="1" applyBorder="1"'
            f' applyAlignment="1">{alignment}</xf>'
        )
        return self._index_of("cellXfs", xf)

    def trim(self, counts: dict[str, int], used: int) -> None:
        """Drop entries at the end of the lists that were added for marks and that nothing uses.

        Args:
            counts: how long the lists were before the marks.
            used: the highest style number any cell, row or column has.
        """
        xfs = self.lists["cellXfs"]
        self._cut("cellXfs", max(counts.get("cellXfs", len(xfs)), used + 1))
        everything = [*xfs, *self.root.iterfind(f"{main('cellStyleXfs')}/{main('xf')}")]
        for kind, attribute in _ATTRIBUTE.items():
            highest = max((int(xf.get(attribute, "0")) for xf in everything), default=0)
            self._cut(kind, max(counts.get(kind, len(self.lists[kind])), highest + 1))

    def _cut(self, kind: str, length: int) -> None:
        held = self.lists[kind]
        for one in list(held)[length:]:
            held.remove(one)
        held.set("count", str(len(held)))


def _element(xml: str) -> Element:
    return deepcopy(parse(f'<x xmlns="{MAIN}">{xml}</x>'.encode())[0])


_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN = (
    f'<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    f'<fills count="2">{NO_FILL}'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    f'<borders count="1">{NO_BORDER}</borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    "</styleSheet>"
).encode()
