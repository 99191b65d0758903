"""Writes ``forms/<edition>.json`` from the form files: ``python -m reportgen.form.prepare``.

Besides the form, which is proved first, it holds for every expression of the vocabulary, and for those
that rules look for, the words of which one must occur in a text for the expression to match, so that
most expressions are never compiled (:mod:`reportgen.checks.narrative.vocabulary`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from .load import FormReader
from .model import Form
from .prepared import digest, dump, restore
from .shipped import editions, forms_dir

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

__all__ = ["needed_words", "prepare"]

_MOST = 24
"""More words than this are not looked for: by then the expression itself is as fast."""


def prepare(path: Path) -> bytes:
    """Return the prepared file of one edition.

    Args:
        path: the form file.

    Raises:
        FormError: the form contradicts itself.
    """
    reader = FormReader(path)
    form = _with_needs(reader.form())
    result = {
        "made_from": [p.name for p in reader.source.files],
        "digest": digest(reader.source.files),
        "form": dump(form),
    }
    text = json.dumps(result, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
    again = restore(json.loads(text)["form"])
    if any(getattr(again, name) != getattr(form, name) for name in form.__struct_fields__):
        raise TypeError(f"{path.name} has a value that JSON cannot hold")
    return (text.replace('],["', '],\n["').replace('],"', '],\n"') + "\n").encode("utf-8")


def _with_needs(form: Form) -> Form:
    words = form.narrative.words
    texts = [p.key for p in form.narrative.phrases]
    texts += [t for topic in form.narrative.topics for t in (topic.noun, topic.heading) if t]
    texts += [text for text in words.values() if isinstance(text, str)]
    texts += [one["pattern"] for rule in form.rules.values() for one in rule.options.get("patterns", ())]
    needs = {text: needed for text in texts if (needed := needed_words(text))}
    return msgspec.structs.replace(form, narrative=msgspec.structs.replace(form.narrative, needs=needs))


def needed_words(text: str) -> list[str]:
    """Return words of which at least one occurs in whatever an expression matches; [] if unknown.

    Args:
        text: an expression of the vocabulary, with ``<year>`` and the like.
    """
    for name in ("<year>", "<last_year>", "<next_year>"):
        text = text.replace(name, "....")
    found = _needed(parser.parse(text))
    return sorted(found) if found and len(found) <= _MOST else []


def _needed(parsed: Any) -> set[str] | None:
    best: set[str] | None = None
    for one in _candidates(parsed):
        if best is None or _worth(one) > _worth(best):
            best = one
    return best


def _worth(words: set[str]) -> tuple[int, int]:
    return min(len(word) for word in words), -len(words)


def _candidates(parsed: Any) -> Iterator[set[str]]:
    """Yield, for each part of a sequence that must match, the words one of which it matches."""
    run = ""
    for operation, argument in [*parsed, (None, None)]:
        if operation is parser.LITERAL:
            run += chr(argument)
            continue
        if run:
            yield {run}
        run = ""
        inner = None
        if operation is parser.SUBPATTERN:
            inner = _needed(argument[3])
        elif operation is parser.MAX_REPEAT and argument[0]:
            inner = _needed(argument[2])
        elif operation is parser.BRANCH:
            branches = [_needed(branch) for branch in argument[1]]
            if all(branches):
                inner = {word for branch in branches if branch for word in branch}
        elif operation is parser.IN and all(kind is parser.LITERAL for kind, _ in argument):
            inner = {chr(code) for _, code in argument}
        if inner:
            yield inner


def main() -> None:
    for edition in editions():
        path = forms_dir() / f"{edition}.toml"
        path.with_suffix(".json").write_bytes(prepare(path))


if __name__ == "__main__":
    main()
