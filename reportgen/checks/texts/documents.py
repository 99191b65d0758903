"""Documents that are not named: 废止2件，保留33件."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from .statements import Statement
from .vocabulary import Span, Vocabulary


def with_columns(statements: Sequence[Statement], words: Vocabulary) -> list[Statement]:
    """开展文件清理，废止2件，保留33件: columns of a document that is not named; only others that agree make them that."""
    topic = next(iter(words.short), None)
    unnamed = [item for item in statements if topic and item.topic is None and item.how in ("", "foreign")]
    columns: dict[Span, set[str]] = {}
    for item in unnamed:
        for hit in words.hits(item.before, topic):
            if hit.phrase.column and hit.phrase.rank:
                columns.setdefault(item.sentence, set()).add(hit.phrase.column)
    told = {sentence for sentence, some in columns.items() if len(some) > 1}
    here = {item.start for item in unnamed if item.sentence in told and item.token}
    return [replace(item, topic=topic, how="foreign") if item.start in here else item for item in statements]
