"""What an item of a text claims of the form's quantities, and how surely."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from ...form.phrases import Phrase, Topic
from ...form.words import Reading
from .statements import Statement
from .vocabulary import Hit

SURE, DOUBTFUL, UNSURE = 0, 1, 2
"""Every word understood; nearly; or something may narrow the scope: then never a complaint."""

JOINED = re.compile(r"[,、]|和|及|与|或|以及")
"""Between things that are listed."""


class Claim(Struct, frozen=True):
    """What an item says of the form's quantities."""

    item: Statement
    readings: tuple[Reading, ...]
    """Any one of them may agree, unless ``every``."""
    rule: str
    doubt: int = SURE
    every: bool = False
    """All readings must agree (各、均)."""
    phrases: tuple[Phrase, ...] = ()
    topic: Topic | None = None
    unknown: str = ""
    """Letters around the number that are not understood."""
    least: bool = False
    """A larger figure agrees as well, and nothing is said of it then."""

    @property
    def key(self) -> tuple[object, ...]:
        """What two numbers share that should be the same number."""
        return (self.rule, self.readings, self.every)

    @property
    def weak(self) -> bool:
        """Whether only a verb says what is counted (答复, 制定), no row or column of a table."""
        return bool(self.phrases) and all(p.rank <= 1 and p.topics for p in self.phrases)

    @property
    def result(self) -> bool:
        """Whether it is said with a result of applications alone (予以公开)."""
        return bool(self.phrases) and all(p.result for p in self.phrases)


def is_whole(claim: Claim, topic: Topic) -> bool:
    """Whether a claim may be all of what a topic counts."""
    return not set(topic.wholes).isdisjoint(claim.readings)


def adds_up_to_a_whole(claims: Sequence[Claim]) -> bool:
    """Whether what a whole is added up of is named whole or not at all (新收 and 上年结转; not 上年结转 alone)."""
    named = {name for claim in claims for name in claim.readings[0]}
    parts = [name for claim in claims if claim.topic and not is_whole(claim, claim.topic) for name in claim.readings[0]]
    wholes = [whole for claim in claims if claim.topic for whole in claim.topic.wholes if len(whole) > 1]
    return all(named.issuperset(whole) for whole in wholes if not set(whole).isdisjoint(parts))


def columns_of(reading: Reading, rows: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return what a reading of columns (新收.自然人) is in other rows; nothing if it has none."""
    columns = [name.partition(".")[2] for name in reading]
    return tuple(tuple(f"{row}.{one}" for row in some for one in columns) for some in rows) if all(columns) else ()


def readings(hit: Hit, topic: Topic | None) -> tuple[Reading, ...]:
    """Return what a phrase may mean, of a topic where it names none."""
    if not hit.phrase.column:
        return hit.phrase.any_of
    if topic is None:
        return ()
    column = hit.phrase.column.removeprefix("-")
    name = f"{topic.name}.{column}"
    if hit.phrase.or_column:
        other = f"{topic.name}.{hit.phrase.or_column}"
        return ((name,), (other,), (name, other))
    return ((topic.name, f"-{name}"),) if column != hit.phrase.column else ((name,),)
