"""The vocabulary by which texts speak of the figures of a form: typed, loaded and proved.

The words themselves are form data (``forms/phrases.toml``); this module knows only their shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

__all__ = ["Narrative", "Phrase", "Reading", "Topic", "expand", "load_narrative"]

Reading = tuple[str, ...]
"""Placeholder names whose sum a number should be; ``-`` before a name takes it off."""


class Topic(msgspec.Struct, frozen=True):
    """A thing counted: applications, reviews, normative documents …"""

    id: str
    noun: str
    """Regular expression of the words that bring the talk to it."""
    name: str
    """Its quantity; with ``.`` and a column's short name, that column."""
    rule: str = ""
    """The rule of its own figures, for outcomes."""
    heading: str = ""
    """Words of a sub-heading under which it is meant without being named."""
    zero: tuple[Reading, ...] = ()
    """What must be 0 where the text says there is none."""
    zero_rule: str = ""
    wholes: tuple[Reading, ...] = ()
    """What a share may be a share of."""
    only_zero: bool = False
    """A noun so general that only its absence says something of the form."""


class Phrase(msgspec.Struct, frozen=True):
    """What is said of a topic, and the readings that make it true."""

    rule: str
    key: str
    any_of: tuple[Reading, ...] = ()
    column: str = ""
    """One reading per topic: the topic's name + ``.`` + this."""
    topic: str = ""
    """The topic it names by itself."""
    topics: tuple[str, ...] = ()
    """The topics the talk must be of, if the phrase names none."""
    rank: int = 0
    units: tuple[str, ...] = ()
    """Units it counts in; pieces when empty."""
    accuse: bool = True
    result: bool = False
    """A result of handling: applicants' columns can be meant."""
    outcome: bool = False
    """An outcome of a review or lawsuit."""


class Narrative(msgspec.Struct, frozen=True):
    """The vocabulary of one form; empty where the form declares none."""

    topics: tuple[Topic, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    words: Mapping[str, Any] = {}
    """Word lists and single expressions by name (``neutral``, ``negation`` …)."""
    needs: Mapping[str, Sequence[str]] = {}
    """Expression → words of which one must occur in what it matches, where they are known."""


_LISTS = ("neutral", "restrict", "periods", "foreign", "all_done_names")
_PATTERNS = ("owners", "whole", "negation", "not_negation", "all_done", "all_done_rates", "all_upheld",
             "each", "including")  # fmt: skip
_TEXTS = ("all_upheld_column", "respectively")
_READINGS = ("done_of",)


def load_narrative(
    data: Mapping[str, Any], names: Collection[str], rules: Collection[str],
    fault: Callable[[str, str], None],
) -> Narrative:  # fmt: skip
    """Build the vocabulary and prove it against the form.

    Args:
        data: the file's ``[narrative]`` table; empty if the form has no vocabulary.
        names: placeholder names of the form's quantities and of its number fields.
        rules: ids of the form's rules.
        fault: takes the place and the fault of every error of the author.
    """
    if not data:
        return Narrative()
    loader = _Loader(names, rules, fault)
    topics = tuple(loader.topic(t, n) for n, t in enumerate(data.get("topics", ()), 1))
    known = {t.id: t for t in topics}
    phrases = tuple(loader.phrase(p, n, known) for n, p in enumerate(data.get("phrases", ()), 1))
    return Narrative(topics, phrases, loader.words(data))


class _Loader:
    def __init__(
        self,
        names: Collection[str],
        rules: Collection[str],
        fault: Callable[[str, str], None],
    ) -> None:
        self.names, self.rules, self.fault = names, rules, fault

    def known(self, place: str, data: Mapping[str, Any], of: type, needed: Collection[str]) -> dict[str, Any]:
        fields = set(of.__struct_fields__)  # type: ignore[attr-defined]
        for key in data:
            if key not in fields:
                self.fault(place, f"不认得的键“{key}”")
        for key in sorted(set(needed) - set(data)):
            self.fault(place, f"缺少“{key}”")
        return {**dict.fromkeys(needed, "?"), **{k: v for k, v in data.items() if k in fields}}

    def readings(self, place: str, raw: Any) -> tuple[Reading, ...]:
        readings = tuple(tuple(str(name) for name in one) for one in raw)
        for name in (n for one in readings for n in one):
            self.name(place, name.removeprefix("-"))
        return readings

    def name(self, place: str, name: str) -> None:
        if name not in self.names:
            self.fault(place, f"没有名为“{name}”的数量")

    def rule(self, place: str, rule: str) -> None:
        if rule and rule not in self.rules:
            self.fault(place, f"没有规则“{rule}”")

    def pattern(self, place: str, text: str) -> None:
        try:
            re.compile(expand(text, 2000))
        except re.error as error:
            self.fault(place, f"“{text}”不是正确的正则表达式（{error}）")

    def topic(self, data: Mapping[str, Any], number: int) -> Topic:
        place = f"narrative.topics.{data.get('id', number)}"
        values = self.known(place, data, Topic, ("id", "noun", "name"))
        for key in ("noun", "heading"):
            self.pattern(place, values.get(key, ""))
        if not any(n == values["name"] or n.startswith(values["name"] + ".") for n in self.names):
            self.fault(place, f"没有名为“{values['name']}”的数量")
        self.rule(place, values.get("rule", ""))
        self.rule(place, values.get("zero_rule", ""))
        for key in ("zero", "wholes"):
            values[key] = self.readings(place, values.get(key, ()))
        return Topic(**values)

    def phrase(self, data: Mapping[str, Any], number: int, topics: Mapping[str, Topic]) -> Phrase:
        place = f"narrative.phrases[{number}]"
        values = self.known(place, data, Phrase, ("rule", "key"))
        self.pattern(place, values["key"])
        self.rule(place, values["rule"])
        values["any_of"] = self.readings(place, values.get("any_of", ()))
        values["topics"] = tuple(values.get("topics", ()))
        values["units"] = tuple(values.get("units", ()))
        for topic in values["topics"]:
            if topic not in topics:
                self.fault(place, f"没有话题“{topic}”")
            elif column := values.get("column"):
                self.name(place, f"{topics[topic].name}.{column}")
        if bool(values["any_of"]) == bool(values.get("column")):
            self.fault(place, "any_of 和 column 应当正好有一个")
        if bool(values.get("topic")) == bool(values["topics"]):
            self.fault(place, "topic 和 topics 应当正好有一个")
        return Phrase(**values)

    def words(self, data: Mapping[str, Any]) -> dict[str, Any]:
        words: dict[str, Any] = {}
        for key in ("topics", "phrases", *_LISTS, *_PATTERNS, *_TEXTS, *_READINGS):
            if key not in data:
                self.fault("narrative", f"缺少“{key}”")
        for key, value in data.items():
            if key in _LISTS:
                words[key] = tuple(value)
                for text in value if key != "all_done_names" else ():
                    self.pattern(f"narrative.{key}", text)
            elif key in _PATTERNS or key in _TEXTS:
                words[key] = str(value)
                self.pattern(f"narrative.{key}", value)
            elif key in _READINGS:
                words[key] = self.readings(f"narrative.{key}", value)
            elif key not in ("topics", "phrases"):
                self.fault("narrative", f"不认得的键“{key}”")
        for name in words.get("all_done_names", ()):
            self.name("narrative.all_done_names", name)
        return words


def expand(text: str, year: int | None) -> str:
    """Return an expression with ``<year>``, ``<last_year>`` and ``<next_year>`` put in.

    Without a year nothing matches in their place.
    """
    for word, offset in (("<year>", 0), ("<last_year>", -1), ("<next_year>", 1)):
        text = text.replace(word, str(year + offset) if year else "(?!)")
    return text
