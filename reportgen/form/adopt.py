"""What one edition of the form takes over from another, so that nothing stands in two files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

__all__ = ["adopt"]


def adopt(
    data: Mapping[str, Any], other: Mapping[str, Any], fault: Callable[[str, str], None]
) -> dict[str, Any]:
    """Complete a form file by its ``[adopt]`` table.

    ``fields = true`` takes over all fields; ``tables`` names tables (they follow the file's own),
    each with the rows to leave out in ``without``: a group that loses all its rows is a row itself;
    ``rules`` names rules.

    Args:
        data: the file as read, with ``adopt``.
        other: the file it takes over from, as read.
        fault: takes the place and the fault of every error of the author.

    Returns:
        the completed data, without ``adopt``.
    """
    wanted = data["adopt"]
    result = {key: value for key, value in data.items() if key != "adopt"}
    for key in wanted:
        if key not in ("edition", "fields", "tables", "rules"):
            fault("adopt", f"不认得的键“{key}”")
    if wanted.get("fields"):
        result.setdefault("fields", deepcopy(other.get("fields", [])))
    tables = {table["id"]: table for table in other.get("tables", ())}
    result["tables"] = list(data.get("tables", ()))
    for one in wanted.get("tables", ()):
        if one.get("id") not in tables:
            fault("adopt.tables", f"另一版格式里没有表“{one.get('id')}”")
            continue
        result["tables"].append(_without(tables[one["id"]], one.get("without", ()), fault))
    rules = {rule["id"]: rule for rule in other.get("rules", ())}
    result["rules"] = list(data.get("rules", ()))
    for rule in wanted.get("rules", ()):
        if rule not in rules:
            fault("adopt.rules", f"另一版格式里没有规则“{rule}”")
        else:
            result["rules"].append(deepcopy(rules[rule]))
    return result


def _without(
    table: Mapping[str, Any], left_out: tuple[str, ...], fault: Callable[[str, str], None]
) -> dict[str, Any]:
    copy: dict[str, Any] = deepcopy(dict(table))
    here = {row["id"] for block in copy["blocks"] for row in block["rows"]}
    for row in left_out:
        if row not in here:
            fault("adopt.tables", f"表“{table['id']}”里没有行“{row}”")
    for block in copy["blocks"]:
        block["rows"] = [row for row in block["rows"] if row["id"] not in left_out]
    return copy
