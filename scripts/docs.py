"""Write the pages of docs/ that come from the form data: ``make docs``.

``docs/rules.zh.md`` lists every rule, what was not verified, and the names for placeholders;
tests/test_docs.py fails when it is stale.
"""

from __future__ import annotations

from pathlib import Path

from reportgen.form import Form, editions, load_form
from reportgen.model.findings import SEVERITY_LABELS
from reportgen.model.placeholders import names

RULES = Path(__file__).parent.parent / "docs" / "rules.zh.md"


def rules_page() -> str:
    """Return the whole page, as it should be."""
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
        cells = (rule.id, level, rule.title, rule.advice, rule.source)
        lines.append("| " + " | ".join(text.replace("|", "\\|") for text in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    RULES.write_text(rules_page(), encoding="utf-8")
