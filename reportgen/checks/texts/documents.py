"""Documents that are not named: 废止2件，保留33件."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from .statements import Statement
from .vocabulary import Span, Vocabulary


def _unnamed(item: Statement, words: Vocabulary) -> bool:
    """Whether nothing says what a number counts, or something that cannot be said so (未收取信息处理费；制发2件)."""
    if item.topic is None:
        return item.how in ("", "foreign")
    return item.how in ("before", "heading") and not words.hits(item.before, item.topic)


def with_columns(statements: Sequence[Statement], words: Vocabulary) -> list[Statement]:
    """开展文件清理，废止2件，保留33件: columns of a document that is not named; only others that agree make them that."""
    topic = next(iter(words.short), None)
    if topic is None or not any(words.kept.search(item.before) for item in statements):
        return list(statements)
    unnamed = [item for item in statements if _unnamed(item, words)]
    columns: dict[Span, dict[int, str]] = {}
    for item in unnamed:
        for hit in words.hits(item.before, topic):
            if hit.phrase.column and hit.phrase.rank and item.token:
                columns.setdefault(item.sentence, {})[item.start] = hit.phrase.column
    here = {start for some in columns.values() if len(set(some.values())) > 1 for start in some}
    return [replace(item, topic=topic, how="foreign") if item.start in here else item for item in statements]
