"""The looks of the Word report: page, fonts, named styles and settings.

Page and text follow GB/T 9704—2012, tables the official attachment (FORMAT.md 7.1–7.9).  Lengths are
twips (1/20 pt), font sizes half-points, as Word stores them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

# GB/T 9704 5.1 and 5.2.1: A4, 37 mm above and 28 mm left of a type area of 156 × 225 mm.
PAGE = (11906, 16838)
MARGINS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1587}
TYPE_WIDTH = 8844
HEADER_DISTANCE = 851
# 25 mm: puts the middle of the page number's dash 7 mm below the type area (FORMAT.md 7.5).
FOOTER_DISTANCE = 1417

LINE = 579  # 22 exact lines fill the 225 mm; 580 would leave room for 21 (FORMAT.md 7.2)
TIGHT = -5  # -0.25 pt: 28 characters of 16 pt in 156 mm (FORMAT.md 7.3)
TWO_CHARACTERS = 630

# Tables, as the official attachment has them (FORMAT.md 7.9).
BLOCK_FILL = "C6D9F1"
TABLE_BORDER = 4  # eighths of a point
CELL_MARGIN = 57
CELL_NUMBER_MARGIN = 0  # six digits in table 三; the figures are centred, so nothing touches the lines
CELL_GROUP_MARGIN = 15  # four characters of a group's label in one line, as in the attachment
CELL_AIR = 20  # above and below
ROW_HEIGHT = 340
GAP_BEFORE, GAP_AFTER = 120, 60  # of a heading after a table, and before one
WIDE_ROW_HEIGHT = 672  # the only row of figures of table 四
NUMBER_SIZE = 20
TABLE_LINE = 280

XIAOBIAOSONG, HEI, KAI, FANG, SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
FONTS = {XIAOBIAOSONG: "华文中宋", HEI: "SimHei", KAI: "楷体", FANG: "仿宋", SONG: "SimSun"}
"""Font of the report → the name Word takes where it is not installed."""

TITLE, PART, PASSAGE, BODY = "ReportTitle", "ReportPart", "ReportPassage", "ReportBody"
TABLE_TEXT, TABLE_HEAD, NUMBER, NUMBER_SMALL = "TableText", "TableHead", "TableNumber", "TableNumberSmall"
NOTE = "TableNote"
REMARK = "TableRemark"
RED = "FF0000"
LETTERHEAD, DOCUMENT_NUMBER = "Letterhead", "DocumentNumber"
PAGE_ODD, PAGE_EVEN, DRAFT, SIGNATURE = "PageNumberOdd", "PageNumberEven", "DraftMark", "ReportSignature"


def w(tag: str, *children: Any, **attributes: object) -> Any:
    """Make an element of the WordprocessingML namespace, with attributes of the same namespace."""
    element = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    element.extend(children)
    return element


class Style(msgspec.Struct, frozen=True):
    """A named style; what is ``None`` or empty is inherited from ``base``."""

    id: str
    name: str
    base: str = "Normal"
    kind: str = "paragraph"
    following: str = ""
    builtin: bool = False
    font: str = ""
    size: int = 0
    line: int = 0
    align: str = ""
    indent: tuple[tuple[str, int], ...] = ()
    spacing: int | None = None
    outline: int | None = None
    keep_next: bool = False
    air: bool | None = None
    """Word's quarter-em between Chinese characters and digits."""
    proofed: bool = True
    colour: str = ""


_FIRST_LINE = (("firstLineChars", 200), ("firstLine", TWO_CHARACTERS))
_STYLES = (
    Style("Heading1", "heading 1", outline=0, keep_next=True, following=BODY, builtin=True),
    Style("Heading2", "heading 2", outline=1, keep_next=True, following=BODY, builtin=True),
    Style(TITLE, "报告标题", font=XIAOBIAOSONG, size=44, line=660, align="center", air=False, following=BODY,
          keep_next=True),
    Style(LETTERHEAD, "发文机关标志", TITLE, size=72, line=1000, colour=RED),
    Style(DOCUMENT_NUMBER, "发文字号", align="center", air=False),
    Style(PART, "一级标题", "Heading1", font=HEI, size=32, indent=_FIRST_LINE, spacing=TIGHT, following=BODY),
    Style(PASSAGE, "二级标题", "Heading2", font=KAI, size=32, indent=_FIRST_LINE, spacing=TIGHT,
          following=BODY),
    Style(BODY, "报告正文", indent=_FIRST_LINE, spacing=TIGHT),
    Style(SIGNATURE, "落款", BODY, align="left", indent=(("firstLineChars", 0), ("firstLine", 0)),
          keep_next=True),
    Style(TABLE_TEXT, "表格文字", font=SONG, size=20, line=TABLE_LINE, align="left", air=False,
          proofed=False),
    Style(TABLE_HEAD, "表格表头", TABLE_TEXT, align="center"),
    Style(NUMBER, "表格数字", TABLE_TEXT, align="center", size=NUMBER_SIZE),
    Style(NUMBER_SMALL, "表格小号数字", NUMBER, size=18),
    Style(REMARK, "表下说明", TABLE_TEXT),
    Style(NOTE, "表格注", "DefaultParagraphFont", "character", font=KAI),
    Style(PAGE_ODD, "页码（单页）", font=SONG, size=28, line=TABLE_LINE, align="right",
          indent=(("right", 280),)),
    Style(PAGE_EVEN, "页码（双页）", PAGE_ODD, align="left", indent=(("left", 280), ("right", 0))),
    Style(DRAFT, "草稿标记", font=HEI, size=44, line=500, align="center", colour="C00000"),
)  # fmt: skip


def style_name(id_: str) -> str:
    """Return the name of a style as Word and what is made from its files show it."""
    return next(style.name for style in _STYLES if style.id == id_)


def _fonts(name: str) -> Any:
    return w("rFonts", hint="eastAsia", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def _paragraph_properties(style: Style) -> Any:
    """The order of the children is the schema's."""
    properties = w("pPr")
    if style.keep_next:
        properties.extend([w("keepNext"), w("keepLines")])
    if style.air is not None:
        properties.extend([w("autoSpaceDE", val=int(style.air)), w("autoSpaceDN", val=int(style.air))])
    if style.line:
        properties.append(w("spacing", line=style.line, lineRule="exact"))
    if style.indent:
        properties.append(w("ind", **dict(style.indent)))
    if style.align:
        properties.append(w("jc", val=style.align))
    if style.outline is not None:
        properties.append(w("outlineLvl", val=style.outline))
    return properties


def _run_properties(style: Style) -> Any:
    properties = w("rPr")
    if style.font:
        properties.append(_fonts(style.font))
    if not style.proofed:
        properties.append(w("noProof"))
    if style.colour:
        properties.append(w("color", val=style.colour))
    if style.spacing is not None:
        properties.append(w("spacing", val=style.spacing))
    if style.size:
        properties.extend([w("sz", val=style.size), w("szCs", val=style.size)])
    return properties


def _style(style: Style) -> Any:
    element = w("style", type=style.kind, styleId=style.id)
    if not style.builtin:
        element.set(qn("w:customStyle"), "1")
    element.extend([w("name", val=style.name), w("basedOn", val=style.base)])
    if style.following:
        element.append(w("next", val=style.following))
    element.append(w("uiPriority", val=9 if style.builtin else 1))
    element.append(w("qFormat"))
    for properties in (_paragraph_properties(style), _run_properties(style)):
        if len(properties):
            element.append(properties)
    return element


def styles() -> list[Any]:
    """Return the children of ``w:styles``: defaults, Word's own basic styles and those of the report."""
    language = w("lang", val="zh-CN", eastAsia="zh-CN", bidi="ar-SA")
    defaults = w("docDefaults",
                 w("rPrDefault", w("rPr", _fonts(FANG), w("kern", val=2), w("sz", val=32), w("szCs", val=32),
                                   language)),
                 w("pPrDefault", w("pPr", w("widowControl", val=0), w("overflowPunct", val=0))))  # fmt: skip
    # Punctuation must not hang out of the type area.  (LibreOffice 7.4 reads this the wrong way round.)
    # Word's other styles stay out of the way of those who edit the template.
    latent = w("latentStyles", defLockedState=0, defUIPriority=99, defSemiHidden=1, defUnhideWhenUsed=1,
               defQFormat=0, count=376)  # fmt: skip
    normal = w("style", w("name", val="Normal"), w("qFormat"), w(
        "pPr", w("widowControl", val=0), w("overflowPunct", val=0), w("snapToGrid", val=0),
        w("spacing", before=0, after=0, line=LINE, lineRule="exact"), w("jc", val="both"),
    ), type="paragraph", default=1, styleId="Normal")  # fmt: skip
    margins = (w(side, w=width, type="dxa") for side, width in
               (("top", 0), ("left", 108), ("bottom", 0), ("right", 108)))  # fmt: skip
    basics = [
        w("style", w("name", val="Default Paragraph Font"), w("uiPriority", val=1), w("semiHidden"),
          w("unhideWhenUsed"), type="character", default=1, styleId="DefaultParagraphFont"),
        w("style", w("name", val="Normal Table"), w("uiPriority", val=99), w("semiHidden"),
          w("unhideWhenUsed"), w("tblPr", w("tblInd", w=0, type="dxa"), w("tblCellMar", *margins)),
          type="table", default=1, styleId="TableNormal"),
        w("style", w("name", val="No List"), w("uiPriority", val=99), w("semiHidden"), w("unhideWhenUsed"),
          type="numbering", default=1, styleId="NoList"),
    ]  # fmt: skip
    return [defaults, latent, normal, *basics, *(_style(style) for style in _STYLES)]


def settings() -> list[Any]:
    """Return the children of ``w:settings``."""
    mode = w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return [
        w("zoom", percent=100),
        w("defaultTabStop", val=420),
        w("evenAndOddHeaders"),
        w("characterSpacingControl", val="compressPunctuation"),
        w("compat", mode),
        w("themeFontLang", val="en-US", eastAsia="zh-CN"),
        w("decimalSymbol", val="."),
        w("listSeparator", val=","),
    ]


def set_theme_fonts(theme: Any) -> None:
    """Let a theme (``a:theme``, changed in place) name no faces but ours: what IT adds takes them from there."""
    for name, face in (("major", HEI), ("minor", FANG)):
        fonts = theme.find(f".//{qn(f'a:{name}Font')}")
        for font in list(fonts):
            fonts.remove(font)
        for kind in ("latin", "ea", "cs"):
            one = OxmlElement(f"a:{kind}")
            one.set("typeface", face)
            fonts.append(one)


def font_table() -> Any:
    """Return ``w:fonts``: which face Word takes where one of ours is not installed."""
    fonts = w("fonts")
    for name, instead in FONTS.items():
        fonts.append(w("font", w("altName", val=instead), w("charset", val="86"), w("family", val="auto"), name=name))
    return fonts
