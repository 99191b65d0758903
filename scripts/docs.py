"""Write the pages of docs/ that come from the form data and its declarations: ``make docs``.

``docs/rules.zh.md`` lists every rule, what was not verified, and the names for placeholders;
``docs/forms.zh.md`` says what a form file may hold, from the records it is decoded into.
tests/test_docs.py fails when one of them is stale.
"""

from __future__ import annotations

import ast
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from reportgen.form import Form, editions, load_form
from reportgen.form import kinds as rule_kinds
from reportgen.form.besides import Bar, Chart, Extra, Rollup, RollupGroup, RollupSheets, RosterHeads, SignOff
from reportgen.form.kinds import KINDS, READER_RULES
from reportgen.form.likeness import Likeness
from reportgen.form.phrases import Narrative, Phrase, Topic
from reportgen.form.records import Field, NodeEntry, Register, Section, Sheets, Subheading, WhenZero
from reportgen.form.rule import EVERYWHERE, Group, Mark, Rule
from reportgen.form.source import DIRECTIVES
from reportgen.form.tables import walk
from reportgen.form.titles import TitleWords
from reportgen.form.written import BlockEntry, EditionFile, LastYear, TableEntry
from reportgen.model.findings import SEVERITY_LABELS
from reportgen.model.placeholders import names

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FORMS = ROOT / "examples" / "forms"


def _row(*cells: str) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |"


# --------------------------------------------------------------------------- rules.zh.md


def rules_page() -> str:
    """Return the page of the rules, as it should be."""
    newest = load_form(editions()[-1])
    parts = [
        "# 核对规则、未能查证的事项、占位符名称\n",
        "<!-- 由 make docs 从格式文件生成，请不要手改。 -->\n",
        "“待核实”的问题可以在“校验”表写说明；错误必须更正（标 ※ 的除外，写明说明即可）。\n",
        "依据后的字母：[A] 见于规定原文，[B] 多份已公布的报告一致，[C] 地方规定或做法，[D] 本程序所定或未能查证。\n",
    ]
    for edition in reversed(editions()):
        form = load_form(edition)
        parts += [f"## {form.document}（{form.id} 版）\n", _rules(form)]
        if form.unverified:
            parts += ["未能查证，使用时请注意：\n", "".join(f"- {point}\n" for point in form.unverified)]
    parts += [
        f"## 文字中可用的占位符（{newest.id} 版）\n",
        "写成 `{{ 新收 }}`；带点的是某一栏，如 `{{ 新收.自然人 }}`。\n",
    ]
    parts.append("、".join(f"`{name}`" for name in names(newest)) + "\n")
    return "\n".join(parts)


def _rules(form: Form) -> str:
    lines = ["| 编号 | 级别 | 核对什么 | 怎么办 | 依据 |", "| --- | --- | --- | --- | --- |"]
    for rule in form.rules.values():
        level = SEVERITY_LABELS[rule.severity] + ("※" if rule.explainable else "")
        lines.append(_row(rule.id, level, rule.title, rule.advice, rule.source))
    return "\n".join(lines) + "\n"


# --------------------------------------------------------------------------- forms.zh.md

HEAD = """\
# 格式文件

<!-- 由 make docs 从程序的声明生成，请不要手改。 -->

规定的格式写在格式文件（.toml）里，程序里没有：部分、表格的行和列、标签、勾稽关系、级别、消息、依据，都在其中写一次；
空白工作簿、读取、核对、Word 报告、网页都按它来。换了格式只要一个新文件，不改程序，也不动安装好的文件。

## 放在哪里

一个版本是一个以年份开头的文件，文件名就是版本，例如 `2027.toml`；它的 Word 模板叫 `report-2027.docx`。程序先后在这些地方找：

1. 命令里的 `--forms 文件夹`（每个命令都可以加）；
2. 双击运行时，双击的那个脚本旁边的 `forms` 文件夹；
3. 环境变量 `REPORTGEN_FORMS` 里的文件夹（几个文件夹之间的分隔同 PATH）；
4. 程序自带的。

版本相同的，用先找到的。一份报告用哪个版本，由表格的文字决定；文字相同的版本，由数据年度决定。
没有写 `final_year` 的版本，适用到下一版的前一年为止。

## 下一年换了格式怎么办

1. 建一个文件夹 `forms`，把下面的例子存成 `forms/2027.toml`（用 UTF-8 编码），照新规定改：

```toml
{example}```

2. 检查，一次列出所有问题，每处写明文件和位置：

```sh
reportgen form check forms/2027.toml
reportgen form list --forms forms
```

3. 生成新的空白工作簿，看一遍各表和“校验”表：

```sh
reportgen new --forms forms --year 2027 -o 空白.xlsx
```

4. 需要改 Word 版式的，生成模板，在 Word 或 WPS 里改好，放在同一个文件夹；不改的可以不要模板：

```sh
reportgen template make 2027 --forms forms -o forms/report-2027.docx
reportgen template check forms/report-2027.docx --forms forms
```

5. 试做一份：`reportgen build 试填.xlsx --forms forms`。
6. 把文件夹 `forms` 放在各单位双击的脚本旁边，或者设好 `REPORTGEN_FORMS`。旧年度的报告照常按旧版本读取、核对。

## 各地改变规则

在 `forms` 里放一个与所用版本同名的文件，只写改动；停用规则、改变级别或条件都要写理由，`reportgen rules` 和每条结果都会印出：

```toml
{region}```

保证数据读得准的规则（{vital}）不能停用，级别只能是错误。

## 只写改动：extends

`extends = "{newest}"` 接着另一个格式文件写；先在自己的文件夹找，再按上面的顺序找。也可以接着几个：`extends = ["common", "phrases"]`。

- 一般的键：写了就代替原来的。
- 有 id 的列表（sections、subheadings、fields、tables、blocks、columns、rows、rules、topics）：id 已有的，改写了的键；没有的，加在后面。
  表里只有一块的，blocks 里不写 id。
- `[narrative]` 的 phrases：都是添加。去掉了的行和列，说到它们的说法自动不用。
- first_year、final_year、document 不从别的版本继承。
- 上年用 `extends` 的那个版本的，标识相同的格含义就相同，照常核对衔接；不是这样的，写 last_year.other_editions。

列表的每一项还可以写：

| 键 | 意思 |
| --- | --- |
{directives}

## 各键的意思

类型后面有“必填”的不能少。写错的键、类型、标识、级别、规则种类、花括号里的词，装入时都会指出，不会带病使用。
标签、标题及其各种写法最长 120 个字。正则表达式用 Python 的写法。
"""

PARTS: list[tuple[str, type, str]] = [
    ("一个版本", EditionFile, "文件最外层的键；另有 `extends`，见上。"),
    ("sections：部分", Section, ""),
    ("sections.subheadings：小标题", Subheading, ""),
    ("sections.standard_when_zero", WhenZero, ""),
    ("fields：基本信息", Field, ""),
    ("tables：表", TableEntry, ""),
    ("tables.blocks：表的块", BlockEntry, ""),
    ("tables.register：台账总计", Register, ""),
    ("columns、rows：列和行", NodeEntry, "下级的 parent 写上级的 id；kind、decimals、unit、span 只能写在列上。"),
    ("last_year：上年数据", LastYear, ""),
    ("sheets：标准工作簿里各表的名称", Sheets, ""),
    ("titles：标题里和标题前后的词", TitleWords, "{subject}、{name} 用在 title_variants 里。"),
    ("sign_off：审签单", SignOff, "totals 里的数按这个次序列出。"),
    ("charts：图", Chart, "生成时加 --charts 才画；有一个数不知道，或全是 0 的图不画。"),
    ("charts.bars：图里的各条", Bar, ""),
    (
        "extras：规定格式之外的部分",
        Extra,
        "自带红头、数据说明、联系方式三个，都不印；在自己的格式文件里写 on = true 就印。",
    ),
    ("labels：与规定略有出入的标签", Likeness, "装入时证明：同一侧的标签、各部分的标题，没有两个相近到分不清。"),
    ("rollup：多个单位的汇总", Rollup, ""),
    ("rollup.groups：单位的分组", RollupGroup, ""),
    ("rollup.roster：单位名册的列名", RosterHeads, "写在前面的是要写的，后面的读取时也认。"),
    ("rollup.sheets：汇总工作簿另有的表的名称", RollupSheets, ""),
    ("rules：规则", Rule, "所有规则都有的键；kind（必填）是规则的种类，各种规则另有自己的键，见下。"),
]
WORDS = {
    "section": "部分的 id", "field": "基本信息的 id", "table": "表名", "cell": "格，如 表三.new.total", "rule": "规则编号",
    "topic": "话题的 id", "unit type": "单位类型", "name": "占位符名称", "label": "文字", "pattern": "正则表达式",
    "year pattern": "正则表达式，可用 <year> <last_year> <next_year>", "reading": "占位符名称，前加 - 为减",
}  # fmt: skip
INNER = (rule_kinds.Case, Group, Mark, rule_kinds.NamedUnit)
"""Records that are described where they are used."""
PLAIN = {str: "文字", int: "整数", bool: "true 或 false"}


def forms_page() -> str:
    """Return the page of the form file, as it should be."""
    vital = [one.id for one in load_form().rules.values() if one.vital or one.id in rule_kinds.VITAL_READER_RULES]
    head = HEAD.format(
        example=(FORMS / "2027.toml").read_text("utf-8"), region=(FORMS / "region.toml").read_text("utf-8"),
        newest=editions()[-1], vital="、".join(vital), directives="\n".join(_row(f"`{k}`", v) for k, v in DIRECTIVES.items()),
    )  # fmt: skip
    parts = [head]
    for title, record, remark in PARTS:
        parts += [f"### {title}\n", *([f"{remark}\n"] if remark else []), _keys(record)]
    parts += ["## 规则的种类\n", *(_kind(name) for name in KINDS), "## [narrative]：文字里怎样说这些数\n"]
    parts.append(
        "文字先去掉空白、标点换成半角，再按这些词判断数字指什么；听不懂的不判断。例子见自带的 `phrases.toml`。\n"
    )
    for title, record in (("[narrative]", Narrative), ("topics：话题", Topic), ("phrases：说法", Phrase)):
        parts += [f"### {title}\n", _keys(record)]
    return "\n".join([*parts, *_ids(load_form())])


def _kind(name: str) -> str:
    kind = KINDS[name]
    words = sorted(kind.words | EVERYWHERE)
    lines = [f"### {name}\n", f"{inspect.getdoc(kind)}\n"]
    if kind.by_reader:
        own = {rule.id: READER_RULES[rule.id] for rule in load_form().rules.values() if rule.kind == name}
        lines.append("、".join(f"{id_}（{'、'.join(sorted(words))}）" for id_, words in own.items()) + "。\n")
    else:
        lines.append(f"message 和 advice 里可以写：{'、'.join(f'{{{word}}}' for word in words)}。\n")
    keys = [one for one in kind.__struct_fields__ if one not in Rule.__struct_fields__]
    return "\n".join([*lines, *([_keys(kind, keys)] if keys else [])])


def _keys(record: type, only: list[str] | None = None) -> str:
    """Return the table of a record's keys, and of the records inside its lists that have no part of their own."""
    described, hints = _described(record), typing.get_type_hints(record, include_extras=True)
    lines = ["| 键 | 类型 | 意思 |", "| --- | --- | --- |"]
    inner: list[tuple[str, type]] = []
    for one in msgspec.structs.fields(record):
        if only is not None and one.name not in only:
            continue
        needed = "，必填" if one.required else ""
        lines.append(_row(f"`{one.name}`", _type(hints[one.name]) + needed, described[one.name]))
        inner += [(f"`{one.name}`", part) for part in _records(hints[one.name]) if part in INNER]
    text = "\n".join(lines) + "\n"
    for name, part in inner:
        text += f"\n{name} 的每一项：\n\n{_keys(part)}"
    return text


def _described(record: type) -> Mapping[str, str]:
    """Return the description of each key: the string below its declaration."""
    found: dict[str, str] = {}
    for cls in reversed(record.__mro__):
        if issubclass(cls, msgspec.Struct) and cls is not msgspec.Struct:
            body = ast.parse(inspect.getsource(cls)).body[0]
            assert isinstance(body, ast.ClassDef)
            for one, text in zip(body.body, body.body[1:], strict=False):
                if isinstance(one, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(one.target, ast.Name):
                    found[one.target.id] = ast.literal_eval(text.value)
    return found


def _type(hint: Any) -> str:
    """Say in Chinese what may stand for a key."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        extra = [meta.extra["names"] for meta in parts[1:] if meta.extra]
        return WORDS[extra[0]] if extra else _type(parts[0])
    if origin in (typing.Union, types.UnionType):
        return (
            "或".join(_type(part) for part in parts if part is not type(None) and not issubclass_of(part, Rule))[:200]
            or "规则"
        )
    if origin is typing.Literal:
        return " / ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        inner = [part for part in parts if part is not ...]
        many = "、".join(_type(part) for part in inner) if len(parts) != 2 or parts[1] is not ... else _type(inner[0])
        return f"[{many}]" if ... not in parts else f"[{many} …]"
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return f"{{ {_type(parts[0])} = {_type(parts[1])} }}"
    return PLAIN.get(hint, "一组键")


def issubclass_of(part: Any, kind: type) -> bool:
    return isinstance(part, type) and issubclass(part, kind)


def _records(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in typing.get_args(hint):
        yield from _records(part)


def _ids(form: Form) -> Iterator[str]:
    """Yield the ids that rules and changes name."""
    yield f"## 标识一览（{form.id} 版）\n"
    yield "部分：" + "、".join(f"`{one.id}` {one.heading or one.title}" for one in form.sections) + "。\n"
    yield "基本信息：" + "、".join(f"`{one.id}` {one.label}" for one in form.fields) + "。\n"
    for table in form.tables:
        yield f"### {table.id}\n"
        lines = ["| 列或行 | 标识 | 标签 | 简称 |", "| --- | --- | --- | --- |"]
        for block in table.blocks:
            lines += [_row("块", f"`{block.id}`", block.title, "")] if block.id else []
            for what, tops in (("列", block.columns), ("行", block.rows)):
                nodes = [node for top in tops for node in walk(top)]
                lines += [_row(what, f"`{node.id}`", node.text, node.short) for node in nodes]
        yield "\n".join(lines) + "\n"


if __name__ == "__main__":
    (DOCS / "rules.zh.md").write_text(rules_page(), encoding="utf-8")
    (DOCS / "forms.zh.md").write_text(forms_page(), encoding="utf-8")
