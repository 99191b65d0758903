"""Documents that are named in short or not at all: 制发文件18件; 废止2件，保留33件."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ...form.phrases import Topic
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


def with_short(statements: Sequence[Statement], words: Vocabulary) -> list[Statement]:
    """制发文件18件，现行有效文件18件: a short name that is known once in a sentence, and never the full one."""
    called: dict[tuple[Span, Topic], set[str]] = {}
    for item in statements:
        for said in (item.before, item.after):
            for topic, start, end in words.nouns(said):
                called.setdefault((item.sentence, topic), set()).add(said[start:end])
    return [_called_short(item, called, words) if item.how != "here" else item for item in statements]


def _called_short(item: Statement, called: Mapping[tuple[Span, Topic], set[str]], words: Vocabulary) -> Statement:
    for topic, short in words.short.items():
        named = short.search(item.before)
        if named and called.get((item.sentence, topic)) == {named[0]}:
            return replace(item, before=item.before[: named.start()], topic=topic, how="behind")
    return item
