"""What can be wrong with a Word template, as values."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TemplateFault", "shorten"]


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """One mistake in a template."""

    part: str
    """``正文``, ``页眉（header1.xml）`` …"""
    text: str
    """The paragraph or cell it stands in, shortened; ``""`` for what is missing."""
    message: str
    """What is wrong and what to do, in Chinese."""

    def line(self) -> str:
        """One line: place, what, advice."""
        place = f"{self.part}“{self.text}”" if self.text else self.part
        return f"{place}：{self.message}"


def shorten(text: str, limit: int = 40) -> str:
    """Return a text on one line, cut to ``limit`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
