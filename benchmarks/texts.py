"""What is said of true and of false sentences in texts: the tables of docs/detection.md."""

from __future__ import annotations

import sys

from planting import ROOT

sys.path.append(str(ROOT / "tests"))
from sentences import Planted, Said, cases, complaints, corpus, planted, published, siblings, unmarked


def sentences() -> str:
    """Return the table of what is said of true and of false sentences (tests/data)."""
    kept = [said for said in corpus() if said.kept_back]
    seen = [said for said in corpus() if not said.kept_back]
    lines = [("句子", "真的", "误报", "", "与表矛盾的", "漏报", ""), ("---", *["---:"] * 6)]
    sets = {
        "仿照已发布报告的例子": cases(), "照这些例子另写的": siblings(), "自拟，对照着改进过的": seen, "自拟，留出不看的": kept,
    }  # fmt: skip
    for name, rows in sets.items():
        lines.append((name, *told(rows, true=True), *told(rows, true=False)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def wording() -> str:
    """Return the table of what is told of errors planted in published wording."""
    lines = [("段落", "植入的改动", "", ""), ("---", "---", "---:", "---:")]
    for name, kept_back in (("对照着改进过的", False), ("留出不看的", True)):
        marked = [said for said in published() if said.kept_back == kept_back]
        changed = [one for said in marked for one in planted(said)]
        true = [*map(unmarked, marked), *(one.said for one in changed if one.kind == "free")]
        accused = sum(bool(complaints(said)) for said in true)
        lines.append(
            (name, "没有，或只改了表中没有的数：误报", f"{accused} / {len(true)}", f"{100 * accused / len(true):.1f} %")
        )
        for kinds, what in (
            (("figure", "denied"), "表中的数，或文字说没有的：漏报"),
            (("derived",), "按文字自己就能算出的数：漏报"),
        ):
            if false := [one for one in changed if one.kind in kinds]:
                lines.append((name, what, *passed_over(false)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def passed_over(false: list[Planted]) -> tuple[str, str]:
    """Return how many false paragraphs nothing is said of, and the share."""
    missed = sum(not complaints(one.said) for one in false)
    return f"{missed} / {len(false)}", f"{100 * missed / len(false):.1f} %"


def told(rows: list[Said], *, true: bool) -> tuple[str, str, str]:
    """Return how many sentences are true (or false), how many of them are judged wrongly, and the share."""
    some = [said for said in rows if said.true == true]
    wrong = sum(bool(complaints(said)) == true for said in some)
    return str(len(some)), str(wrong), f"{100 * wrong / len(some):.1f} %"
